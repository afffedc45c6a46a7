// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
// The dialogue's second half: a mail on a connection that is ready.
#include "engine/smtp/dialog.h"

#include <algorithm>
#include <utility>

namespace postroom::smtp {

using Kind = Dialog::Event::Kind;

void Dialog::begin(Transaction mail) {
    if (m_hasMail || m_state > State::Ready) return;
    m_mail = std::move(mail);
    m_hasMail = true;
    ++m_mails;
    if (m_mails > 1) m_transcript.remark("on the same connection: mail " + std::to_string(m_mails));
    if (m_state == State::Ready) startMail();
}

void Dialog::startMail() {
    m_envelope = {};
    m_contentWritten = false;
    m_content_bytes = 0;
    m_encoder = {};
    m_held.clear();

    // Addresses were checked where they came in. This is the wall behind: a line break here would be a command.
    const Reply unfit{.code = 553, .enhanced = "5.1.3", .text = "not sent: the address can't be written in SMTP"};
    if (!fitsOnTheWire(m_mail.mailFrom)) return finish(Stage::MailFrom, Trouble::Refused, unfit, {});
    std::vector<Reply> replies(m_mail.recipients.size());
    bool anyUnfit = false;
    for (std::size_t i = 0; i < replies.size(); ++i) {
        if (!m_mail.recipients[i].empty() && fitsOnTheWire(m_mail.recipients[i])) continue;
        replies[i] = unfit;
        anyUnfit = true;
    }
    if (anyUnfit) {
        m_envelope.recipients() = std::move(replies);
        return finish(Stage::RcptTo, Trouble::Refused, unfit, {});
    }
    if (m_mail.recipients.empty() || !m_mail.body)
        return finish(Stage::MailFrom, Trouble::Aborted, {}, "a mail without recipients or content");
    const std::uint64_t limit = m_capabilities.sizeLimit_bytes;
    if (const std::uint64_t size = m_mail.body->size_bytes(); limit > 0 && size > limit)
        return finish(Stage::MailFrom, Trouble::SizeExceeded, {},
                      "the mail has " + std::to_string(size) + " bytes, the server takes " + std::to_string(limit));

    m_envelope = Envelope(m_mail, m_capabilities, m_needsReset);
    m_needsReset = false;
    m_state = State::Commands;
    sendCommands();
}

void Dialog::sendCommands() {
    if (m_envelope.replyIsDue() || !expectsSilence()) return;
    push({.kind = Kind::Write, .bytes = m_envelope.nextCommands(m_mail, m_transcript)});
}

void Dialog::commandAnswered(const Reply& reply) {
    const Stage at = m_envelope.stage();
    switch (m_envelope.answered(reply)) {
        case Envelope::Verdict::More: return sendCommands();
        case Envelope::Verdict::Content: return contentBegins();
        case Envelope::Verdict::Refused: {
            m_needsReset = true;
            // finish() empties the envelope.
            const Reply refusal = m_envelope.refusal();
            return finish(m_envelope.refusedAt(), Trouble::Refused, refusal, {});
        }
        case Envelope::Verdict::LeftOpen:
        case Envelope::Verdict::Closing: {
            const Reply refusal = m_envelope.refusal();
            return end(m_envelope.refusedAt(), Trouble::Refused, refusal, {}, false);
        }
        case Envelope::Verdict::Violated: break;
    }
    end(at, Trouble::ProtocolViolated, {}, "not a reply to " + std::string(name(at)) + ": " + reply.line(), false);
}

void Dialog::contentBegins() {
    if (!expectsSilence()) return;
    m_state = State::Body;
    push({.kind = Kind::BodyDue});
}

void Dialog::pump(std::size_t room_bytes) {
    if (m_state != State::Body) return;
    while (m_held.size() < std::max<std::size_t>(room_bytes, 1)) {
        const Result<std::string_view> piece = m_mail.body->next();
        if (!piece)
            return end(Stage::Body, Trouble::BodyUnreadable, {}, "the content can't be read: " + piece.error().text(),
                       false);
        if (piece->empty()) {
            m_encoder.finish(m_held);
            const bool mustAsk = m_mail.confirmDot || m_envelope.someRefused();
            m_state = mustAsk ? State::Permission : State::DotHeld;
            // What is held leaves together with ".": in one write, or not at all.
            return push({.kind = mustAsk ? Kind::AskDot : Kind::DotDue});
        }
        m_encoder.encode(*piece, m_held);
    }
    m_contentWritten = true;
    m_content_bytes += m_held.size();
    push({.kind = Kind::Write, .bytes = std::exchange(m_held, {})});
}

void Dialog::permitDot() {
    if (m_state != State::Permission) return;
    m_state = State::DotHeld;
    push({.kind = Kind::DotDue});
}

void Dialog::sendDot() {
    if (m_state != State::DotHeld) return;
    // Half a reply in the parser would be read as the beginning of the reply to ".".
    if (!expectsSilence()) return;
    m_state = State::Dot;
    m_content_bytes += m_held.size();
    m_transcript.client("(" + std::to_string(m_content_bytes) + " bytes)");
    m_transcript.client(".");
    m_held.append(".\r\n");
    push({.kind = Kind::Write, .bytes = std::exchange(m_held, {})});
}

void Dialog::dotAnswered(const Reply& reply) {
    if (!reply.isPositive() && !reply.isRefusal())
        return violated("not a reply to the end of the mail: " + reply.line());
    push({.kind = Kind::DotAnswered, .code = reply.code});
    if (reply.code == 421) return end(Stage::Dot, Trouble::Refused, reply, {}, true);
    if (reply.isRefusal()) return finish(Stage::Dot, Trouble::Refused, reply, {});
    finish(Stage::Done, Trouble::None, reply, {});
}

void Dialog::release() {
    if (m_state != State::Unreleased) return;
    m_state = State::Ready;
    push({.kind = Kind::Ready});
}

}  // namespace postroom::smtp
