// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
// What waits to be delivered, read page by page into the dispatcher's window.
#include "engine/store/messages.h"
#include "engine/store/rows.h"

namespace postroom::store::messages {

Result<std::vector<LaneDue>> dueLanes(Connection& connection) {
    // Jumps from lane to lane in the index: a million queued deliveries in one lane cost as much as ten thousand.
    auto query = connection.query(
        "deliveries.lanes",
        "WITH RECURSIVE lanes (lane) AS ("
        " SELECT min(lane) FROM deliveries WHERE status = 'queued'"
        " UNION ALL"
        " SELECT (SELECT min(d.lane) FROM deliveries d WHERE d.status = 'queued' AND d.lane > lanes.lane)"
        " FROM lanes WHERE lanes.lane IS NOT NULL)"
        " SELECT lane,"
        " (SELECT count(*) FROM (SELECT 1 FROM deliveries d WHERE d.status = 'queued' AND d.lane = lanes.lane"
        " LIMIT 10001) AS counted),"
        " (SELECT min(d.due_at) FROM deliveries d WHERE d.status = 'queued' AND d.lane = lanes.lane)"
        " FROM lanes WHERE lane IS NOT NULL");
    if (!query) return fail(query.error());
    return collect<LaneDue>(*query, [](const Query& row) { return LaneDue{row.text(0), row.integer(1), row.time(2)}; });
}

Result<std::vector<DueDelivery>> due(Connection& connection, std::string_view lane, TimePoint until, int limit,
                                     const std::optional<DueCursor>& after) {
    // CROSS JOIN keeps SQLite from starting at the messages.
    auto query =
        connection.query("deliveries.due", "SELECT " POSTROOM_DELIVERY_COLUMNS ", " POSTROOM_MESSAGE_COLUMNS
                                           " FROM deliveries d CROSS JOIN message_records m"
                                           " WHERE d.status = 'queued' AND d.lane = ? AND d.due_at <= ?"
                                           " AND (d.due_at, d.message_id, d.id) > (?, ?, ?) AND m.id = d.message_id"
                                           " ORDER BY d.due_at, d.message_id, d.id LIMIT ?");
    if (!query) return fail(query.error());
    const DueCursor from = after.value_or(DueCursor{});
    query->bindAll(lane, until, from.dueAt, from.messageId, from.id, limit);
    constexpr int deliveryColumns = 12;
    return collect<DueDelivery>(*query, [](const Query& row) {
        return DueDelivery{readDelivery(row, 0), readMessage(row, deliveryColumns)};
    });
}

Result<std::optional<TimePoint>> nextDue(Connection& connection, std::string_view lane, TimePoint after) {
    auto query =
        connection.query("deliveries.next_due",
                         "SELECT min(due_at) FROM deliveries WHERE status = 'queued' AND lane = ? AND due_at > ?");
    if (!query) return fail(query.error());
    if (auto ran = query->bind(lane).bind(after).run(); !ran) return fail(ran.error());
    if (!query->next()) {
        if (query->failure()) return fail(*query->failure());
        return std::nullopt;
    }
    return query->optionalTime(0);
}

}  // namespace postroom::store::messages
