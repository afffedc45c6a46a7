// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/security/vault.h"

#include "engine/base/id.h"
#include "engine/base/platform.h"
#include "engine/base/text.h"
#include "engine/contract/json.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <filesystem>

namespace postroom::security {

namespace {

constexpr std::string_view prefix = "v1.";
constexpr std::size_t keyIdSize = 8;
constexpr std::size_t nonceSize = 12;
constexpr std::size_t tagSize = 16;
constexpr std::size_t longestSecret = 1 << 20;

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* bytesOf(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytesOf(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}
int sizeOf(std::string_view text) {
    return static_cast<int>(text.size());
}

bool isLowerHex(std::string_view text) {
    return text.find_first_not_of("0123456789abcdef") == text.npos;
}

// The part after the key id; nothing if the text is no token.
std::optional<std::string_view> sealedPart(std::string_view token) {
    constexpr std::size_t head = prefix.size() + keyIdSize + 1;
    constexpr std::size_t least = (nonceSize + tagSize) * 4 / 3;
    if (token.size() < head + least || token.size() > head + 4 + (longestSecret + nonceSize + tagSize) * 4 / 3)
        return std::nullopt;
    if (token.substr(0, prefix.size()) != prefix || token[head - 1] != '.') return std::nullopt;
    if (!isLowerHex(token.substr(prefix.size(), keyIdSize))) return std::nullopt;
    token.remove_prefix(head);
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    if (token.find_first_not_of(alphabet) != token.npos || token.size() % 4 == 1) return std::nullopt;
    return token;
}

tl::unexpected<Error> unreadable(std::string_view row, std::string_view field, std::string_view why) {
    return fail(Error{.code = ErrorCode::SecretUnreadable,
                      .params = {{"row", printable(row, 64)}, {"field", printable(field, 64)}},
                      .detail = std::string(why),
                      .fields = {}});
}

}  // namespace

Vault::Vault(Secret key) : m_key(std::move(key)), m_sealKey(deriveKey(m_key, "postroom vault seal v1")) {
    m_keyId = toHex(hmacSha256(m_key, "postroom vault key id v1")).substr(0, keyIdSize);
    m_checkValue = toHex(hmacSha256(m_key, "postroom vault check value v1"));
}

Secret Vault::derive(std::string_view purpose) const {
    return deriveKey(m_key, std::string("postroom purpose ").append(purpose));
}

std::string Vault::boundTo(std::string_view row, std::string_view field) const {
    // The row's length stands first, so that no other pair of row and field makes the same bytes.
    return std::string(prefix) + m_keyId + '.' + std::to_string(row.size()) + ':' + std::string(row) +
           std::string(field);
}

Result<std::string> Vault::seal(const Secret& plain, std::string_view row, std::string_view field) const {
    if (plain.size() > longestSecret) return fail(ErrorCode::Internal, "the secret to seal is too long");
    const std::string bound = boundTo(row, field);
    std::string sealed = randomBytes(nonceSize);
    sealed.resize(nonceSize + plain.size() + tagSize);
    unsigned char* at = bytesOf(sealed) + nonceSize;
    int written = 0, rest = 0, ignored = 0;
    const Context context{EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free};
    const bool worked =
        context &&
        EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytesOf(m_sealKey.reveal()), bytesOf(sealed)) &&
        EVP_EncryptUpdate(context.get(), nullptr, &ignored, bytesOf(bound), sizeOf(bound)) &&
        EVP_EncryptUpdate(context.get(), at, &written, bytesOf(plain.reveal()), sizeOf(plain.reveal())) &&
        EVP_EncryptFinal_ex(context.get(), at + written, &rest) &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tagSize, at + plain.size());
    if (!worked) return fail(ErrorCode::Internal, "the secret could not be sealed");
    return std::string(prefix) + m_keyId + '.' + toBase64Url(sealed);
}

Result<Secret> Vault::open(std::string_view token, std::string_view row, std::string_view field) const {
    const auto part = sealedPart(token);
    if (!part) return unreadable(row, field, "it is no sealed secret");
    if (token.substr(prefix.size(), keyIdSize) != m_keyId)
        return unreadable(row, field, "it was sealed with another key than " + m_keyId);
    auto sealed = fromBase64Url(*part);
    // One secret has one token: bits behind the last byte, which a decoder drops, have to be zero.
    if (!sealed || sealed->size() < nonceSize + tagSize || toBase64Url(*sealed) != *part)
        return unreadable(row, field, "it is damaged");

    const std::string bound = boundTo(row, field);
    const std::string_view cipher = std::string_view(*sealed).substr(nonceSize, sealed->size() - nonceSize - tagSize);
    std::string plain(cipher.size(), '\0');
    int written = 0, rest = 0, ignored = 0;
    const Context context{EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free};
    const bool opened =
        context &&
        EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytesOf(m_sealKey.reveal()), bytesOf(*sealed)) &&
        EVP_DecryptUpdate(context.get(), nullptr, &ignored, bytesOf(bound), sizeOf(bound)) &&
        EVP_DecryptUpdate(context.get(), bytesOf(plain), &written, bytesOf(cipher), sizeOf(cipher)) &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tagSize,
                            bytesOf(*sealed) + sealed->size() - tagSize) &&
        EVP_DecryptFinal_ex(context.get(), bytesOf(plain) + written, &rest) > 0;
    Secret secret{opened ? plain : std::string{}};
    OPENSSL_cleanse(plain.data(), plain.size());
    if (!opened) return unreadable(row, field, "it was altered, or belongs to another row or field");
    return secret;
}

bool Vault::isToken(std::string_view text) {
    return sealedPart(text).has_value();
}

Result<Vault> openVault(KeySource& source, const std::string& dataFolder) {
    const std::string path = dataFolder + "/key.json";
    auto key = source.key();
    if (!key) return fail(key.error());
    if (key->size() != 32) return fail(ErrorCode::ConfigInvalid, source.describe() + " gave no key of 32 bytes");
    Vault vault{*std::move(key)};

    std::error_code error;
    const bool known = std::filesystem::exists(path, error);
    if (error) return fail(ErrorCode::IoFailed, path + ": " + error.message());
    if (known) {
        const auto content = platform::readFile(path, 65536);
        if (!content) return fail(content.error());
        const auto record = json::parse(*content);
        const std::string check = record && record->is_object() ? json::text(record->get_object(), "check") : "";
        if (check.empty())
            return fail(ErrorCode::SecretUnreadable,
                        path +
                            " is damaged, so that nothing tells whether the key is the right one: put it back from "
                            "a backup. Nothing was changed.");
        const std::string keptFrom = json::text(record->get_object(), "source", "another source");
        if (!equalInConstantTime(check, vault.checkValue()))
            return fail(ErrorCode::SecretUnreadable,
                        "the key from " + source.describe() + " (" + vault.keyId() +
                            ") is not the one this data "
                            "folder's secrets are sealed with (" +
                            printable(json::text(record->get_object(), "id"), 16) + ", from " +
                            printable(keptFrom, 64) +
                            "): give that one, or change keys with 'postroomctl secrets rotate'. Nothing was changed.");
        if (keptFrom == source.describe()) return vault;
    }
    const json::Object record{{"source", source.describe()}, {"id", vault.keyId()}, {"check", vault.checkValue()}};
    if (auto written = platform::writePrivateFile(path, json::serialisePretty(record) + "\n"); !written)
        return fail(written.error());
    return vault;
}

}  // namespace postroom::security
