// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Proving to a server who we are: AUTH PLAIN, else AUTH LOGIN (RFC 4954); with an access token AUTH XOAUTH2 and nothing
// else. Pure.

#include "engine/smtp/capabilities.h"
#include "engine/smtp/endpoint.h"
#include "engine/smtp/reply.h"

#include <string>

namespace postroom::smtp {

class Login {
public:
    explicit Login(const Endpoint& endpoint) : m_endpoint(endpoint) {}

    /// False if the server offers no mechanism we know.
    [[nodiscard]] bool begin(const Capabilities& offered);
    /// What it lacks then: "neither AUTH PLAIN nor AUTH LOGIN".
    [[nodiscard]] const char* wanted() const;
    /// The line to send now, without CRLF.
    [[nodiscard]] std::string line() const;
    /// The same line as a transcript may show it.
    [[nodiscard]] std::string maskedLine() const;

    enum class Step { SendLine, Accepted, Refused, Violated };
    [[nodiscard]] Step answered(const Reply& reply);
    /// Some servers quote what they refuse, some what they were told long before: takes the password out of their
    /// words. Outside the login a short one is left: it would be found in words that mean nothing.
    void mask(Reply& reply, bool isLoggingIn) const;

private:
    /// XOAuth2: with the token on the line; Name and Token: each on its own; Dismissed: its error was told.
    enum class State {
        Plain,
        LoginName,
        LoginUser,
        LoginPassword,
        XOAuth2,
        XOAuth2Name,
        XOAuth2Token,
        XOAuth2Dismissed
    };
    const Endpoint& m_endpoint;
    State m_state = State::Plain;
    bool m_mayFallBack = false;
};

}  // namespace postroom::smtp
