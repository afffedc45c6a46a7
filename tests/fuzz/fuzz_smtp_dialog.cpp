// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// Any bytes as the server's side of a dialogue. Whatever it says: a mail is sent only if what came after "." begins
// with a whole 2xx reply; "." is written once at most and last; and the password is neither written in the clear to
// another machine nor found in what a transcript says of us.
//
// The first byte says what is asked of the dialogue, the second how the rest is cut: 0 = by lines, else pieces of so
// many.

#include "engine/smtp/dialog.h"

#include <cstdint>
#include <cstdlib>

using namespace postroom;
using namespace postroom::smtp;

namespace {

constexpr std::string_view Password = "kBpencil9";

void must(bool truth) {
    if (!truth) std::abort();
}

class Play {
public:
    explicit Play(std::uint8_t wish)
        : m_asks((wish & 4) != 0),
          m_three((wish & 8) != 0),
          m_toLoopback((wish & 16) != 0),
          m_aborts((wish & 64) != 0) {
        m_endpoint.security = (wish & 3) == 0 ? Security::StartTls : (wish & 3) == 1 ? Security::Tls : Security::None;
        m_endpoint.authenticate = (wish & 32) != 0;
        m_endpoint.username = "user";
        m_endpoint.password = Secret(std::string(Password));
        m_dialog.begin(mail());
        m_dialog.connected(m_toLoopback);
        drain();
    }

    void hear(std::string_view piece) {
        if (m_dotOut) m_sinceDot.append(piece);
        m_dialog.feed(piece);
        drain();
    }
    void end() {
        m_dialog.fail(Trouble::Closed, "closed");
        drain();
        must(m_dialog.isOver() && m_finished == (m_stale ? m_begun - 1 : m_begun));
    }

private:
    Transaction mail() {
        ++m_begun;
        Transaction mail{.mailFrom = "a@b", .body = std::make_unique<StringBody>("hi\r\n.\r\n"), .confirmDot = m_asks};
        mail.recipients.assign(m_three ? 3 : 1, "c@d");
        return mail;
    }

    void drain() {
        while (auto event = m_dialog.next()) {
            using Kind = Dialog::Event::Kind;
            must(!m_ended || event->kind == Kind::Finished || event->kind == Kind::Stale);
            switch (event->kind) {
                case Kind::Write: write(event->bytes); break;
                case Kind::StartTls:
                    m_encrypted = true;
                    m_dialog.encrypted();
                    break;
                case Kind::BodyDue: m_dialog.pump(1 << 16); break;
                case Kind::AskDot: m_aborts ? m_dialog.fail(Trouble::Aborted, "no") : m_dialog.permitDot(); break;
                case Kind::DotDue: m_dialog.sendDot(); break;
                case Kind::Finished: finished(m_dialog.takeOutcome()); break;
                case Kind::Stale: m_stale = true; break;
                case Kind::Close:
                case Kind::Reset: m_ended = true; break;
                case Kind::Ready:
                    if (m_begun < 3) m_dialog.begin(mail());
                    break;
                case Kind::Passed:
                case Kind::DotAnswered: break;
            }
        }
    }

    void write(const std::string& bytes) {
        must(!m_dotOut);
        must(bytes.ends_with("\r\n"));
        if (bytes.find("AUTH ") == 0) must(m_encrypted || m_toLoopback);
        // Only what was permitted leads here; commands never hold such a line.
        if (("\r\n" + bytes).ends_with("\r\n.\r\n")) {
            m_dotOut = true;
            m_sinceDot.clear();
        }
    }

    void finished(const Outcome& outcome) {
        ++m_finished;
        must((outcome.stage == Stage::Done) == (outcome.trouble == Trouble::None));
        must(outcome.dotSent == m_dotOut);
        if (outcome.stage == Stage::Done) {
            must(m_dotOut && m_sinceDot.size() >= 4 && m_sinceDot[0] == '2');
            ReplyParser parser;
            parser.feed(m_sinceDot);
            must(parser.status() == ReplyParser::Status::Complete && parser.take().isPositive());
        }
        if (outcome.trouble == Trouble::Refused) must(outcome.reply.code >= 400);
        must(outcome.recipients.size() == (m_three ? 3u : 1u));
        must(outcome.transcript.size() <= Transcript::LinesLimit);
        for (const std::string& line : outcome.transcript)
            must(!line.starts_with("C: ") || line.find(Password) == line.npos);
        m_dotOut = false;
        m_dialog.release();
    }

    bool m_asks, m_three, m_toLoopback, m_aborts;
    bool m_encrypted = false, m_dotOut = false, m_ended = false, m_stale = false;
    int m_begun = 0, m_finished = 0;
    std::string m_sinceDot;
    Endpoint m_endpoint;
    Dialog m_dialog{m_endpoint};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size_bytes) {
    if (size_bytes < 2) return 0;
    std::string_view text{reinterpret_cast<const char*>(bytes) + 2, size_bytes - 2};
    Play play(bytes[0]);
    while (!text.empty()) {
        const std::size_t line = text.find('\n');
        const std::size_t length = bytes[1] != 0 ? bytes[1] : line == text.npos ? text.size() : line + 1;
        play.hear(text.substr(0, length));
        text.remove_prefix(std::min(length, text.size()));
    }
    play.end();
    return 0;
}
