// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/verdict.h"

#include "engine/policy/reason.h"
#include "engine/policy/reply_rules.h"
#include "engine/policy/reply_text.h"

#include <array>

namespace postroom::policy {

namespace {

Verdict accountFault(std::string_view reason, Deferral deferral = Deferral::Network) {
    return {.meaning = Meaning::Deferred, .level = Level::Account, .reason = reason, .deferral = deferral};
}

// The word for a fault without a reply, whatever follows from it.
std::string_view reasonOf(const Evidence& evidence) {
    switch (evidence.fault) {
        case Fault::None:
        case Fault::ProtocolViolated: return reason::protocolViolated;
        case Fault::ConnectFailed: return reason::networkRefused;
        case Fault::NameUnresolved: return reason::networkUnresolved;
        case Fault::TlsFailed: {
            const std::string words = foldReply(evidence.text);
            for (const std::string_view word :
                 {"certificate", "self-signed", "self signed", "host name", "fingerprint"})
                if (words.find(word) != words.npos) return reason::tlsCertificate;
            return reason::tlsFailed;
        }
        case Fault::TimedOut: return reason::networkTimeout;
        case Fault::Closed: return reason::networkClosed;
        case Fault::StartTlsMissing: return reason::tlsMissing;
        case Fault::AuthMissing: return reason::authMissing;
        case Fault::SizeExceeded: return reason::sizeExceeded;
        case Fault::BodyUnreadable: return reason::bodyUnreadable;
        case Fault::Aborted: return reason::aborted;
    }
    return reason::protocolViolated;
}

Verdict judgeFault(const Evidence& evidence) {
    // One word for every doubt, also for the one a crash leaves: the next attempt knows by it that there was one. What
    // broke stands in the attempt.
    if (evidence.dotSent)
        return {.meaning = Meaning::Unknown,
                .level = Level::Message,
                .reason = reason::unknownOutcome,
                .deferral = Deferral::Unknown};
    const std::string_view reason = reasonOf(evidence);
    switch (evidence.fault) {
        case Fault::Aborted:
            return {.meaning = Meaning::Aborted, .level = Level::Message, .reason = reason, .deferral = Deferral::Soon};
        case Fault::SizeExceeded: return {.meaning = Meaning::Failed, .level = Level::Message, .reason = reason};
        // A disk that is away or a process out of descriptors heals; the recipient's server never said no.
        case Fault::BodyUnreadable:
            return {
                .meaning = Meaning::Deferred, .level = Level::Message, .reason = reason, .deferral = Deferral::Other};
        default: break;
    }
    // A connection lost while the message itself travels may be lost because of the message (filters do hang up). Were
    // it charged to the account, one such message would come back at once for ever and keep its account at rest.
    if (evidence.stage >= Stage::Data)
        return {.meaning = Meaning::Deferred, .level = Level::Message, .reason = reason, .deferral = Deferral::Network};
    return accountFault(reason);
}

}  // namespace

Verdict judge(const Evidence& evidence) {
    if (evidence.fault != Fault::None) return judgeFault(evidence);
    const int kind = evidence.code / 100;
    if (kind == 2 && evidence.stage == Stage::Dot)
        return {.meaning = Meaning::Sent, .level = Level::Message, .reason = reason::sent};
    if (kind != 4 && kind != 5) {
        // Whatever was answered to the ".", the "." was sent.
        Evidence broken = evidence;
        broken.dotSent = evidence.dotSent || evidence.stage == Stage::Dot;
        return judgeFault(broken);
    }

    const std::string words = foldReply(evidence.text);
    const std::string_view enhanced =
        evidence.enhanced.empty() ? enhancedIn(evidence.text, evidence.code) : evidence.enhanced;
    Verdict verdict = ruleOn({.stage = evidence.stage, .code = evidence.code, .enhanced = enhanced, .words = words});
    if (verdict.meaning == Meaning::Deferred) verdict.asked = askedIn(words);
    return verdict;
}

std::optional<std::chrono::seconds> askedWait(std::string_view text) {
    return askedIn(foldReply(text));
}

std::string_view name(Stage stage) {
    constexpr std::array<std::string_view, 11> names{"connect",   "tls",     "greeting", "ehlo", "starttls", "auth",
                                                     "mail_from", "rcpt_to", "data",     "body", "dot"};
    return names[static_cast<std::size_t>(stage)];
}

std::string_view name(Meaning meaning) {
    constexpr std::array<std::string_view, 5> names{"sent", "deferred", "failed", "unknown", "aborted"};
    return names[static_cast<std::size_t>(meaning)];
}

}  // namespace postroom::policy
