// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
// A recipient that was suppressed after its message was accepted is found when it is about to be sent: by its hash, and
// where that says "maybe" by the database, in the write that fails it.
#include "engine/base/text.h"
#include "engine/policy/reason.h"
#include "engine/queue/dispatcher.h"
#include "engine/store/actions.h"
#include "engine/store/suppressions.h"

#include <QLoggingCategory>

namespace postroom::queue {

namespace {

Q_LOGGING_CATEGORY(log, "postroom.queue")

constexpr std::size_t longestReply_bytes = 1024;
// How long a look is good for: what is cleared leaves at once, unless its account takes nothing any more.
constexpr std::chrono::seconds lookHolds{1};

std::vector<Id> idsOf(const std::vector<Due>& deliveries) {
    std::vector<Id> ids;
    for (const Due& due : deliveries) ids.push_back(due.delivery);
    return ids;
}

}  // namespace

std::optional<bool> Dispatcher::takeSuspects(Lane& lane, TimePoint now) {
    Parcel& front = lane.ready.front();
    if (front.message->sandbox) return std::nullopt;
    const auto isClear = [this, now](const Due& due) {
        const auto age = now - due.clearedAt;
        return (age >= age.zero() && age < lookHolds) || !m_parts.suppressions.mayHold(due.recipient);
    };
    if (std::all_of(front.deliveries.begin(), front.deliveries.end(), isClear)) return std::nullopt;
    // While the sieve is being filled everybody is a suspect.
    if (m_lookedUp.size() >= m_settings.maxConnections) {
        lane.waiting = {.code = "queue.turn", .params = {}, .until = {}};
        return false;
    }
    Parcel parcel = std::move(front);
    lane.ready.pop_front();
    const auto firstSuspect = std::stable_partition(parcel.deliveries.begin(), parcel.deliveries.end(), isClear);
    Parcel suspects{
        .message = parcel.message,
        .deliveries = {std::make_move_iterator(firstSuspect), std::make_move_iterator(parcel.deliveries.end())},
        .dueAt = parcel.dueAt};
    parcel.deliveries.erase(firstSuspect, parcel.deliveries.end());
    if (!parcel.deliveries.empty()) m_lanes.putFirst(std::move(parcel));
    lookUp(std::move(suspects), now);
    return true;
}

void Dispatcher::lookUp(Parcel parcel, TimePoint now) {
    const std::uint64_t serial = ++m_lastLookUp;
    const auto found = std::make_shared<std::unordered_set<Id>>();
    const auto moved = std::make_shared<int>(0);
    m_parts.writer.submit(store::Write{
        [deliveries = parcel.deliveries, message = parcel.message->id, now, found,
         moved](store::Transaction& transaction) -> Result<void> {
            found->clear();
            for (const Due& due : deliveries) {
                const auto row = store::suppressions::inForce(transaction.connection(), due.recipient, now);
                if (!row) return fail(row.error());
                if (*row) found->insert(due.delivery);
            }
            auto failed = store::actions::moveTo(transaction, message, {found->begin(), found->end()},
                                                 contract::State::Failed, policy::reason::suppressed, now);
            if (!failed) return fail(failed.error());
            *moved = *failed;
            return {};
        },
        [this, serial, found, moved](const Result<void>& result) {
            m_parts.queue.post([this, serial, found, moved, result] {
                if (result) countSuppressed(*moved);
                onLookedUp(serial, result, *found);
            });
        }});
    m_lookedUp.emplace(serial, std::move(parcel));
}

void Dispatcher::onLookedUp(std::uint64_t serial, const Result<void>& result,
                            const std::unordered_set<Id>& suppressed) {
    const auto at = m_lookedUp.find(serial);
    if (at == m_lookedUp.end()) return;  // withdrawn meanwhile: whoever did that looks again
    Parcel parcel = std::move(at->second);
    m_lookedUp.erase(at);
    const TimePoint now = m_parts.clock.now();
    if (!result) {
        if (m_stopping || result.error().code == ErrorCode::Stopping) return;
        if (!m_parts.writer.healthy()) return halt(result.error());
        qCWarning(log, "it could not be looked up who is suppressed: %s", result.error().text().c_str());
        m_lanes.forget(parcel.message->lane, idsOf(parcel.deliveries));
        m_lanes.noteOnDisk(parcel.message->lane, now + std::chrono::seconds{1}, parcel.message->priority);
        return pump();
    }
    std::vector<Id> ended;
    std::erase_if(parcel.deliveries, [&](Due& due) {
        due.clearedAt = now;
        if (!suppressed.contains(due.delivery)) return false;
        ended.push_back(due.delivery);
        return true;
    });
    if (!ended.empty()) {
        m_lanes.forget(parcel.message->lane, ended);
        m_changed.assign({parcel.message->id});
        noteChanged();
    }
    if (!parcel.deliveries.empty()) m_lanes.putFirst(std::move(parcel));
    pump();
}

void Dispatcher::countSuppressed(std::int64_t recipients) {
    if (recipients == 0) return;
    m_parts.metrics.suppressed(recipients);
    m_parts.metrics.messagesFailed(recipients);
    m_parts.tally.add({.failed = recipients});
}

Result<void> Dispatcher::suppress(store::Transaction& transaction, const std::vector<DeadMailbox>& mailboxes,
                                  const Id& message) {
    if (m_settings.suppressedFor <= std::chrono::days{0}) return {};
    const TimePoint now = m_parts.clock.now();
    for (const DeadMailbox& mailbox : mailboxes) {
        m_parts.suppressions.add(mailbox.address);
        auto noted = store::suppressions::note(transaction,
                                               {.id = makeId(now),
                                                .address = store::suppressions::formOf(mailbox.address),
                                                .reason = "hard_bounce",
                                                .reply = printable(mailbox.reply, longestReply_bytes),
                                                .messageId = message,
                                                .createdAt = now,
                                                .expiresAt = now + m_settings.suppressedFor},
                                               now);
        if (!noted) return noted;
    }
    return {};
}

}  // namespace postroom::queue
