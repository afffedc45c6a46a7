// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// API keys: `noti_...` names a caller, `secret_...` proves it. Only a keyed hash of the secret is stored.
//
// Any thread. A fast hash is enough for 256 random bits (ASVS 6.5.2); its pepper comes out of the vault, so that a copy
// of the database alone doesn't even let anyone check a guess.

#include "engine/base/secret.h"

#include <string>
#include <string_view>

namespace postroom::security {

struct MintedKey {
    std::string key;         ///< "noti_" or "noti_test_" and 24 URL-safe characters
    Secret secret;           ///< "secret_" and 43 URL-safe characters; shown once, never stored
    std::string secretHash;  ///< what is stored
};

struct MintedSecret {
    Secret secret;
    std::string hash;
};

[[nodiscard]] MintedSecret mintSecret(const Secret& pepper);
[[nodiscard]] MintedKey mintApiKey(const Secret& pepper, bool test);
/// True for the shape mintApiKey() gives a key, so that nothing else is looked up.
[[nodiscard]] bool isApiKey(std::string_view text);
/// True if the key is a test key by its name. The stored row decides; this is for people.
[[nodiscard]] bool isTestKey(std::string_view key);
/// HMAC-SHA-256, 64 hex digits.
[[nodiscard]] std::string hashSecret(const Secret& pepper, std::string_view secret);
/// In constant time. For an unknown key call it with an empty hash: it does the same work and says no.
[[nodiscard]] bool verifySecret(const Secret& pepper, std::string_view secret, std::string_view hash);

/// Which secret it is.
enum class SecretMatch { None, Current, Old };
/// verifySecret() against a key's secret and the one it had before; either may be empty. The same work whatever there
/// is to compare with.
[[nodiscard]] SecretMatch matchSecret(const Secret& pepper, std::string_view secret, std::string_view hash,
                                      std::string_view oldHash);

}  // namespace postroom::security
