// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/smtp/sandbox/session.h"

#include "engine/base/text.h"

#include <charconv>
#include <optional>
#include <utility>

namespace postroom::smtp::sandbox {

namespace {

constexpr std::string_view Crlf = "\r\n";

bool hasStrayBytes(std::string_view line) {
    return line.find_first_of(std::string_view("\r\n\0", 3)) != line.npos;
}

// "FROM:<a@b> SIZE=1" -> "a@b", and the parameters left in `argument`.
std::optional<std::string> path(std::string_view& argument, std::string_view keyword) {
    if (argument.size() < keyword.size() || !equalsIgnoreCase(argument.substr(0, keyword.size()), keyword))
        return std::nullopt;
    argument = trimmed(argument.substr(keyword.size()));
    if (!argument.starts_with('<')) return std::nullopt;
    bool quoted = false;
    for (std::size_t at = 1; at < argument.size(); ++at) {
        if (quoted && argument[at] == '\\') {
            ++at;
            continue;
        }
        if (argument[at] == '"') quoted = !quoted;
        if (quoted || argument[at] != '>') continue;
        std::string address{argument.substr(1, at - 1)};
        argument = trimmed(argument.substr(at + 1));
        if (hasControls(address)) return std::nullopt;
        return address;
    }
    return std::nullopt;
}

// The password in AUTH PLAIN's response (RFC 4616): what follows the second NUL.
std::optional<std::string> plainPassword(std::string_view response) {
    const auto decoded = fromBase64(response);
    if (!decoded) return std::nullopt;
    const auto first = decoded->find('\0');
    const auto second = first == decoded->npos ? first : decoded->find('\0', first + 1);
    if (second == decoded->npos) return std::nullopt;
    return decoded->substr(second + 1);
}

}  // namespace

std::string Session::greeting() {
    if (!errs(Stage::Connect))
        say("220 sandbox ESMTP Postroom");
    else
        m_state = State::Over;
    return std::exchange(m_pause > m_pause.zero() ? m_early : m_out, {});
}

std::string Session::resume() {
    m_pause = m_pause.zero();
    return feed({});
}

bool Session::errs(Stage stage) {
    const std::optional<Fault> fault = m_port.faultAt(stage);
    if (!fault) return false;
    switch (fault->kind) {
        case Fault::Kind::Reject:
        case Fault::Kind::Defer: say(fault->reply); return true;
        case Fault::Kind::Drop: m_state = State::Over; return true;
        case Fault::Kind::Stall: break;
    }
    m_pause = fault->stall;
    m_early = std::exchange(m_out, {});
    return false;
}

std::string Session::feed(std::string_view bytes) {
    m_input.append(bytes);
    std::size_t start = 0;
    while (m_state != State::Over && m_pause == m_pause.zero()) {
        const std::size_t end = m_input.find(Crlf, std::max(m_scanned, start));
        if (end == m_input.npos) break;
        const std::string_view line = std::string_view{m_input}.substr(start, end - start);
        start = m_scanned = end + Crlf.size();
        if (m_state == State::Content)
            contentLine(line);
        else if (line.size() > LineLimit_bytes)
            giveUp("500 5.5.2 line too long");
        else if (hasStrayBytes(line))
            giveUp("500 5.5.2 a line ends in CRLF and has no other CR, LF or NUL");
        else
            command(line);
    }
    m_input.erase(0, start);
    if (m_pause > m_pause.zero()) {
        m_scanned = 0;
        return std::exchange(m_early, {});
    }
    // A CR at the end may be half of a CRLF.
    m_scanned = m_input.empty() ? 0 : m_input.size() - 1;
    if (m_state == State::Content && m_letter.content.size() + m_input.size() > m_mailLimit_bytes)
        giveUp("552 5.3.4 mail too big");
    else if (m_state != State::Content && m_state != State::Over && m_input.size() > LineLimit_bytes)
        giveUp("500 5.5.2 line too long");
    return std::exchange(m_out, {});
}

void Session::command(std::string_view line) {
    switch (m_state) {
        case State::AuthUser: return m_state = State::AuthPassword, say("334 UGFzc3dvcmQ6");
        case State::AuthPlain: return logIn(plainPassword(line));
        case State::AuthPassword: return logIn(fromBase64(line));
        default: break;
    }
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::string verb = toLowerAscii(line.substr(0, space));
    const std::string_view argument = trimmed(line.substr(space));
    if (verb == "ehlo" || verb == "helo") {
        m_greeted = true;
        m_hasMail = false;
        m_letter = {};
        if (verb == "helo") return say("250 sandbox");
        say("250-sandbox");
        say("250-PIPELINING");
        say("250-SIZE " + std::to_string(m_mailLimit_bytes));
        say("250-8BITMIME");
        say("250-AUTH PLAIN LOGIN");
        return say("250 ENHANCEDSTATUSCODES");
    }
    if (verb == "quit") return giveUp("221 2.0.0 bye");
    if (verb == "noop") return say("250 2.0.0 ok");
    if (verb == "rset") return m_hasMail = false, m_letter = {}, say("250 2.0.0 ok");
    if (verb == "vrfy") return say("252 2.0.0 try it");
    if (!m_greeted) return say("503 5.5.1 EHLO first");
    if (verb == "auth") return auth(argument);
    if (verb == "mail") return mail(argument);
    if (verb == "rcpt") return rcpt(argument);
    if (verb == "data") {
        if (m_letter.to.empty()) return say(m_hasMail ? "554 5.5.1 no valid recipients" : "503 5.5.1 MAIL first");
        if (errs(Stage::Data)) return;
        m_state = State::Content;
        return say("354 go on");
    }
    say("500 5.5.1 unknown command");
}

void Session::auth(std::string_view argument) {
    const std::size_t space = std::min(argument.find(' '), argument.size());
    const std::string mechanism = toLowerAscii(argument.substr(0, space));
    const bool hasResponse = !trimmed(argument.substr(space)).empty();
    if (mechanism == "plain") {
        if (hasResponse) return logIn(plainPassword(trimmed(argument.substr(space))));
        m_state = State::AuthPlain;
        return say("334 ");
    }
    if (mechanism == "login") {
        m_state = hasResponse ? State::AuthPassword : State::AuthUser;
        return say(hasResponse ? "334 UGFzc3dvcmQ6" : "334 VXNlcm5hbWU6");
    }
    say("504 5.5.4 PLAIN or LOGIN");
}

void Session::logIn(const std::optional<std::string>& password) {
    m_state = State::Command;
    m_loggedIn = m_password.empty() || (password && m_password.equals(*password));
    say(m_loggedIn ? "235 2.7.0 accepted" : "535 5.7.8 this sandbox is the engine's own");
}

void Session::mail(std::string_view argument) {
    if (!m_loggedIn && !m_password.empty()) return say("530 5.7.0 log in first");
    if (m_hasMail) return say("503 5.5.1 one mail at a time");
    std::optional<std::string> from = path(argument, "FROM:");
    if (!from) return say("501 5.5.4 MAIL FROM:<address>");
    const std::string parameters = toLowerAscii(argument);
    if (const std::size_t at = parameters.find("size="); at != parameters.npos) {
        std::uint64_t size = 0;
        const char* first = parameters.data() + at + 5;
        const auto [stop, error] = std::from_chars(first, parameters.data() + parameters.size(), size);
        if (error != std::errc{} || stop == first) return say("501 5.5.4 SIZE=number");
        if (size > m_mailLimit_bytes) return say("552 5.3.4 mail too big");
    }
    if (errs(Stage::MailFrom)) return;
    m_letter = {.from = std::move(*from)};
    m_hasMail = true;
    say("250 2.1.0 ok");
}

void Session::rcpt(std::string_view argument) {
    if (!m_hasMail) return say("503 5.5.1 MAIL first");
    std::optional<std::string> to = path(argument, "TO:");
    if (!to || to->empty()) return say("501 5.5.4 RCPT TO:<address>");
    if (m_letter.to.size() >= RecipientsLimit) return say("452 4.5.3 too many recipients");
    if (errs(Stage::RcptTo)) return;
    m_letter.to.push_back(std::move(*to));
    say("250 2.1.5 ok");
}

void Session::contentLine(std::string_view line) {
    if (line == ".") return contentEnds();
    if (line.starts_with('.')) line.remove_prefix(1);
    m_letter.content.append(line).append(Crlf);
    if (m_letter.content.size() > m_mailLimit_bytes) giveUp("552 5.3.4 mail too big");
}

void Session::contentEnds() {
    m_state = State::Command;
    m_hasMail = false;
    Letter letter = std::exchange(m_letter, {});
    if (errs(Stage::Dot)) return;
    const Result<void> kept = m_port.keep(std::move(letter));
    say(kept ? "250 2.0.0 kept" : "451 4.3.0 could not be kept");
}

void Session::giveUp(std::string_view reply) {
    say(reply);
    m_state = State::Over;
}

}  // namespace postroom::smtp::sandbox
