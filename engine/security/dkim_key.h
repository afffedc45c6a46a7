// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A key that signs mail: RSA with 2048 bits or Ed25519, made and used by OpenSSL; and the hash that goes with it.
//
// Any thread; a key may sign in several at once.

#include "engine/base/result.h"
#include "engine/base/secret.h"
#include "engine/contract/dkim.h"

#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;
struct evp_md_ctx_st;

namespace postroom::security {

class DkimKey {
public:
    /// Makes a new one. An RSA key takes from tens to hundreds of milliseconds. Internal if OpenSSL fails.
    [[nodiscard]] static Result<DkimKey> make(contract::DkimAlgorithm algorithm);
    /// Reads what privateKey() gave. SecretUnreadable for anything else, also for a key of another kind or length.
    [[nodiscard]] static Result<DkimKey> read(const Secret& privateKey);

    [[nodiscard]] contract::DkimAlgorithm algorithm() const { return m_algorithm; }
    /// PEM, PKCS #8.
    [[nodiscard]] Result<Secret> privateKey() const;
    /// As p= wants it, in base64: SubjectPublicKeyInfo of an RSA key (RFC 6376 §3.6.1), the 32 bytes of an Ed25519
    /// key (RFC 8463 §4).
    [[nodiscard]] Result<std::string> publicKey() const;
    /// The raw signature of the text's SHA-256.
    [[nodiscard]] Result<std::string> sign(std::string_view text) const;

private:
    DkimKey(std::shared_ptr<evp_pkey_st> key, contract::DkimAlgorithm algorithm)
        : m_key(std::move(key)), m_algorithm(algorithm) {}

    std::shared_ptr<evp_pkey_st> m_key;  // shared: OpenSSL counts its users, and copies of this are the same key
    contract::DkimAlgorithm m_algorithm;
};

/// SHA-256 of what comes in pieces.
class Sha256 {
public:
    Sha256();
    void add(std::string_view bytes);
    /// 32 bytes; nothing may be added after it.
    [[nodiscard]] std::string take();

private:
    struct Free {
        void operator()(evp_md_ctx_st* context) const;
    };
    std::unique_ptr<evp_md_ctx_st, Free> m_context;
};

}  // namespace postroom::security
