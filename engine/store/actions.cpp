// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/actions.h"

#include "engine/store/delivery_status.h"

#include <array>
#include <span>

namespace postroom::store::actions {

using namespace contract;

namespace {

// All deliveries of the message in state `from` become queued and due now; counted by what really changed.
Result<int> queueAll(Transaction& transaction, const Id& messageId, State from, TimePoint now) {
    auto query = transaction.query("deliveries.queue_all",
                                   "UPDATE deliveries SET status = 'queued', due_at = ?, updated_at = ? "
                                   "WHERE message_id = ? AND status = ?");
    if (!query) return fail(query.error());
    const auto changed = query->bindAll(now, now, messageId, name(from)).runCounting();
    if (!changed) return fail(changed.error());
    countMove(transaction, from, State::Queued, *changed);
    return static_cast<int>(*changed);
}

Result<int> moveOne(Transaction& transaction, const Id& messageId, const Id& delivery, State from, State to,
                    std::string_view reason, TimePoint now) {
    auto query = transaction.query("deliveries.move_one",
                                   "UPDATE deliveries SET status = ?, reason = ?, updated_at = ? "
                                   "WHERE message_id = ? AND id = ? AND status = ?");
    if (!query) return fail(query.error());
    const auto changed = query->bindAll(name(to), reason, now, messageId, delivery, name(from)).runCounting();
    if (!changed) return fail(changed.error());
    countMove(transaction, from, to, *changed);
    return static_cast<int>(*changed);
}

Result<void> extend(Transaction& transaction, const Id& messageId, TimePoint now, TimePoint expiresAt) {
    auto query = transaction.query("messages.extend",
                                   "UPDATE message_records SET expires_at = ? WHERE id = ? AND expires_at <= ?");
    if (!query) return fail(query.error());
    return query->bindAll(expiresAt, messageId, now).run();
}

// Deliveries in these states become queued and due now.
Result<int> sendNow(Transaction& transaction, const Id& messageId, std::span<const State> states, TimePoint now,
                    std::chrono::hours extension) {
    if (const auto status = lockMessage(transaction, messageId); !status) return fail(status.error());
    int changed = 0;
    for (const State from : states) {
        const auto moved = queueAll(transaction, messageId, from, now);
        if (!moved) return fail(moved.error());
        changed += *moved;
    }
    if (changed == 0) return 0;
    if (auto done = extend(transaction, messageId, now, now + extension); !done) return fail(done.error());
    if (auto done = refreshMessage(transaction, messageId); !done) return fail(done.error());
    return changed;
}

}  // namespace

Result<int> retryNow(Transaction& transaction, const Id& messageId, TimePoint now, std::chrono::hours extension) {
    static constexpr std::array states{State::Queued, State::Failed, State::Expired};
    return sendNow(transaction, messageId, states, now, extension);
}

Result<int> release(Transaction& transaction, const Id& messageId, TimePoint now, std::chrono::hours extension) {
    static constexpr std::array states{State::Held};
    return sendNow(transaction, messageId, states, now, extension);
}

Result<void> putOff(Transaction& transaction, const Id& messageId, const Id& delivery, TimePoint dueAt,
                    std::string_view reason, TimePoint now) {
    auto query = transaction.query("deliveries.put_off",
                                   "UPDATE deliveries SET due_at = ?, reason = ?, updated_at = ? "
                                   "WHERE message_id = ? AND id = ? AND status = 'queued'");
    if (!query) return fail(query.error());
    return query->bindAll(dueAt, reason, now, messageId, delivery).run();
}

Result<int> moveTo(Transaction& transaction, const Id& messageId, const std::vector<Id>& deliveries, State to,
                   std::string_view reason, TimePoint now) {
    int changed = 0;
    for (const Id& delivery : deliveries) {
        for (const State from : {State::Queued, State::Sending, State::Scheduled, State::Held}) {
            if (from == to) continue;
            const auto moved = moveOne(transaction, messageId, delivery, from, to, reason, now);
            if (!moved) return fail(moved.error());
            changed += *moved;
            if (*moved > 0) break;
        }
    }
    if (changed > 0)
        if (auto done = refreshMessage(transaction, messageId); !done) return fail(done.error());
    return changed;
}

}  // namespace postroom::store::actions
