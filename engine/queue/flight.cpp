// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/flight.h"

#include "engine/contract/resources.h"
#include "engine/policy/reason.h"
#include "engine/policy/suppression.h"

#include <algorithm>
#include <map>

namespace postroom::queue {

namespace {

using contract::State;
using namespace std::chrono_literals;

// What breaks attempts off may do so with the next one too: a message is not tried in a circle without a pause.
constexpr auto pauseAfterAbort = 1s;

static_assert(static_cast<int>(smtp::Stage::Dot) == static_cast<int>(policy::Stage::Dot));
static_assert(static_cast<int>(smtp::Trouble::Aborted) == static_cast<int>(policy::Fault::Aborted) + 1);

policy::Verdict judgeRecipient(const policy::ReplyRules& rules, const smtp::Reply& reply) {
    return policy::judge(rules, {.stage = policy::Stage::RcptTo,
                                 .fault = policy::Fault::None,
                                 .code = reply.code,
                                 .enhanced = reply.enhanced,
                                 .text = reply.text,
                                 .dotSent = false});
}

policy::Verdict judgeWhole(const policy::ReplyRules& rules, const smtp::Outcome& outcome) {
    using smtp::Trouble;
    const bool replied = outcome.trouble == Trouble::None || outcome.trouble == Trouble::Refused;
    const auto stage =
        outcome.stage == smtp::Stage::Done ? policy::Stage::Dot : static_cast<policy::Stage>(outcome.stage);
    const auto fault =
        replied ? policy::Fault::None : static_cast<policy::Fault>(static_cast<int>(outcome.trouble) - 1);
    return policy::judge(rules,
                         {.stage = stage,
                          .fault = fault,
                          .code = outcome.reply.code,
                          .enhanced = outcome.reply.enhanced,
                          .text = replied ? std::string_view(outcome.reply.text) : std::string_view(outcome.detail),
                          .dotSent = outcome.dotSent});
}

bool isRefusal(const smtp::Reply& reply) {
    return reply.code >= 400;
}

// The message is as far as it was: a doubt that it had stays the last thing that is known of it.
store::DeliveryUpdate uncounted(const Due& due, store::DeliveryUpdate update) {
    update.status = State::Queued;
    update.countAttempt = false;
    if (due.reason == policy::reason::unknownOutcome) update.reason = due.reason;
    return update;
}

// What a verdict makes of one delivery.
store::DeliveryUpdate updateFor(const Flight& flight, const Due& due, const policy::Verdict& verdict, std::string reply,
                                TimePoint now, double dice) {
    using policy::Meaning;
    store::DeliveryUpdate update;
    update.delivery = due.delivery;
    update.dueAt = now;
    update.reason = verdict.reason;
    update.lastReply = std::move(reply);
    if (!flight.account.isNull()) update.accountId = flight.account;
    switch (verdict.meaning) {
        case Meaning::Sent: update.status = State::Sent; return update;
        case Meaning::Failed: update.status = State::Failed; return update;
        case Meaning::Aborted: update.dueAt = now + pauseAfterAbort; return uncounted(due, std::move(update));
        case Meaning::Unknown:
            if (flight.message->onUnknown == contract::OnUnknown::Hold) {
                update.status = State::Held;
                return update;
            }
            break;
        case Meaning::Deferred:
            if (verdict.level == policy::Level::Account) {
                // Not the message's fault: due at once, on another account or when this one has rested.
                return uncounted(due, std::move(update));
            }
            break;
    }
    const auto next = policy::nextAttempt({.deferral = verdict.deferral,
                                           .attempts = due.attempts + 1,
                                           .now = now,
                                           .expiresAt = flight.message->expiresAt,
                                           .asked = verdict.asked,
                                           .dice = dice,
                                           .firstOfItsKind = due.reason != verdict.reason});
    update.status = next ? State::Queued : State::Expired;
    update.dueAt = next.value_or(now);
    return update;
}

// Of the attempt, from those of its recipients.
std::string word(const std::vector<std::string>& outcomes) {
    using policy::Meaning;
    const auto all = std::ssize(outcomes);
    const auto sent = std::count(outcomes.begin(), outcomes.end(), policy::name(Meaning::Sent));
    if (sent > 0) return sent == all ? "sent" : "partly";
    // A doubt is what a person looks for, whoever was refused beside it.
    const auto doubt = std::find(outcomes.begin(), outcomes.end(), policy::name(Meaning::Unknown));
    return doubt == outcomes.end() ? outcomes.front() : *doubt;
}

store::AttemptRecord attemptOf(const Flight& flight, TimePoint now) {
    store::AttemptRecord attempt;
    attempt.id = flight.attempt;
    attempt.messageId = flight.message->id;
    if (!flight.account.isNull()) attempt.accountId = flight.account;
    attempt.accountEmail = flight.accountEmail;
    attempt.startedAt = flight.startedAt;
    attempt.took_ms = (now - flight.startedAt).count();
    return attempt;
}

}  // namespace

std::string replyText(const smtp::Reply& reply) {
    if (reply.code == 0) return {};
    std::string text = std::to_string(reply.code);
    if (!reply.enhanced.empty()) text.append(" ").append(reply.enhanced);
    if (!reply.text.empty()) text.append(" ").append(reply.text);
    return text;
}

Settlement settle(const policy::ReplyRules& rules, const Flight& flight, const smtp::Outcome& outcome, TimePoint now,
                  double dice) {
    Settlement out;
    policy::Verdict whole = judgeWhole(rules, outcome);
    const auto covered = std::count_if(flight.deliveries.begin(), flight.deliveries.end(), [&](const Due& due) {
        const auto i = static_cast<std::size_t>(&due - flight.deliveries.data());
        return i >= outcome.recipients.size() || !isRefusal(outcome.recipients[i]);
    });
    // The "." was refused because of one mailbox and nobody says which: each goes again alone.
    const bool apart =
        whole.level == policy::Level::Recipient && whole.meaning == policy::Meaning::Failed && covered > 1;
    if (apart) {
        whole.meaning = policy::Meaning::Deferred;
        whole.deferral = policy::Deferral::Soon;
    }
    const std::string wholeReply = outcome.reply.code > 0 ? replyText(outcome.reply) : outcome.detail;
    std::vector<contract::AttemptResult> results;
    std::vector<std::string> outcomes;
    std::map<TimePoint, std::vector<Due>> again;
    for (std::size_t i = 0; i < flight.deliveries.size(); ++i) {
        const Due& due = flight.deliveries[i];
        const smtp::Reply* own =
            i < outcome.recipients.size() && isRefusal(outcome.recipients[i]) ? &outcome.recipients[i] : nullptr;
        const policy::Verdict verdict = own ? judgeRecipient(rules, *own) : whole;
        out.verdicts.push_back(verdict);
        const std::string reply = own ? replyText(*own) : wholeReply;
        results.push_back({.delivery = due.delivery,
                           .recipient = due.recipient,
                           .outcome = std::string(policy::name(verdict.meaning)),
                           .reason = std::string(verdict.reason),
                           .reply = reply});
        if (!own && outcome.dotSent) ++out.used;
        if (verdict.level == policy::Level::Account && verdict.meaning == policy::Meaning::Deferred &&
            !out.accountFault) {
            out.accountFault = verdict;
            out.accountDetail = reply;
        }
        store::DeliveryUpdate update = updateFor(flight, due, verdict, reply, now, dice);
        outcomes.push_back(results.back().outcome);
        const bool recorded = i < flight.refusalRecorded.size() && flight.refusalRecorded[i];
        out.sent += update.status == State::Sent;
        out.failed += update.status == State::Failed;
        out.deferred += update.status == State::Queued && verdict.meaning != policy::Meaning::Aborted;
        if (update.status == State::Queued)
            again[update.dueAt].push_back({.delivery = due.delivery,
                                           .recipient = due.recipient,
                                           .attempts = due.attempts + (update.countAttempt ? 1 : 0),
                                           .reason = update.reason});
        else
            out.ended.push_back(due.delivery);
        if (recorded) continue;
        if (policy::endsMailbox(verdict) && !flight.message->sandbox) out.dead.push_back({due.recipient, reply});
        out.updates.push_back(std::move(update));
    }
    for (auto& [dueAt, deliveries] : again) {
        if (!apart) {
            out.again.push_back({.message = flight.message, .deliveries = std::move(deliveries), .dueAt = dueAt});
            continue;
        }
        for (Due& due : deliveries)
            out.again.push_back({.message = flight.message, .deliveries = {std::move(due)}, .dueAt = dueAt});
    }

    out.attempt = attemptOf(flight, now);
    out.attempt.took_ms = outcome.took.count();
    out.attempt.state = "done";
    out.attempt.outcome = word(outcomes);
    out.attempt.stage = smtp::name(outcome.stage);
    out.attempt.code = outcome.reply.code;
    out.attempt.enhanced = outcome.reply.enhanced;
    out.attempt.reply = outcome.reply.text;
    out.attempt.peer = outcome.peer;
    out.attempt.tls = outcome.tls;
    out.attempt.detail = outcome.detail;
    out.attempt.transcript = json::serialise(contract::toJson(outcome.transcript));
    out.attempt.results = json::serialise(contract::toJson(results));
    return out;
}

DotIntent intend(const policy::ReplyRules& rules, const Flight& flight, const std::vector<smtp::Reply>& recipients,
                 TimePoint now, double dice) {
    DotIntent out;
    std::vector<contract::AttemptResult> results;
    for (std::size_t i = 0; i < flight.deliveries.size(); ++i) {
        const Due& due = flight.deliveries[i];
        const bool refused = i < recipients.size() && isRefusal(recipients[i]);
        out.isRefused.push_back(refused);
        contract::AttemptResult result{
            .delivery = due.delivery, .recipient = due.recipient, .outcome = "unknown", .reason = {}, .reply = {}};
        if (refused) {
            const policy::Verdict verdict = judgeRecipient(rules, recipients[i]);
            result.outcome = policy::name(verdict.meaning);
            result.reason = verdict.reason;
            result.reply = replyText(recipients[i]);
            out.refused.push_back(updateFor(flight, due, verdict, result.reply, now, dice));
            if (policy::endsMailbox(verdict) && !flight.message->sandbox)
                out.dead.push_back({due.recipient, result.reply});
        } else {
            out.accepted.push_back(due.delivery);
        }
        results.push_back(std::move(result));
    }
    out.attempt = attemptOf(flight, now);
    out.attempt.state = "dot";
    out.attempt.stage = smtp::name(smtp::Stage::Dot);
    out.attempt.results = json::serialise(contract::toJson(results));
    out.attempt.transcript = "[]";
    return out;
}

}  // namespace postroom::queue
