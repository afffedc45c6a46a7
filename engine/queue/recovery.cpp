// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/recovery.h"

#include "engine/contract/resources.h"
#include "engine/policy/reason.h"
#include "engine/policy/retry.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace postroom::queue {

namespace {

using contract::State;

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

std::vector<contract::AttemptResult> resultsOf(const store::AttemptRecord& row) {
    const auto results = json::parse(row.results);
    if (!results) return {};
    auto read = contract::fromJson<std::vector<contract::AttemptResult>>(*results);
    return read ? std::move(*read) : std::vector<contract::AttemptResult>{};
}

// A transaction that was open: its slot, its row, or both.
struct Open {
    store::AttemptRecord attempt;
    Slots::Phase phase;
    TimePoint takenAt;
    bool inHand = false;
    /// Without it: whoever of the message was due.
    std::optional<std::vector<Id>> covered;

    [[nodiscard]] bool covers(const store::DeliveryRecord& delivery) const {
        if (covered) return std::find(covered->begin(), covered->end(), delivery.id) != covered->end();
        return delivery.status == State::Queued && delivery.dueAt <= takenAt;
    }
};

// The deliveries an attempt's row covers: those it does not already know as refused.
std::vector<Id> coveredBy(const store::AttemptRecord& row) {
    std::vector<Id> covered;
    for (const auto& result : resultsOf(row))
        if (result.outcome == "unknown") covered.push_back(result.delivery);
    return covered;
}

std::vector<Open> openAtTheEnd(bool trusted, const std::vector<Slots::Entry>& entries,
                               const std::vector<store::AttemptRecord>& openDots) {
    std::vector<Open> out;
    std::unordered_map<Id, const store::AttemptRecord*> rows;
    for (const store::AttemptRecord& row : openDots) rows.emplace(row.id, &row);
    for (const Slots::Entry& slot : entries) {
        if (!trusted) break;
        Open open{.attempt = {}, .phase = slot.phase, .takenAt = slot.takenAt, .inHand = false, .covered = {}};
        // What was taken is done with, whatever was the matter with it.
        open.inHand = slot.inHand && slot.phase != Slots::Phase::Taken;
        if (const auto row = rows.find(slot.attempt); row != rows.end()) {
            open.attempt = *row->second;
            open.covered = coveredBy(*row->second);
            rows.erase(row);
        } else if (open.inHand || (slot.phase != Slots::Phase::Open && !slot.delivery.isNull())) {
            open.attempt.id = slot.attempt;
            open.attempt.messageId = slot.message;
            if (!slot.account.isNull()) open.attempt.accountId = slot.account;
            open.attempt.startedAt = slot.takenAt;
            if (!slot.delivery.isNull()) open.covered = std::vector{slot.delivery};
        } else {
            continue;
        }
        out.push_back(std::move(open));
    }
    // A row that says "dot" and has no slot to say more is in doubt: its slot did not survive.
    for (const store::AttemptRecord& row : openDots)
        if (rows.contains(row.id))
            out.push_back({.attempt = row,
                           .phase = Slots::Phase::Dot,
                           .takenAt = row.startedAt,
                           .inHand = false,
                           .covered = coveredBy(row)});
    return out;
}

void hold(store::DeliveryUpdate& update) {
    if (update.status != State::Queued) return;
    update.status = State::Held;
    update.reason = policy::reason::poison;
}

// What becomes of one transaction; nothing where there is nothing to write. `isPoison`: the message is not tried again.
std::optional<Recovery> settle(Open open, const Known& known, bool isPoison, TimePoint now) {
    Recovery recovery;
    std::vector<contract::AttemptResult> results;
    for (const store::DeliveryRecord& delivery : known.deliveries) {
        if (!open.covers(delivery)) continue;
        if (contract::isTerminal(delivery.status)) continue;  // recorded just before the end
        store::DeliveryUpdate update = decide(open.phase, known, delivery, now);
        if (open.inHand && open.phase == Slots::Phase::Open) update.reason = policy::reason::crashed;
        if (isPoison) hold(update);
        results.push_back({.delivery = delivery.id,
                           .recipient = delivery.recipient,
                           .outcome = outcomeOf(open.phase),
                           .reason = open.inHand ? std::string(policy::reason::crashed) : update.reason,
                           .reply = {}});
        if (update.status == State::Sent && open.attempt.accountId)
            recovery.sent.push_back({now, known.message.id, delivery.id, *open.attempt.accountId, delivery.recipient});
        recovery.updates.push_back(std::move(update));
    }
    if (recovery.updates.empty() && open.attempt.state != "dot") return std::nullopt;
    const bool hadDot = open.phase != Slots::Phase::Open && open.phase != Slots::Phase::Free;
    if (hadDot) recovery.used = static_cast<std::int64_t>(recovery.updates.size());
    recovery.takenAt = open.takenAt;
    const bool hasRow = open.attempt.state == "dot";
    recovery.attempt = std::move(open.attempt);
    recovery.attempt.state = "done";
    recovery.attempt.outcome = outcomeOf(open.phase);
    recovery.attempt.stage = hasRow || hadDot ? "dot" : "body";
    recovery.attempt.detail =
        open.inHand ? "the engine ended at work on this message" : "the engine ended before this attempt was recorded";
    recovery.attempt.results = json::serialise(contract::toJson(results));
    if (recovery.attempt.transcript.empty()) recovery.attempt.transcript = "[]";
    return recovery;
}

// What of a message that is not tried again was not under way.
void holdTheRest(Recovery& recovery, const Known& known, const std::unordered_set<Id>& decided, TimePoint now) {
    for (const store::DeliveryRecord& delivery : known.deliveries) {
        if (delivery.status != State::Queued || decided.contains(delivery.id)) continue;
        store::DeliveryUpdate update = decide(Slots::Phase::Open, known, delivery, now);
        hold(update);
        recovery.updates.push_back(std::move(update));
    }
}

}  // namespace

