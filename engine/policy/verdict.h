// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What the outcome of an SMTP step means: for one recipient, for the whole message, or for the account that carries it.
//
// This is the one place that says what a failure means for the mail. Pure, any thread. What is known of replies are the
// rules (resources/reply-rules.json, or an operator's file); the handbook's page on replies and the test of real
// replies change together with them.
//
// The rule above all others: a fault of the account (its server, login, sender address, reputation or quota) never
// fails a message. The message waits, or goes by another account, and keeps its attempts.

#include "engine/policy/reason.h"
#include "engine/policy/retry.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace postroom::policy {

/// The step of the dialogue a reply or a fault belongs to.
enum class Stage { Connect, Tls, Greeting, Ehlo, StartTls, Auth, MailFrom, RcptTo, Data, Body, Dot };

/// Why there is no reply to judge.
enum class Fault {
    None,  ///< a reply came
    ConnectFailed,
    NameUnresolved,
    TlsFailed,  ///< `text` says why; words about the certificate make it tls.certificate
    TimedOut,
    Closed,
    ProtocolViolated,
    StartTlsMissing,  ///< required and not offered
    AuthMissing,      ///< no login method of ours is offered
    SizeExceeded,     ///< larger than the server's SIZE; nothing was sent
    BodyUnreadable,   ///< a piece of the message could not be read from our own store
    Unsigned,         ///< the key that has to sign the message could not be used
    Aborted,          ///< by ourselves: stop, lost lease, cancelled
};

struct Evidence {
    Stage stage = Stage::Connect;
    Fault fault = Fault::None;
    int code = 0;                    ///< the reply's three digits; 0 without a reply
    std::string_view enhanced = {};  ///< "5.1.1", or empty; then it is looked for in `text`
    std::string_view text = {};      ///< the reply without its codes, lines joined by '\n' or a blank
    bool dotSent = false;            ///< the final "." may have left this machine
};

/// Whose fault it is, and so whom the verdict concerns.
enum class Level {
    Recipient,    ///< this mailbox; at Dot it stands for every recipient of the transaction, and one of them is meant
    Message,      ///< these bytes: every recipient of the transaction
    Destination,  ///< the recipient's domain; only ever Deferred
    Account,      ///< the account rests; no attempt is counted; only ever Deferred
};

enum class Meaning { Sent, Deferred, Failed, Unknown, Aborted };

struct Verdict {
    Meaning meaning = Meaning::Deferred;
    Level level = Level::Message;
    std::string_view reason;                      ///< one of allReasons(), "smtp.mailbox_full"; lives for ever
    Deferral deferral = Deferral::Other;          ///< which schedule; only with Deferred, Unknown and Aborted
    std::optional<std::chrono::seconds> asked{};  ///< the wait the server asked for, else its rule's, at most 24 h
};

class ReplyRules;

/// Judges one outcome. Successful steps before the "." are not outcomes; given one, it is judged as a breach of
/// protocol.
///
/// Sent only ever for a 2xx to the final ".". After the "." everything without a valid reply is Unknown. No rule can
/// change that, nor fail mail for a 4xx.
[[nodiscard]] Verdict judge(const ReplyRules& rules, const Evidence& evidence);
/// The id of the row that decides; empty where it is not a row that does.
[[nodiscard]] std::string decidingRule(const ReplyRules& rules, const Evidence& evidence);

/// "try again in 5 minutes", "retry after 300", "come back in 00:05:00": the wait a reply names, at most 24 h.
[[nodiscard]] std::optional<std::chrono::seconds> askedWait(std::string_view text);

[[nodiscard]] std::string_view name(Stage stage);      ///< "rcpt_to"
[[nodiscard]] std::string_view name(Meaning meaning);  ///< "deferred"
[[nodiscard]] std::string_view name(Level level);      ///< "recipient"
/// The other way, and what people say for two of them: "mail" and "rcpt".
[[nodiscard]] std::optional<Stage> stageNamed(std::string_view name);

}  // namespace postroom::policy
