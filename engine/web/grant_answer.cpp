// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/web/grant_answer.h"

#include "engine/base/text.h"
#include "engine/contract/json.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace postroom::web {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t longestToken_bytes = 16 << 10;

struct Word {
    std::string_view said;
    Refusal why;
};
constexpr std::array<Word, 12> words{{
    {"authorization_pending", Refusal::Pending},
    {"slow_down", Refusal::SlowDown},
    {"expired_token", Refusal::CodeExpired},
    {"code_expired", Refusal::CodeExpired},
    {"access_denied", Refusal::Denied},
    {"authorization_declined", Refusal::Denied},  // what one large vendor says for it
    {"invalid_grant", Refusal::GrantInvalid},
    {"invalid_client", Refusal::ClientInvalid},
    {"unauthorized_client", Refusal::ClientInvalid},
    {"unsupported_grant_type", Refusal::ClientInvalid},
    {"invalid_scope", Refusal::ScopeInvalid},
    {"temporarily_unavailable", Refusal::Unavailable},
}};

// What may be shown of a provider's words: one line, and nothing as long as a token.
std::string shown(std::string_view said) {
    constexpr std::size_t longestWord = 40;  // a UUID has 36
    std::string out;
    while (!said.empty()) {
        const std::size_t end = std::min(said.find_first_of(" \t\r\n"), said.size());
        const std::string_view word = said.substr(0, end);
        if (!out.empty() && !word.empty()) out.push_back(' ');
        out.append(word.size() > longestWord ? "***" : word);
        said.remove_prefix(std::min(end + 1, said.size()));
    }
    return printable(out, 300);
}

Refused garbled(std::string detail) {
    return {.why = Refusal::Garbled, .detail = std::move(detail)};
}

// Seconds as a number, or as digits in a text: some write them so.
std::optional<std::int64_t> secondsIn(const json::Object& object, std::string_view name) {
    const json::Value* value = json::present(object, name);
    if (!value) return std::nullopt;
    if (value->is_string()) {
        bool isNumber = false;
        const qlonglong number = toQString(json::text(object, name)).toLongLong(&isNumber);
        return isNumber ? std::optional<std::int64_t>{number} : std::nullopt;
    }
    if (value->is_double()) return static_cast<std::int64_t>(std::clamp(value->get_double(), 0.0, 1e9));
    return json::integer(object, name, 0);
}

std::chrono::seconds bounded(std::optional<std::int64_t> given, std::chrono::seconds otherwise,
                             std::chrono::seconds least, std::chrono::seconds most) {
    if (!given || *given <= 0) return otherwise;
    return std::clamp(std::chrono::seconds{std::min<std::int64_t>(*given, most.count())}, least, most);
}

// RFC 6750 §2.1 and RFC 6749 §A.17: visible ASCII. It goes into a line of SMTP.
bool isToken(std::string_view text) {
    return !text.empty() && text.size() <= longestToken_bytes &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

// Where a person is sent with the code: an address for a browser, never a script's.
bool isForBrowsers(std::string_view uri) {
    return uri.size() <= 2000 && (uri.starts_with("https://") || uri.starts_with("http://")) && isAscii(uri) &&
           !hasControls(uri) && uri.find_first_of(" \"<>") == uri.npos;
}

Refused refusalIn(const Answer& answer, const json::Object& said) {
    const std::string error = json::text(said, "error");
    Refused refused{.why = Refusal::Unavailable, .detail = {}, .retryAfter = answer.retryAfter};
    const auto known = std::find_if(words.begin(), words.end(), [&](const Word& word) { return word.said == error; });
    if (known != words.end())
        refused.why = known->why;
    else if (answer.status < 500 && answer.status != 429 && answer.status != 408)
        refused.why = error.empty() ? Refusal::Garbled : Refusal::ClientInvalid;
    const std::string word = shown(error), why = shown(json::text(said, "error_description"));
    refused.detail = word.empty() ? "the provider answered " + std::to_string(answer.status) : word;
    if (!word.empty() && !why.empty()) refused.detail += ": " + why;
    return refused;
}

// The object of a 200, or why there is none.
tl::expected<json::Object, Refused> granted(const Result<Answer>& answer) {
    if (!answer) {
        // Its certificate is a thing somebody may mend; it is tried again as all that was not reached.
        return tl::unexpected(Refused{.why = Refusal::Unavailable, .detail = answer.error().detail});
    }
    const auto read = json::parse(answer->body, 8);
    static const json::Object nothing;
    const bool isObject = read && read->is_object();
    if (answer->status != 200) return tl::unexpected(refusalIn(*answer, isObject ? read->get_object() : nothing));
    if (!isObject) return tl::unexpected(garbled("the provider's answer is no JSON object"));
    // One of them answers 200 with an error in it.
    if (!json::text(read->get_object(), "error").empty()) return tl::unexpected(refusalIn(*answer, read->get_object()));
    return read->get_object();
}

}  // namespace