int crashesIn(const std::vector<store::AttemptRecord>& attempts) {
    return static_cast<int>(std::count_if(attempts.begin(), attempts.end(), [](const store::AttemptRecord& attempt) {
        const auto results = resultsOf(attempt);
        return std::any_of(results.begin(), results.end(),
                           [](const auto& result) { return result.reason == policy::reason::crashed; });
    }));
}

std::vector<Recovery> recover(bool trusted, const std::vector<Slots::Entry>& entries,
                              const std::vector<store::AttemptRecord>& openDots,
                              const std::function<std::optional<Known>(const Id& message)>& ask, TimePoint now) {
    const std::vector<Open> all = openAtTheEnd(trusted, entries, openDots);
    std::unordered_map<Id, std::optional<Known>> known;
    std::unordered_set<Id> poison;
    for (const Open& open : all) {
        const auto [at, isNew] = known.try_emplace(open.attempt.messageId);
        if (isNew) at->second = ask(at->first);
        // Two threads at work on one message are still one end of the engine.
        if (open.inHand && at->second && at->second->crashes + 1 >= crashesToHold) poison.insert(at->first);
    }
    std::vector<Recovery> out;
    std::unordered_set<Id> decided, blamed;
    for (Open open : all) {
        const auto& message = known.at(open.attempt.messageId);
        if (!message) continue;  // erased meanwhile: nothing is left to decide
        open.inHand = open.inHand && blamed.insert(open.attempt.messageId).second;
        auto recovery = settle(open, *message, poison.contains(open.attempt.messageId), now);
        if (!recovery) continue;
        std::erase_if(recovery->updates, [&](const auto& update) { return !decided.insert(update.delivery).second; });
        out.push_back(std::move(*recovery));
    }
    for (const Id& id : poison) {
        const auto last = std::find_if(out.rbegin(), out.rend(),
                                       [&](const Recovery& recovery) { return recovery.attempt.messageId == id; });
        if (last != out.rend()) holdTheRest(*last, *known.at(id), decided, now);
    }
    return out;
}

}  // namespace postroom::queue
