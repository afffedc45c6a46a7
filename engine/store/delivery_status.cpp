// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/delivery_status.h"

#include "engine/store/dialect.h"

#include <array>

namespace postroom::store {

using namespace contract;

std::string_view messageCounter(State status) {
    static constexpr std::array<std::string_view, allStates.size()> names{
        "messages.sending", "messages.queued",  "messages.scheduled", "messages.held",
        "messages.failed",  "messages.expired", "messages.cancelled", "messages.sent"};
    return names[static_cast<std::size_t>(status)];
}

void countMove(Transaction& transaction, State from, State to, std::int64_t deliveries) {
    if (from == to || deliveries == 0) return;
    transaction.count(name(from), -deliveries);
    transaction.count(name(to), deliveries);
}

Result<State> lockMessage(Transaction& transaction, const Id& messageId) {
    auto query = transaction.query("messages.lock", transaction.connection().dialect().lockMessage);
    if (!query) return fail(query.error());
    if (auto ran = query->bind(messageId).run(); !ran) return fail(ran.error());
    if (!query->next()) {
        if (query->failure()) return fail(*query->failure());
        return fail(ErrorCode::NotFound, "no message " + messageId.text());
    }
    const auto status = stateNamed(query->text(0));
    if (!status) return fail(ErrorCode::StorageCorrupt, "message " + messageId.text() + " has an unknown status");
    return *status;
}

namespace {

void countMessageMove(Transaction& transaction, State from, State to) {
    transaction.count(messageCounter(from), -1);
    transaction.count(messageCounter(to), 1);
}

Result<State> firstOfDeliveries(Transaction& transaction, const Id& messageId) {
    auto query = transaction.query("deliveries.states", "SELECT DISTINCT status FROM deliveries WHERE message_id = ?");
    if (!query) return fail(query.error());
    if (auto ran = query->bind(messageId).run(); !ran) return fail(ran.error());
    State first = State::Sent;
    while (query->next()) first = std::min(first, stateNamed(query->text(0)).value_or(State::Held));
    if (query->failure()) return fail(*query->failure());
    return first;
}

}  // namespace

Result<void> refreshMessage(Transaction& transaction, const Id& messageId, const std::optional<Move>& only) {
    if (only) {
        if (only->from == only->to) return {};
        auto query = transaction.query("messages.status_of_single",
                                       "UPDATE message_records SET status = ? WHERE id = ? AND recipients = 1");
        if (!query) return fail(query.error());
        const auto changed = query->bind(name(only->to)).bind(messageId).runCounting();
        if (!changed) return fail(changed.error());
        if (*changed == 1) {
            countMessageMove(transaction, only->from, only->to);
            return {};
        }
    }
    // The row first: whoever else changes a delivery of this message waits here, and then sees what we did.
    const auto before = lockMessage(transaction, messageId);
    if (!before) return fail(before.error());
    const auto after = firstOfDeliveries(transaction, messageId);
    if (!after) return fail(after.error());
    if (*before == *after) return {};
    auto query = transaction.query("messages.status", "UPDATE message_records SET status = ? WHERE id = ?");
    if (!query) return fail(query.error());
    if (auto ran = query->bind(name(*after)).bind(messageId).run(); !ran) return ran;
    countMessageMove(transaction, *before, *after);
    return {};
}

}  // namespace postroom::store