std::string_view name(Refusal refusal) {
    switch (refusal) {
        case Refusal::Pending:
        case Refusal::SlowDown: return "oauth.pending";
        case Refusal::CodeExpired: return "oauth.code_expired";
        case Refusal::Denied: return "oauth.denied";
        case Refusal::GrantInvalid: return "oauth.grant_invalid";
        case Refusal::ClientInvalid: return "oauth.client_invalid";
        case Refusal::ScopeInvalid: return "oauth.scope_invalid";
        case Refusal::Unavailable: return "oauth.unavailable";
        case Refusal::Garbled: return "oauth.answer_garbled";
    }
    return {};
}

bool passes(Refusal refusal) {
    return refusal == Refusal::Pending || refusal == Refusal::SlowDown || refusal == Refusal::Unavailable ||
           refusal == Refusal::Garbled;
}

std::string without(std::string text, std::initializer_list<std::string_view> secrets) {
    for (const std::string_view secret : secrets)
        for (auto at = secret.empty() ? text.npos : text.find(secret); at != text.npos; at = text.find(secret, at + 3))
            text.replace(at, secret.size(), "***");
    return text;
}

tl::expected<Tokens, Refused> readTokens(const Result<Answer>& answer) {
    const auto said = granted(answer);
    if (!said) return tl::unexpected(said.error());
    const std::string type = json::text(*said, "token_type");
    if (!type.empty() && !equalsIgnoreCase(type, "Bearer"))
        return tl::unexpected(garbled("the provider gives a token of another type than Bearer"));
    const std::string access = json::text(*said, "access_token"), refresh = json::text(*said, "refresh_token");
    if (!isToken(access)) return tl::unexpected(garbled("the provider's answer has no access token"));
    if (!refresh.empty() && !isToken(refresh))
        return tl::unexpected(garbled("the provider's answer has a refresh token that can't be one"));
    return Tokens{.access = Secret{access},
                  .refresh = Secret{refresh},
                  .lasts = bounded(secondsIn(*said, "expires_in"), 1h, 10s, 24h * 7)};
}

tl::expected<DeviceCode, Refused> readDeviceCode(const Result<Answer>& answer) {
    const auto said = granted(answer);
    if (!said) return tl::unexpected(said.error());
    DeviceCode code{.code = Secret{json::text(*said, "device_code")},
                    .userCode = json::text(*said, "user_code"),
                    // The one name is the standard's, the other Google's.
                    .verificationUri = json::text(*said, "verification_uri", json::text(*said, "verification_url")),
                    .verificationUriComplete = json::text(*said, "verification_uri_complete"),
                    .lasts = bounded(secondsIn(*said, "expires_in"), 15min, 1s, 1h),
                    .interval = bounded(secondsIn(*said, "interval"), 5s, 1s, 1min)};
    const bool isShort = !code.userCode.empty() && code.userCode.size() <= 100;
    if (!isToken(code.code.reveal()) || !isShort || !isAscii(code.userCode) || hasControls(code.userCode))
        return tl::unexpected(garbled("the provider's answer has no code"));
    if (!isForBrowsers(code.verificationUri))
        return tl::unexpected(garbled("the provider's answer does not say where the code goes"));
    if (!isForBrowsers(code.verificationUriComplete)) code.verificationUriComplete.clear();
    return code;
}

}  // namespace postroom::web
