// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The secrets the engine must be able to read again (SMTP passwords), sealed for the database with AES-256-GCM.
//
// Any thread. A sealed secret is bound to its row, its field and its key: moved to another row by SQL, it doesn't open.
// Token: "v1.<key id, 8 hex>.<base64url of nonce (12) | ciphertext | tag (16)>". The SQL triggers of the PostgreSQL
// store know its outer shape: change both together.

#include "engine/base/result.h"
#include "engine/base/secret.h"
#include "engine/security/key_source.h"
#include "engine/security/mac.h"

#include <string>
#include <string_view>

namespace postroom::security {

class Vault {
public:
    /// Over a key of 32 bytes. Engines call openVault(), which also checks that it is the right key.
    explicit Vault(Secret key);

    /// `row` is the id of the row that will hold the token, `field` its column. Internal if OpenSSL fails or the text
    /// is longer than 1 MiB.
    [[nodiscard]] Result<std::string> seal(const Secret& plain, std::string_view row, std::string_view field) const;
    /// SecretUnreadable for everything wrong: no token, another key's, another row's, altered.
    [[nodiscard]] Result<Secret> open(std::string_view token, std::string_view row, std::string_view field) const;
    /// True for anything of a token's shape, whatever key it was sealed with.
    [[nodiscard]] static bool isToken(std::string_view text);

    /// 8 hex digits that name the key and tell nothing about it.
    [[nodiscard]] const std::string& keyId() const { return m_keyId; }
    /// 64 hex digits that only this key makes. A database that several engines share keeps it, as key.json does.
    [[nodiscard]] const std::string& checkValue() const { return m_checkValue; }
    /// 32 bytes for one purpose ("api-key-pepper", "jwt"), the same at every start.
    [[nodiscard]] Secret derive(std::string_view purpose) const;

private:
    [[nodiscard]] std::string boundTo(std::string_view row, std::string_view field) const;

    Secret m_key;
    Secret m_sealKey;
    std::string m_keyId;
    std::string m_checkValue;
};

/// The vault of a data folder. key.json there remembers source, id and check value of the key; it is written at the
/// first start. SecretUnreadable if the key is not the one it remembers: nothing was written then, and nothing may be.
[[nodiscard]] Result<Vault> openVault(KeySource& source, const std::string& dataFolder);

}  // namespace postroom::security
