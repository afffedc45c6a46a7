// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/smtp/envelope.h"

namespace postroom::smtp {

bool fitsOnTheWire(std::string_view address) {
    bool quoted = false;
    for (std::size_t at = 0; at < address.size(); ++at) {
        const char c = address[at];
        if (c < 0x20 || c > 0x7E) return false;
        if (c == '"') quoted = !quoted;
        if (quoted && c == '\\' && ++at < address.size() && (address[at] < 0x20 || address[at] > 0x7E)) return false;
        if (!quoted && (c == ' ' || c == '<' || c == '>')) return false;
    }
    return !quoted;
}

Envelope::Envelope(const Transaction& mail, const Capabilities& can, bool resetFirst)
    : m_pipelining(can.pipelining), m_sized(can.size), m_recipients(mail.recipients.size()) {
    m_commands.reserve(mail.recipients.size() + 3);
    if (resetFirst) m_commands.push_back(Command::Rset);
    m_commands.push_back(Command::Mail);
    m_firstRcpt = m_commands.size();
    m_commands.insert(m_commands.end(), mail.recipients.size(), Command::Rcpt);
    m_commands.push_back(Command::Data);
}

std::string Envelope::nextCommands(const Transaction& mail, Transcript& transcript) {
    std::string out;
    if (replyIsDue() || m_sent == m_commands.size()) return out;
    const std::size_t last = !m_pipelining                 ? m_sent + 1
                             : mail.recipients.size() == 1 ? m_commands.size()
                                                           : m_commands.size() - 1;
    do {
        const std::size_t start = out.size();
        switch (m_commands[m_sent]) {
            case Command::Rset: out.append("RSET"); break;
            case Command::Mail:
                out.append("MAIL FROM:<").append(mail.mailFrom).append(">");
                if (m_sized) out.append(" SIZE=").append(std::to_string(mail.body->size_bytes()));
                break;
            case Command::Rcpt:
                out.append("RCPT TO:<").append(mail.recipients[m_sent - m_firstRcpt]).append(">");
                break;
            case Command::Data: out.append("DATA"); break;
        }
        transcript.client(std::string_view{out}.substr(start));
        out.append("\r\n");
        ++m_sent;
    } while (m_sent < last);
    return out;
}

Envelope::Verdict Envelope::answered(const Reply& reply) {
    const std::size_t at = m_answered++;
    if (reply.code == 421) {
        if (m_commands[at] == Command::Rcpt && !m_refusal.answered()) m_recipients[at - m_firstRcpt] = reply;
        refused(stageOf(at), reply);
        return Verdict::Closing;
    }
    switch (m_commands[at]) {
        case Command::Rset:
            // A server that can't forget a mail can't be trusted with the next one.
            return reply.isPositive() ? Verdict::More : Verdict::Violated;
        case Command::Mail:
            m_mailAnswered = true;
            if (reply.isRefusal())
                refused(Stage::MailFrom, reply);
            else if (!reply.isPositive())
                return Verdict::Violated;
            break;
        case Command::Rcpt:
            if (!reply.isPositive() && !reply.isRefusal()) return Verdict::Violated;
            // After a refused MAIL the replies to a pipelined RCPT ("503 need MAIL first") say nothing about the
            // recipient.
            if (m_refusedAt == Stage::MailFrom) break;
            if (reply.isPositive()) ++m_accepted;
            m_recipients[at - m_firstRcpt] = reply;
            if (at + 2 == m_commands.size() && m_accepted == 0) refused(Stage::RcptTo, m_recipients.front());
            break;
        case Command::Data:
            if (reply.code == 354) return m_refusal.answered() ? Verdict::LeftOpen : Verdict::Content;
            if (!reply.isRefusal()) return Verdict::Violated;
            refused(Stage::Data, reply);
            return Verdict::Refused;
    }
    return m_refusal.answered() && !replyIsDue() ? Verdict::Refused : Verdict::More;
}

Stage Envelope::stage() const {
    return stageOf(replyIsDue() || m_answered == 0 ? m_answered : m_answered - 1);
}

Stage Envelope::stageOf(std::size_t at) const {
    switch (m_commands[at]) {
        case Command::Rset:
        case Command::Mail: return Stage::MailFrom;
        case Command::Rcpt: return Stage::RcptTo;
        case Command::Data: return Stage::Data;
    }
    return Stage::MailFrom;
}

void Envelope::refused(Stage stage, const Reply& reply) {
    // The first refusal is the reason; later ones follow from it.
    if (m_refusal.answered()) return;
    m_refusedAt = stage;
    m_refusal = reply;
}

}  // namespace postroom::smtp
