// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/security/api_key.h"

#include "engine/base/id.h"
#include "engine/base/text.h"
#include "engine/security/mac.h"

namespace postroom::security {

namespace {
constexpr std::string_view liveStart = "noti_";
constexpr std::string_view testStart = "noti_test_";
constexpr std::size_t randomChars = 24;
bool startsWith(std::string_view text, std::string_view start) {
    return text.substr(0, start.size()) == start;
}
}  // namespace

MintedKey mintApiKey(const Secret& pepper, bool test) {
    std::string key;
    do key = std::string(test ? testStart : liveStart) + toBase64Url(randomBytes(randomChars * 3 / 4));
    while (isTestKey(key) != test);  // a live key whose random part begins with "test_" would mislead its reader
    MintedSecret made = mintSecret(pepper);
    return {.key = std::move(key), .secret = std::move(made.secret), .secretHash = std::move(made.hash)};
}

MintedSecret mintSecret(const Secret& pepper) {
    Secret secret{"secret_" + toBase64Url(randomBytes(32))};
    std::string hash = hashSecret(pepper, secret.reveal());
    return {.secret = std::move(secret), .hash = std::move(hash)};
}

bool isApiKey(std::string_view text) {
    if (!startsWith(text, liveStart)) return false;
    const std::size_t head = startsWith(text, testStart) ? testStart.size() : liveStart.size();
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    return text.size() == head + randomChars && text.substr(head).find_first_not_of(alphabet) == text.npos;
}

bool isTestKey(std::string_view key) {
    return startsWith(key, testStart);
}

std::string hashSecret(const Secret& pepper, std::string_view secret) {
    return toHex(hmacSha256(pepper, secret));
}

bool verifySecret(const Secret& pepper, std::string_view secret, std::string_view hash) {
    return matchSecret(pepper, secret, hash, {}) == SecretMatch::Current;
}

SecretMatch matchSecret(const Secret& pepper, std::string_view secret, std::string_view hash,
                        std::string_view oldHash) {
    const std::string made = hashSecret(pepper, secret);
    const std::string nobodys(made.size(), '-');
    const auto same = [&](std::string_view stored) {
        const bool whole = stored.size() == made.size();
        return equalInConstantTime(made, whole ? stored : std::string_view(nobodys)) && whole;
    };
    const bool isCurrent = same(hash), isOld = same(oldHash);
    return isCurrent ? SecretMatch::Current : isOld ? SecretMatch::Old : SecretMatch::None;
}

}  // namespace postroom::security
