// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/smtp/dialog.h"

#include <utility>

namespace postroom::smtp {

using Kind = Dialog::Event::Kind;

std::optional<Dialog::Event> Dialog::next() {
    if (m_events.empty()) return std::nullopt;
    Event event = std::move(m_events.front());
    m_events.pop_front();
    return event;
}

void Dialog::connected(bool toLoopback) {
    if (m_state != State::Unconnected) return;
    m_toLoopback = toLoopback;
    ++m_progress;
    passed(Stage::Connect, {});
    if (m_endpoint.security == Security::Tls) {
        m_state = State::Handshake;
        push({.kind = Kind::StartTls});
    } else {
        m_state = State::Greeting;
    }
}

void Dialog::encrypted() {
    if (m_state != State::Handshake) return;
    m_encrypted = true;
    ++m_progress;
    passed(Stage::Tls, {});
    if (!m_greeted) {
        m_state = State::Greeting;
        return;
    }
    // RFC 3207 §4.2: nothing the server said in the clear counts any more.
    m_capabilities = {};
    sayEhlo("EHLO");
}

void Dialog::feed(std::string_view bytes) {
    while (!bytes.empty() && m_state != State::Over) {
        bytes.remove_prefix(m_parser.feed(bytes));
        if (m_parser.status() == ReplyParser::Status::Broken) return violated(m_parser.fault());
        if (m_parser.status() == ReplyParser::Status::More) return;
        m_moreInput = !bytes.empty();
        if (replyIsDue()) {
            ++m_progress;
            if (m_state == State::Ehlo) m_capabilities = Capabilities::fromEhlo(m_parser.rawLines());
            answered(m_parser.take());
        } else {
            unasked(m_parser.take());
        }
        m_moreInput = false;
    }
}

bool Dialog::replyIsDue() const {
    switch (m_state) {
        case State::Greeting:
        case State::Ehlo:
        case State::Helo:
        case State::StartTls:
        case State::Auth:
        case State::Dot:
        case State::Quit: return true;
        case State::Commands: return m_envelope.replyIsDue();
        default: return false;
    }
}

void Dialog::answered(Reply reply) {
    if (m_endpoint.authenticate) m_login.mask(reply, m_state == State::Auth);
    m_transcript.server(reply);
    switch (m_state) {
        case State::Greeting: return greeted(reply);
        case State::Ehlo:
        case State::Helo: return ehloAnswered(reply);
        case State::StartTls: return startTlsAnswered(reply);
        case State::Auth: return loginAnswered(reply);
        case State::Commands: return commandAnswered(reply);
        case State::Dot: return dotAnswered(reply);
        case State::Quit: m_state = State::Over; return push({.kind = Kind::Close});
        default: return;
    }
}

void Dialog::unasked(Reply reply) {
    if (m_endpoint.authenticate) m_login.mask(reply, false);
    m_transcript.server(reply);
    // A server may say 421 at any time before it closes (RFC 5321 §3.8), and refuse a big mail while it still comes.
    const bool inContent = m_state == State::Body || m_state == State::Permission || m_state == State::DotHeld;
    if (reply.code == 421 || (inContent && m_contentWritten && reply.isRefusal()))
        return end(stage(), Trouble::Refused, reply, {}, false);
    violated("a reply nobody asked for: " + reply.line());
}

void Dialog::greeted(const Reply& reply) {
    if (reply.isRefusal()) return refusedInSetup(Stage::Greeting, reply);
    if (reply.code != 220) return violated("not a greeting: " + reply.line());
    m_greeted = true;
    passed(Stage::Greeting, reply.line());
    sayEhlo("EHLO");
}

void Dialog::sayEhlo(const char* verb) {
    const std::string line =
        std::string(verb) + " " + (m_endpoint.heloName.empty() ? "localhost" : m_endpoint.heloName);
    m_state = std::string_view(verb) == "EHLO" ? State::Ehlo : State::Helo;
    say(line, line);
}

void Dialog::ehloAnswered(const Reply& reply) {
    if (reply.isPositive()) {
        passed(Stage::Ehlo, reply.line());
        return introduced();
    }
    if (!reply.isRefusal()) return violated("not a reply to EHLO: " + reply.line());
    m_capabilities = {};
    const bool canDoWithout = m_endpoint.security != Security::StartTls && !m_endpoint.authenticate;
    // RFC 5321 §3.2: a server without EHLO is greeted again; but then there is neither STARTTLS nor AUTH.
    if (m_state == State::Ehlo && reply.code >= 500 && canDoWithout) return sayEhlo("HELO");
    refusedInSetup(Stage::Ehlo, reply);
}

void Dialog::introduced() {
    if (m_endpoint.security == Security::StartTls && !m_encrypted) {
        if (!m_capabilities.startTls)
            return missing(Stage::StartTls, Trouble::StartTlsMissing, "the server offers no STARTTLS");
        m_state = State::StartTls;
        return say("STARTTLS", "STARTTLS");
    }
    if (m_endpoint.authenticate) {
        if (!m_encrypted && !m_toLoopback)
            return missing(Stage::Auth, Trouble::TlsFailed, "the password is never sent in the clear");
        if (!m_login.begin(m_capabilities))
            return missing(Stage::Auth, Trouble::AuthMissing, std::string("the server offers ") + m_login.wanted());
        m_state = State::Auth;
        return say(m_login.line(), m_login.maskedLine());
    }
    m_state = State::Ready;
    m_hasMail ? startMail() : push({.kind = Kind::Ready});
}

void Dialog::startTlsAnswered(const Reply& reply) {
    if (reply.isRefusal()) return refusedInSetup(Stage::StartTls, reply);
    if (reply.code != 220) return violated("not a reply to STARTTLS: " + reply.line());
    passed(Stage::StartTls, reply.line());
    // What lies behind the 220 came in the clear and would be taken for the server's word under TLS (CVE-2021-38371).
    if (!expectsSilence()) return;
    m_state = State::Handshake;
    push({.kind = Kind::StartTls});
}

void Dialog::loginAnswered(const Reply& reply) {
    switch (m_login.answered(reply)) {
        case Login::Step::SendLine: return say(m_login.line(), m_login.maskedLine());
        case Login::Step::Refused: return refusedInSetup(Stage::Auth, reply);
        case Login::Step::Violated: return violated("not a reply to AUTH: " + reply.line());
        case Login::Step::Accepted: break;
    }
    passed(Stage::Auth, reply.line());
    m_state = State::Ready;
    m_hasMail ? startMail() : push({.kind = Kind::Ready});
}

void Dialog::quit() {
    if (m_state != State::Ready && m_state != State::Unreleased) return;
    m_state = State::Quit;
    say("QUIT", "QUIT");
}

Stage Dialog::stage() const {
    switch (m_state) {
        case State::Unconnected: return Stage::Connect;
        case State::Handshake: return Stage::Tls;
        case State::Greeting: return Stage::Greeting;
        case State::Ehlo:
        case State::Helo: return Stage::Ehlo;
        case State::StartTls: return Stage::StartTls;
        case State::Auth: return Stage::Auth;
        case State::Ready: return Stage::MailFrom;
        case State::Commands: return m_envelope.stage();
        case State::Body:
        case State::Permission:
        case State::DotHeld: return Stage::Body;
        case State::Dot: return Stage::Dot;
        case State::Unreleased:
        case State::Quit:
        case State::Over: return Stage::Done;
    }
    return Stage::Done;
}

Dialog::Wait Dialog::wait() const {
    switch (m_state) {
        case State::Unconnected:
        case State::Handshake:
        case State::Greeting: return Wait::Connect;
        case State::Ehlo:
        case State::Helo:
        case State::StartTls:
        case State::Auth:
        case State::Commands: return Wait::Command;
        case State::Body: return Wait::Body;
        case State::Permission:
        case State::DotHeld: return Wait::Permission;
        case State::Dot: return Wait::Dot;
        case State::Ready: return Wait::Mail;
        case State::Unreleased: return Wait::Release;
        case State::Quit: return Wait::Quit;
        case State::Over: return Wait::Nothing;
    }
    return Wait::Nothing;
}

bool Dialog::expectsSilence() {
    if (!m_moreInput && m_parser.isEmpty()) return true;
    violated("bytes from the server before they were due");
    return false;
}

void Dialog::say(std::string_view line, std::string_view shown) {
    if (!expectsSilence()) return;
    m_transcript.client(shown);
    push({.kind = Kind::Write, .bytes = std::string(line) + "\r\n"});
}

void Dialog::passed(Stage stage, std::string detail) {
    push({.kind = Kind::Passed, .stage = stage, .bytes = std::move(detail)});
}

void Dialog::refusedInSetup(Stage stage, const Reply& reply) {
    // Nobody waits for the reply to this QUIT: it only spares the server's log a "lost connection".
    if (reply.code != 421 && !m_moreInput && m_parser.isEmpty()) say("QUIT", "QUIT");
    end(stage, Trouble::Refused, reply, {}, true);
}

void Dialog::missing(Stage stage, Trouble trouble, std::string detail) {
    if (!m_moreInput && m_parser.isEmpty()) say("QUIT", "QUIT");
    end(stage, trouble, {}, std::move(detail), true);
}

void Dialog::violated(std::string detail) {
    end(stage(), Trouble::ProtocolViolated, {}, std::move(detail), false);
}

void Dialog::fail(Trouble trouble, std::string detail) {
    if (m_state == State::Over) return;
    end(stage(), trouble, {}, std::move(detail), false);
}

void Dialog::end(Stage stage, Trouble trouble, Reply reply, std::string detail, bool politely) {
    if (m_state == State::Over) return;
    const bool inSetup = m_state < State::Ready;
    // What a server does that has had enough of a connection, closing it or saying 421; and what was left over from the
    // mail before, found when nothing of this one had been sent.
    const bool isUsedUp = !m_envelope.mailWasAnswered() && (trouble == Trouble::Closed || reply.code == 421);
    const bool isSpoilt = !m_envelope.begun() && trouble == Trouble::ProtocolViolated;
    const bool isStale = m_hasMail && m_mails > 1 && m_state == State::Commands && (isUsedUp || isSpoilt);
    push({.kind = politely ? Kind::Close : Kind::Reset});
    if (isStale) {
        m_hasMail = false;
        push({.kind = Kind::Stale});
    } else if (m_hasMail || inSetup) {
        finish(stage, trouble, std::move(reply), std::move(detail));
    }
    m_state = State::Over;
}

void Dialog::finish(Stage stage, Trouble trouble, Reply reply, std::string detail) {
    m_outcome = {};
    m_outcome.attempt = m_mail.attempt;
    m_outcome.account = m_endpoint.account;
    m_outcome.stage = stage;
    m_outcome.trouble = trouble;
    m_outcome.dotSent = m_state == State::Dot;
    m_outcome.recipients = std::move(m_envelope.recipients());
    m_outcome.recipients.resize(m_mail.recipients.size());
    if (detail.empty() && trouble != Trouble::None)
        detail = "refused at " + std::string(name(stage)) + ": " + reply.line();
    if (trouble != Trouble::None && trouble != Trouble::Refused) m_transcript.remark(detail);
    m_outcome.detail = std::move(detail);
    m_outcome.reply = std::move(reply);
    m_outcome.transcript = m_transcript.take();
    m_mail.body.reset();
    m_held.clear();
    m_hasMail = false;
    m_state = State::Unreleased;
    push({.kind = Kind::Finished});
}

}  // namespace postroom::smtp
