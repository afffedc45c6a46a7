// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "dialog_script.h"

#include "engine/base/text.h"
#include "engine/smtp/dialog.h"

#include <deque>
#include <sstream>

using namespace postroom;
using namespace postroom::smtp;

namespace {

std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) {
            const char c = text[++i];
            out.push_back(c == 'r' ? '\r' : c == 'n' ? '\n' : c == '0' ? '\0' : c);
        } else {
            out.push_back(text[i]);
        }
    }
    return out;
}

class Script {
public:
    std::string run(std::string_view script) {
        std::istringstream lines{std::string(script)};
        std::string line;
        for (int number = 1; std::getline(lines, line); ++number) {
            const std::string_view row = trimmed(line);
            if (row.empty() || row.starts_with('#')) continue;
            std::string problem = turn(row);
            if (!problem.empty())
                return "line " + std::to_string(number) + ", \"" + std::string(row) + "\": " + problem;
        }
        if (!m_lines.empty()) return "more was written: " + m_lines.front();
        if (m_reset || m_closed || m_stale || m_asked || m_hasOutcome)
            return "something happened that the script does not tell: " + happened();
        return {};
    }

private:
    std::string turn(std::string_view row) {
        const std::string_view verb = row.substr(0, row.find(' '));
        const std::string_view rest = trimmed(row.substr(verb.size()));
        if (verb == "endpoint") return endpoint(rest);
        if (verb == "to") return words(rest, m_to), "";
        if (verb == "ask") return m_ask = true, "";
        if (verb == "body") return m_body = unescaped(rest), "";
        if (verb == "holddot") return m_holdDot = true, "";
        start();
        if (verb == "S+:") return m_segment += std::string(rest) + "\r\n", "";
        if (verb == "S:") return hear(std::exchange(m_segment, {}) + std::string(rest) + "\r\n");
        if (verb == "raw") return hear(unescaped(rest));
        if (verb == "C:") return written(rest);
        if (verb == "silent") return m_lines.empty() ? "" : "written: " + m_lines.front();
        if (verb == "tls") return !take(m_wantsTls) ? "no TLS was wanted" : (m_dialog->encrypted(), drain(), "");
        if (verb == "close") return m_dialog->fail(Trouble::Closed, "closed"), drain(), "";
        if (verb == "timeout") return m_dialog->fail(Trouble::TimedOut, "late"), drain(), "";
        if (verb == "abort") return m_dialog->fail(Trouble::Aborted, "aborted"), drain(), "";
        if (verb == "asked") return take(m_asked) ? "" : "nobody was asked";
        if (verb == "permit") return m_dialog->permitDot(), drain(), "";
        if (verb == "dot") return m_dialog->sendDot(), drain(), "";
        if (verb == "release") return m_dialog->release(), drain(), "";
        if (verb == "mail") return m_dialog->begin(mail()), drain(), "";
        if (verb == "quit") return m_dialog->quit(), drain(), "";
        if (verb == "reset") return take(m_reset) ? "" : "no reset: " + happened();
        if (verb == "closed") return take(m_closed) ? "" : "not closed: " + happened();
        if (verb == "stale") return take(m_stale) ? "" : "not stale: " + happened();
        if (verb == "outcome") return outcome(rest);
        if (verb == "recipients") return recipients(rest);
        return "unknown row";
    }

    static void words(std::string_view text, std::vector<std::string>& out) {
        out.clear();
        std::istringstream in{std::string(text)};
        for (std::string word; in >> word;) out.push_back(word);
    }

    std::string endpoint(std::string_view rest) {
        std::vector<std::string> said;
        words(rest, said);
        for (const std::string& word : said) {
            if (word == "none") m_endpoint.security = Security::None;
            if (word == "starttls") m_endpoint.security = Security::StartTls;
            if (word == "tls") m_endpoint.security = Security::Tls;
            if (word == "auth") m_endpoint.authenticate = true;
            if (word == "token" || word == "longtoken") m_endpoint.authenticate = m_endpoint.usesToken = true;
            if (word == "longtoken") m_endpoint.password = Secret(std::string(400, 'p'));
            if (word == "remote") m_loopback = false;
        }
        return {};
    }

