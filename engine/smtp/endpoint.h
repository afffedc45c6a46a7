// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// How a mail account's server is reached. Values; any thread.

#include "engine/base/id.h"
#include "engine/base/secret.h"

#include <chrono>
#include <cstdint>
#include <string>

namespace postroom::smtp {

/// Tls: from the first byte (RFC 8314). StartTls: required, never optional. None: clear text.
enum class Security { Tls, StartTls, None };

struct Endpoint {
    Id account{};
    std::string host{};
    std::uint16_t port = 0;
    Security security = Security::Tls;
    std::string username{};
    Secret password{};
    bool authenticate = false;
    bool usesToken = false;    ///< `password` is an access token for AUTH XOAUTH2
    std::string heloName{};    ///< what EHLO says; "localhost" where it is empty
    std::string caFile_pem{};  ///< certificates in PEM (their text, not a path): the only roots that count; empty = the
                               ///< system's
    std::string
        fingerprint_sha256{};  ///< hex, colons allowed: exactly this certificate, whoever signed it; empty = any
    int maxConnections = 1;
    std::chrono::milliseconds commandTimeout{30'000};
    std::chrono::milliseconds connectTimeout{30'000};  ///< for name, TCP, TLS and greeting, each
    std::chrono::milliseconds dataTimeout{600'000};    ///< after "." (RFC 5321 §4.5.3.2.6: shorter makes duplicates)
    std::chrono::milliseconds idleTimeout{30'000};
    int messagesPerConnection = 100;

    /// True if a connection made for the other may serve this one: all but the limits and times are the same. An access
    /// token is a key for the door: who is inside may stay when there is a new one.
    [[nodiscard]] bool reachesTheSame(const Endpoint& other) const;
};

/// "localhost", 127.0.0.0/8 and ::1, by the name as written.
[[nodiscard]] bool isLoopbackName(std::string_view host);

}  // namespace postroom::smtp
