// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Keyed hashes: HMAC-SHA-256 (RFC 2104) and the subkeys made from it by HKDF (RFC 5869). Any thread.

#include "engine/base/secret.h"

#include <memory>
#include <string>
#include <string_view>

struct evp_mac_ctx_st;

namespace postroom::security {

/// An HMAC-SHA-256 key made ready once: looking the algorithm up costs more than hashing a token does.
class Mac {
public:
    explicit Mac(const Secret& key);
    Mac(Mac&&) noexcept;
    Mac& operator=(Mac&&) noexcept;
    ~Mac();

    /// 32 bytes. Any number of threads may ask at once.
    [[nodiscard]] std::string of(std::string_view text) const;

private:
    struct Free {
        void operator()(evp_mac_ctx_st* context) const;
    };
    std::unique_ptr<evp_mac_ctx_st, Free> m_keyed;
};

/// HMAC-SHA-256 once, 32 bytes.
[[nodiscard]] std::string hmacSha256(const Secret& key, std::string_view text);
/// 32 bytes for one purpose, of which nothing leads back to `key` or to another purpose's (HKDF-SHA-256, no salt).
[[nodiscard]] Secret deriveKey(const Secret& key, std::string_view purpose);

}  // namespace postroom::security
