// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/smtp/login.h"

#include "engine/base/text.h"

namespace postroom::smtp {

namespace {

void replaceAll(std::string& text, std::string_view what) {
    if (what.empty()) return;
    for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + 3))
        text.replace(at, what.size(), "***");
}

std::string plainToken(const Endpoint& endpoint) {
    std::string token;
    token.push_back('\0');
    token.append(endpoint.username);
    token.push_back('\0');
    token.append(endpoint.password.reveal());
    return toBase64(token);
}

// What the vendors document; there is no RFC for it.
std::string xoauth2Token(const Endpoint& endpoint) {
    std::string token = "user=";
    token.append(endpoint.username)
        .append(
            "\x01"
            "auth=Bearer ");
    token.append(endpoint.password.reveal()).append("\x01\x01");
    return toBase64(token);
}

constexpr std::string_view xoauth2 = "AUTH XOAUTH2";
// RFC 4954 §4: a command is no longer than any other, CRLF included. What does not fit goes on a line of its own.
constexpr std::size_t longestCommand_bytes = 510;

std::string secretLine(const Endpoint& endpoint) {
    return endpoint.usesToken ? xoauth2Token(endpoint) : plainToken(endpoint);
}

}  // namespace

bool Login::begin(const Capabilities& offered) {
    if (m_endpoint.usesToken) {
        const bool fits = xoauth2.size() + 1 + xoauth2Token(m_endpoint).size() <= longestCommand_bytes;
        m_state = fits ? State::XOAuth2 : State::XOAuth2Name;
        return offered.authXOAuth2;
    }
    m_state = offered.authPlain ? State::Plain : State::LoginName;
    m_mayFallBack = offered.authPlain && offered.authLogin;
    return offered.authPlain || offered.authLogin;
}

const char* Login::wanted() const {
    return m_endpoint.usesToken ? "no AUTH XOAUTH2" : "neither AUTH PLAIN nor AUTH LOGIN";
}

std::string Login::line() const {
    switch (m_state) {
        case State::XOAuth2: return std::string(xoauth2) + " " + xoauth2Token(m_endpoint);
        case State::XOAuth2Name: return std::string(xoauth2);
        case State::XOAuth2Token: return xoauth2Token(m_endpoint);
        case State::XOAuth2Dismissed: return {};
        case State::Plain: return "AUTH PLAIN " + plainToken(m_endpoint);
        case State::LoginName: return "AUTH LOGIN";
        case State::LoginUser: return toBase64(m_endpoint.username);
        case State::LoginPassword: return toBase64(m_endpoint.password.reveal());
    }
    return {};
}

std::string Login::maskedLine() const {
    switch (m_state) {
        case State::Plain: return "AUTH PLAIN ***";
        case State::LoginName: return "AUTH LOGIN";
        case State::LoginUser:
        case State::LoginPassword:
        case State::XOAuth2Token: return "***";
        case State::XOAuth2: return std::string(xoauth2) + " ***";
        case State::XOAuth2Name: return std::string(xoauth2);
        case State::XOAuth2Dismissed: return {};
    }
    return {};
}

Login::Step Login::answered(const Reply& reply) {
    if (reply.code == 334) {
        // What the challenge says is not looked at: servers write "Username:" in many ways, the order is always the
        // same.
        if (m_state == State::LoginName) return m_state = State::LoginUser, Step::SendLine;
        if (m_state == State::LoginUser) return m_state = State::LoginPassword, Step::SendLine;
        if (m_state == State::XOAuth2Name) return m_state = State::XOAuth2Token, Step::SendLine;
        // A challenge behind the token is its refusal: what went wrong, in base64. The refusal proper is the reply to
        // an empty line.
        if (m_state == State::XOAuth2 || m_state == State::XOAuth2Token)
            return m_state = State::XOAuth2Dismissed, Step::SendLine;
        return Step::Violated;
    }
    if (reply.isPositive()) {
        const bool isLast = m_state == State::Plain || m_state == State::LoginPassword || m_state == State::XOAuth2 ||
                            m_state == State::XOAuth2Token;
        return isLast ? Step::Accepted : Step::Violated;
    }
    if (!reply.isRefusal()) return Step::Violated;
    // 504: the mechanism is not there although it was offered. Any other refusal is about the password: a second try
    // with it would only bring the account nearer to being locked.
    if (reply.code == 504 && m_state == State::Plain && m_mayFallBack)
        return m_state = State::LoginName, Step::SendLine;
    return Step::Refused;
}

void Login::mask(Reply& reply, bool isLoggingIn) const {
    constexpr std::size_t short_bytes = 5;
    const std::string_view password = m_endpoint.password.reveal();
    if (!isLoggingIn && password.size() <= short_bytes) return;
    replaceAll(reply.text, password);
    // Making these for each reply of each mail would cost more than it hides.
    if (!isLoggingIn && !reply.isRefusal()) return;
    replaceAll(reply.text, secretLine(m_endpoint));
    replaceAll(reply.text, toBase64(password));
}

}  // namespace postroom::smtp
