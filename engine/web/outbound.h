// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Requests of the engine to programs elsewhere, held to guards that nobody who sends one can forget: 10 s to connect
// and 30 s for everything, an answer of 64 KiB at most, no redirect followed, no proxy, TLS 1.2 or later with chain,
// name and time verified; in the clear to this machine alone.
//
// Each request has a manager of its own: nothing of one (connection, cookie, login) can get into another, and they are
// few. Lives in one thread with an event loop; readSite() is pure.

#include "engine/base/result.h"
#include "engine/base/secret.h"
#include "engine/client/transport.h"

#include <chrono>
#include <functional>
#include <memory>
#include <QNetworkAccessManager>
#include <string>
#include <string_view>
#include <unordered_map>

namespace postroom::web {

/// An address that a request may go to.
struct Site {
    std::string origin;     ///< "https://login.example.com:8443"
    std::string path;       ///< "/oauth2/token?v=2"
    std::string roots_pem;  ///< the only roots that count; empty: the system's
};

/// ConfigInvalid for what is no https:// address, or http:// to 127.0.0.0/8, ::1 or localhost; and for one with a user,
/// a password or a fragment. The detail does not repeat the text.
[[nodiscard]] Result<Site> readSite(std::string_view url, std::string roots_pem = {});

struct Answer {
    int status = 0;
    std::string body;
    std::chrono::seconds retryAfter{0};  ///< as the server asks, at most an hour; 0: it does not
};

struct OutboundLimits {
    std::chrono::milliseconds connecting{10'000};
    std::chrono::milliseconds whole{30'000};
    std::size_t longestAnswer_bytes = 64 << 10;
};

class Outbound {
public:
    /// Any status is an answer but a redirect. NetworkFailed, TlsFailed, TimedOut, ProtocolViolated; the details name
    /// the host and nothing that was sent.
    using Done = std::function<void(Result<Answer>)>;

    explicit Outbound(OutboundLimits limits = {}) : m_limits(limits) {}
    /// Ends what is under way; those who wait are not told.
    ~Outbound();
    Outbound(const Outbound&) = delete;
    Outbound& operator=(const Outbound&) = delete;

    /// Posts a form, never twice. `done` runs in this thread, not from inside.
    void post(const Site& site, const Secret& form, Done done);

private:
    const OutboundLimits m_limits;
    std::uint64_t m_last = 0;
    std::unordered_map<std::uint64_t, std::unique_ptr<QNetworkAccessManager>> m_underWay;
    bool m_ending = false;
};

/// name=value&name=value, percent-encoded (application/x-www-form-urlencoded). What is empty is left out.
class Form {
public:
    Form& add(std::string_view name, std::string_view value);
    [[nodiscard]] Secret take() { return Secret{std::move(m_text)}; }

private:
    std::string m_text;
};

}  // namespace postroom::web
