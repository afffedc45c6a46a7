// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/recovery.h"

#include "engine/contract/resources.h"
#include "engine/policy/reason.h"
#include "engine/policy/retry.h"

#include <algorithm>
#include <unordered_map>

namespace postroom::queue {

namespace {

using contract::State;

// The deliveries an attempt's row covers: those it does not already know as refused.
std::vector<Id> coveredBy(const store::AttemptRecord& row) {
    std::vector<Id> covered;
    const auto results = json::parse(row.results);
    const auto read = results ? contract::fromJson<std::vector<contract::AttemptResult>>(*results)
                              : Result<std::vector<contract::AttemptResult>>{};
    if (read)
        for (const auto& result : *read)
            if (result.outcome == "unknown") covered.push_back(result.delivery);
    return covered;
}

store::DeliveryUpdate decide(Slots::Phase phase, const Known& known, const store::DeliveryRecord& delivery,
                             TimePoint now) {
    store::DeliveryUpdate update;
    update.delivery = delivery.id;
    update.dueAt = now;
    update.lastReply = delivery.lastReply;
    update.accountId = delivery.accountId;
    switch (phase) {
        case Slots::Phase::Taken:
            update.status = State::Sent;
            update.reason = policy::reason::sent;
            return update;
        case Slots::Phase::Refused:
            // The server said no and nobody wrote down which no: ask it again.
            update.status = State::Queued;
            update.reason = policy::reason::refusedBeforeCrash;
            return update;
        case Slots::Phase::Free:
        case Slots::Phase::Open:
            update.status = State::Queued;
            update.countAttempt = false;
            update.reason = policy::reason::interrupted;
            return update;
        case Slots::Phase::Dot: break;
    }
    update.reason = policy::reason::unknownOutcome;
    if (known.message.onUnknown == contract::OnUnknown::Hold) {
        update.status = State::Held;
        return update;
    }
    const auto next = policy::nextAttempt({.deferral = policy::Deferral::Unknown,
                                           .attempts = delivery.attempts + 1,
                                           .now = now,
                                           .expiresAt = known.message.expiresAt,
                                           .firstOfItsKind = delivery.reason != update.reason});
    update.status = next ? State::Queued : State::Expired;
    update.dueAt = next.value_or(now);
    return update;
}

const char* outcomeOf(Slots::Phase phase) {
    switch (phase) {
        case Slots::Phase::Taken: return "sent";
        case Slots::Phase::Refused: return "deferred";
        case Slots::Phase::Dot: return "unknown";
        case Slots::Phase::Free:
        case Slots::Phase::Open: break;
    }
    return "aborted";
}

}  // namespace

std::vector<Recovery> recover(bool trusted, const std::vector<Slots::Entry>& entries,
                              const std::vector<store::AttemptRecord>& openDots,
                              const std::function<std::optional<Known>(const Id& message)>& ask, TimePoint now) {
    std::vector<Recovery> out;
    const auto add = [&](store::AttemptRecord attempt, Slots::Phase phase, const std::vector<Id>& covered,
                         TimePoint takenAt) {
        const auto known = ask(attempt.messageId);
        if (!known) return;  // erased meanwhile: nothing is left to decide
        Recovery recovery;
        std::vector<contract::AttemptResult> results;
        for (const store::DeliveryRecord& delivery : known->deliveries) {
            if (std::find(covered.begin(), covered.end(), delivery.id) == covered.end()) continue;
            if (contract::isTerminal(delivery.status)) continue;  // recorded just before the end
            recovery.updates.push_back(decide(phase, *known, delivery, now));
            results.push_back({.delivery = delivery.id,
                               .recipient = delivery.recipient,
                               .outcome = outcomeOf(phase),
                               .reason = recovery.updates.back().reason,
                               .reply = {}});
        }
        if (recovery.updates.empty() && attempt.state != "dot") return;
        if (phase != Slots::Phase::Open && phase != Slots::Phase::Free)
            recovery.used = static_cast<std::int64_t>(recovery.updates.size());
        recovery.takenAt = takenAt;
        recovery.attempt = std::move(attempt);
        recovery.attempt.state = "done";
        recovery.attempt.outcome = outcomeOf(phase);
        recovery.attempt.stage = "dot";
        recovery.attempt.detail = "the engine ended before this attempt was recorded";
        recovery.attempt.results = json::serialise(contract::toJson(results));
        if (recovery.attempt.transcript.empty()) recovery.attempt.transcript = "[]";
        out.push_back(std::move(recovery));
    };

    std::unordered_map<Id, const store::AttemptRecord*> rows;
    for (const store::AttemptRecord& row : openDots) rows.emplace(row.id, &row);
    for (const Slots::Entry& slot : entries) {
        if (!trusted) break;
        const auto row = rows.find(slot.attempt);
        if (row != rows.end()) {
            add(*row->second, slot.phase, coveredBy(*row->second), slot.takenAt);
            rows.erase(row);
        } else if (slot.phase != Slots::Phase::Open && !slot.delivery.isNull()) {
            store::AttemptRecord attempt;
            attempt.id = slot.attempt;
            attempt.messageId = slot.message;
            if (!slot.account.isNull()) attempt.accountId = slot.account;
            attempt.startedAt = slot.takenAt;
            add(std::move(attempt), slot.phase, {slot.delivery}, slot.takenAt);
        }
    }
    // A row that says "dot" and has no slot to say more is in doubt: its slot did not survive.
    for (const store::AttemptRecord& row : openDots)
        if (rows.contains(row.id)) add(row, Slots::Phase::Dot, coveredBy(row), row.startedAt);
    return out;
}

}  // namespace postroom::queue
