// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The commands before a mail's content and what their replies mean: RSET, MAIL, RCPT, DATA, one by one or in groups
// (RFC 2920). Pure.
//
// With one recipient everything up to DATA goes in one write. With more, DATA waits for the replies to RCPT: a server
// that refused all of them and still says 354 can then never be met, except by the one-recipient case, which resets.

#include "engine/smtp/capabilities.h"
#include "engine/smtp/transaction.h"
#include "engine/smtp/transcript.h"

#include <string>
#include <vector>

namespace postroom::smtp {

/// True if the address can stand between < and >: ASCII, no controls, spaces and brackets only within quotes.
[[nodiscard]] bool fitsOnTheWire(std::string_view address);

class Envelope {
public:
    enum class Verdict {
        More,      ///< replies are due or commands left: see nextCommands()
        Content,   ///< 354, and at least one recipient stands
        Refused,   ///< over, for a refusal(); the connection is good for another mail
        LeftOpen,  ///< refused as well, but the server waits for content: only a reset helps
        Closing,   ///< 421
        Violated
    };

    Envelope() = default;
    Envelope(const Transaction& mail, const Capabilities& can, bool resetFirst);

    /// What may be written now, noted in the transcript; empty while replies are due.
    [[nodiscard]] std::string nextCommands(const Transaction& mail, Transcript& transcript);
    [[nodiscard]] Verdict answered(const Reply& reply);

    [[nodiscard]] bool replyIsDue() const { return m_answered < m_sent; }
    /// A command of this mail was written.
    [[nodiscard]] bool begun() const { return m_sent > 0; }
    /// False until MAIL was answered: the server may not even have read it.
    [[nodiscard]] bool mailWasAnswered() const { return m_mailAnswered; }
    /// Of the command whose reply is due or was the last.
    [[nodiscard]] Stage stage() const;
    [[nodiscard]] const Reply& refusal() const { return m_refusal; }
    [[nodiscard]] Stage refusedAt() const { return m_refusedAt; }
    [[nodiscard]] bool someRefused() const { return m_accepted < m_recipients.size(); }
    [[nodiscard]] const std::vector<Reply>& recipients() const { return m_recipients; }
    [[nodiscard]] std::vector<Reply>& recipients() { return m_recipients; }

private:
    enum class Command : std::uint8_t { Rset, Mail, Rcpt, Data };
    [[nodiscard]] Stage stageOf(std::size_t command) const;
    void refused(Stage stage, const Reply& reply);

    std::vector<Command> m_commands;
    std::size_t m_sent = 0;
    std::size_t m_answered = 0;
    std::size_t m_firstRcpt = 0;
    bool m_pipelining = false;
    bool m_sized = false;
    bool m_mailAnswered = false;
    std::size_t m_accepted = 0;
    std::vector<Reply> m_recipients;
    Stage m_refusedAt = Stage::Connect;
    Reply m_refusal;
};

}  // namespace postroom::smtp