    Transaction mail() {
        Transaction mail{
            .mailFrom = "a@b", .recipients = m_to, .body = std::make_unique<StringBody>(m_body), .confirmDot = m_ask};
        return mail;
    }

    void start() {
        if (m_dialog) return;
        m_endpoint.username = "user";
        if (m_endpoint.password.empty()) m_endpoint.password = Secret("pencil");
        m_dialog = std::make_unique<Dialog>(m_endpoint);
        m_dialog->begin(mail());
        m_dialog->connected(m_loopback);
        drain();
    }

    std::string hear(const std::string& bytes) {
        m_dialog->feed(bytes);
        return drain(), "";
    }

    void drain() {
        while (auto event = m_dialog->next()) {
            using Kind = Dialog::Event::Kind;
            switch (event->kind) {
                case Kind::Write: write(event->bytes); break;
                case Kind::StartTls: m_wantsTls = true; break;
                case Kind::BodyDue: m_dialog->pump(256 * 1024); break;
                case Kind::AskDot: m_asked = true; break;
                case Kind::DotDue:
                    if (!m_holdDot) m_dialog->sendDot();
                    break;
                case Kind::Finished:
                    m_outcome = m_dialog->takeOutcome();
                    m_hasOutcome = true;
                    break;
                case Kind::Reset: m_reset = true; break;
                case Kind::Close: m_closed = true; break;
                case Kind::Stale: m_stale = true; break;
                case Kind::Passed:
                case Kind::Ready:
                case Kind::DotAnswered: break;
            }
        }
    }

    void write(std::string_view bytes) {
        for (std::size_t end; (end = bytes.find("\r\n")) != bytes.npos; bytes.remove_prefix(end + 2))
            m_lines.emplace_back(bytes.substr(0, end));
        if (!bytes.empty()) m_lines.emplace_back("(no line end) " + std::string(bytes));
    }

    std::string written(std::string_view expected) {
        if (m_lines.empty()) return "nothing was written; " + happened();
        const std::string line = m_lines.front();
        m_lines.pop_front();
        return line == expected ? "" : "written: " + line;
    }

    std::string outcome(std::string_view expected) {
        if (!take(m_hasOutcome)) return "no outcome yet";
        m_recipients = m_outcome.recipients;
        const std::string got = told();
        for (const std::string& line : m_outcome.transcript)
            if (line.find("pencil") != line.npos || line.find("cGVuY2ls") != line.npos ||
                line.find("AHVzZXI") != line.npos || line.find("dXNlcj11c2Vy") != line.npos)
                return "the transcript has the password: " + line;
        return got == expected ? "" : "it is \"" + got + "\", " + m_outcome.detail;
    }

    [[nodiscard]] std::string told() const {
        return std::string(name(m_outcome.stage)) + " " + std::string(name(m_outcome.trouble)) + " " +
               std::to_string(m_outcome.reply.code) + (m_outcome.dotSent ? " dot" : "");
    }

    std::string recipients(std::string_view expected) {
        std::string got;
        for (const Reply& reply : m_recipients) got += (got.empty() ? "" : " ") + std::to_string(reply.code);
        return got == expected ? "" : "they are " + got;
    }

    [[nodiscard]] std::string happened() const {
        std::string out;
        if (m_reset) out += "reset ";
        if (m_closed) out += "closed ";
        if (m_stale) out += "stale ";
        if (m_asked) out += "asked ";
        if (m_hasOutcome) out += "outcome " + told() + " (" + m_outcome.detail + ")";
        return out.empty() ? "nothing happened" : out;
    }

    static bool take(bool& flag) { return std::exchange(flag, false); }

    Endpoint m_endpoint{.security = Security::None};
    bool m_loopback = true;
    std::vector<std::string> m_to{"c@d"};
    bool m_ask = false;
    bool m_holdDot = false;
    std::string m_body = "hello\r\n";
    std::unique_ptr<Dialog> m_dialog;
    std::string m_segment;
    std::deque<std::string> m_lines;
    bool m_wantsTls = false, m_asked = false, m_reset = false, m_closed = false, m_stale = false, m_hasOutcome = false;
    Outcome m_outcome;
    std::vector<Reply> m_recipients;
};

}  // namespace

std::string runScript(std::string_view script) {
    return Script{}.run(script);
}
