// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/verdict.h"

#include "engine/policy/reason.h"
#include "engine/policy/reply_rule.h"
#include "engine/policy/reply_rules.h"
#include "engine/policy/reply_text.h"

#include <algorithm>
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
        case Fault::Unsigned: return reason::dkimKeyUnreadable;
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
        // Without its signature mail may be refused, or taken and hidden: it waits for the person who can mend the key.
        case Fault::Unsigned:
            return {
                .meaning = Meaning::Deferred, .level = Level::Message, .reason = reason, .deferral = Deferral::Network};
        default: break;
    }
    // A connection lost while the message itself travels may be lost because of the message (filters do hang up). Were
    // it charged to the account, one such message would come back at once for ever and keep its account at rest.
    if (evidence.stage >= Stage::Data)
        return {.meaning = Meaning::Deferred, .level = Level::Message, .reason = reason, .deferral = Deferral::Network};
    return accountFault(reason);
}

bool isRefusal(const Evidence& evidence) {
    return evidence.fault == Fault::None && (evidence.code / 100 == 4 || evidence.code / 100 == 5);
}

const ReplyRule& ruleFor(const ReplyRules& rules, const Evidence& evidence, std::string_view words) {
    const std::string_view enhanced =
        evidence.enhanced.empty() ? enhancedIn(evidence.text, evidence.code) : evidence.enhanced;
    return rules.ruleOn({.stage = evidence.stage, .code = evidence.code, .enhanced = enhanced, .words = words});
}

Verdict outcomeOf(const ReplyRule& rule, const Evidence& evidence) {
    const Meaning byCode = evidence.code >= 500 ? Meaning::Failed : Meaning::Deferred;
    const Level said = evidence.stage == Stage::RcptTo ? Level::Recipient : Level::Message;
    const auto verdict = [&](Meaning meaning, Level level) {
        return Verdict{.meaning = meaning, .level = level, .reason = rule.reason, .deferral = rule.retry};
    };
    switch (rule.outcome) {
        case Outcome::AccountRests: break;
        case Outcome::RecipientFails: return verdict(byCode, Level::Recipient);
        case Outcome::RecipientWaits: return verdict(Meaning::Deferred, Level::Recipient);
        case Outcome::DomainWaits: return verdict(Meaning::Deferred, Level::Destination);
        case Outcome::MessageFails: return verdict(byCode, Level::Message);
        case Outcome::MessageWaits: return verdict(Meaning::Deferred, Level::Message);
        case Outcome::Fails: return verdict(byCode, said);
        case Outcome::Waits: return verdict(Meaning::Deferred, said);
    }
    return verdict(Meaning::Deferred, Level::Account);
}

}  // namespace

Verdict judge(const ReplyRules& rules, const Evidence& evidence) {
    if (evidence.fault != Fault::None) return judgeFault(evidence);
    if (evidence.code / 100 == 2 && evidence.stage == Stage::Dot)
        return {.meaning = Meaning::Sent, .level = Level::Message, .reason = reason::sent};
    if (!isRefusal(evidence)) {
        // Whatever was answered to the ".", the "." was sent.
        Evidence broken = evidence;
        broken.dotSent = evidence.dotSent || evidence.stage == Stage::Dot;
        return judgeFault(broken);
    }

    const std::string words = foldReply(evidence.text);
    const ReplyRule& rule = ruleFor(rules, evidence, words);
    Verdict verdict = outcomeOf(rule, evidence);
    if (verdict.meaning == Meaning::Deferred) {
        verdict.asked = askedIn(words);
        if (!verdict.asked) verdict.asked = rule.wait;
    }
    return verdict;
}

std::string decidingRule(const ReplyRules& rules, const Evidence& evidence) {
    return isRefusal(evidence) ? ruleFor(rules, evidence, foldReply(evidence.text)).id : std::string();
}

std::optional<std::chrono::seconds> askedWait(std::string_view text) {
    return askedIn(foldReply(text));
}

namespace {
constexpr std::array<std::string_view, stageCount> stageNames{
    "connect", "tls", "greeting", "ehlo", "starttls", "auth", "mail_from", "rcpt_to", "data", "body", "dot"};
}  // namespace

std::string_view name(Stage stage) {
    return stageNames[static_cast<std::size_t>(stage)];
}

std::optional<Stage> stageNamed(std::string_view name) {
    if (name == "mail") return Stage::MailFrom;
    if (name == "rcpt") return Stage::RcptTo;
    const auto at = std::find(stageNames.begin(), stageNames.end(), name);
    if (at == stageNames.end()) return std::nullopt;
    return static_cast<Stage>(at - stageNames.begin());
}

std::string_view name(Meaning meaning) {
    constexpr std::array<std::string_view, 5> names{"sent", "deferred", "failed", "unknown", "aborted"};
    return names[static_cast<std::size_t>(meaning)];
}

std::string_view name(Level level) {
    constexpr std::array<std::string_view, 4> names{"recipient", "message", "destination", "account"};
    return names[static_cast<std::size_t>(level)];
}

}  // namespace postroom::policy
