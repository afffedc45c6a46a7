// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
// What waits to be delivered, read page by page into the dispatcher's window.
#include "engine/store/delivery_status.h"
#include "engine/store/dialect.h"
#include "engine/store/messages.h"
#include "engine/store/rows.h"

#include <algorithm>
#include <iterator>
#include <utility>

// Each priority is a stretch of the index of its own: the earliest of a lane is the least of ten first rows.
#define POSTROOM_PRIORITIES " priorities (priority) AS (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))"

namespace postroom::store::messages {

Result<std::vector<LaneDue>> dueLanes(Connection& connection) {
    // Jumps from lane to lane in the index: a million queued deliveries in one lane cost as much as ten thousand.
    auto query = connection.query(
        "deliveries.lanes",
        "WITH RECURSIVE lanes (lane) AS ("
        " SELECT min(lane) FROM deliveries WHERE status = 'queued'"
        " UNION ALL"
        " SELECT (SELECT min(d.lane) FROM deliveries d WHERE d.status = 'queued' AND d.lane > lanes.lane)"
        " FROM lanes WHERE lanes.lane IS NOT NULL)," POSTROOM_PRIORITIES
        " SELECT lane,"
        " (SELECT count(*) FROM (SELECT 1 FROM deliveries d WHERE d.status = 'queued' AND d.lane = lanes.lane"
        " LIMIT 10001) AS counted),"
        " (SELECT min((SELECT min(d.due_at) FROM deliveries d WHERE d.status = 'queued' AND d.lane = lanes.lane"
        " AND d.priority = priorities.priority)) FROM priorities)"
        " FROM lanes WHERE lane IS NOT NULL");
    if (!query) return fail(query.error());
    return collect<LaneDue>(*query, [](const Query& row) { return LaneDue{row.text(0), row.integer(1), row.time(2)}; });
}

Result<std::vector<DueDelivery>> due(Connection& connection, std::string_view lane, TimePoint until, int limit,
                                     int least) {
    // CROSS JOIN keeps SQLite from starting at the messages. One statement a priority, each a stretch of the index: a
    // single one would have to sort all that is due.
    std::vector<DueDelivery> rows;
    for (int priority = contract::greatestPriority; priority >= least && static_cast<int>(rows.size()) < limit;
         --priority) {
        auto query =
            connection.query("deliveries.due", "SELECT " POSTROOM_DELIVERY_COLUMNS ", " POSTROOM_MESSAGE_COLUMNS
                                               " FROM deliveries d CROSS JOIN message_records m"
                                               " WHERE d.status = 'queued' AND d.lane = ? AND d.priority = ?"
                                               " AND d.due_at <= ? AND m.id = d.message_id"
                                               " ORDER BY d.due_at, d.message_id, d.id LIMIT ?");
        if (!query) return fail(query.error());
        query->bindAll(lane, priority, until, limit - static_cast<int>(rows.size()));
        constexpr int deliveryColumns = 12;
        auto some = collect<DueDelivery>(*query, [](const Query& row) {
            return DueDelivery{readDelivery(row, 0), readMessage(row, deliveryColumns)};
        });
        if (!some) return fail(some.error());
        std::move(some->begin(), some->end(), std::back_inserter(rows));
    }
    return rows;
}

Result<DueByPriority> nextDue(Connection& connection, std::string_view lane, TimePoint after) {
    auto query =
        connection.query("deliveries.next_due",
                         "WITH" POSTROOM_PRIORITIES
                         " SELECT priority, (SELECT min(d.due_at) FROM deliveries d WHERE d.status = 'queued'"
                         " AND d.lane = ? AND d.priority = priorities.priority AND d.due_at > ?) FROM priorities");
    if (!query) return fail(query.error());
    if (auto ran = query->bind(lane).bind(after).run(); !ran) return fail(ran.error());
    DueByPriority next;
    while (query->next()) next.at(static_cast<std::size_t>(query->integer(0))) = query->optionalTime(1);
    if (query->failure()) return fail(*query->failure());
    return next;
}

Result<std::optional<TimePoint>> nextScheduled(Connection& connection) {
    auto query =
        connection.query("deliveries.next_scheduled", "SELECT min(due_at) FROM deliveries WHERE status = 'scheduled'");
    if (!query) return fail(query.error());
    if (auto ran = query->run(); !ran) return fail(ran.error());
    if (query->next()) return query->optionalTime(0);
    if (query->failure()) return fail(*query->failure());
    return std::nullopt;
}

namespace {

// All recipients of a message come due together, but one may have been cancelled: counted is what really moved.
Result<void> promoteOne(Transaction& transaction, const Id& message, TimePoint now) {
    if (const auto status = lockMessage(transaction, message); !status) return fail(status.error());
    auto query = transaction.query("deliveries.promote",
                                   "UPDATE deliveries SET status = 'queued', updated_at = ? "
                                   "WHERE message_id = ? AND status = 'scheduled' AND due_at <= ?");
    if (!query) return fail(query.error());
    const auto moved = query->bindAll(now, message, now).runCounting();
    if (!moved) return fail(moved.error());
    countMove(transaction, contract::State::Scheduled, contract::State::Queued, *moved);
    return refreshMessage(transaction, message);
}

// What is left of a message whose record is gone: it must not stand before all others for ever.
Result<void> setAside(Transaction& transaction, const Id& message, TimePoint now) {
    auto query = transaction.query("deliveries.set_aside",
                                   "UPDATE deliveries SET status = 'held', updated_at = ? "
                                   "WHERE message_id = ? AND status = 'scheduled'");
    if (!query) return fail(query.error());
    const auto moved = query->bindAll(now, message).runCounting();
    if (!moved) return fail(moved.error());
    countMove(transaction, contract::State::Scheduled, contract::State::Held, *moved);
    return {};
}

}  // namespace

Result<Promotion> promote(Transaction& transaction, TimePoint now, int limit) {
    struct Row {
        Id message;
        std::string lane;
        int priority;
    };
    std::vector<Row> rows;
    {
        auto query =
            transaction.query("deliveries.come_due",
                              "SELECT message_id, lane, priority FROM deliveries "
                              "WHERE status = 'scheduled' AND due_at <= ? ORDER BY due_at, message_id LIMIT ?");
        if (!query) return fail(query.error());
        auto read = collect<Row>(query->bindAll(now, limit), [](const Query& row) {
            return Row{row.id(0), row.text(1), static_cast<int>(row.integer(2))};
        });
        if (!read) return fail(read.error());
        rows = std::move(*read);
    }
    Promotion promotion;
    Id last;
    for (const Row& row : rows) {
        promotion.lanes[row.lane].insert(row.priority);
        if (std::exchange(last, row.message) == row.message) continue;
        auto done = promoteOne(transaction, row.message, now);
        const bool isStray = !done && done.error().code == ErrorCode::NotFound;
        if (isStray) done = setAside(transaction, row.message, now);
        if (!done) return fail(done.error());
        (isStray ? promotion.strays : promotion.messages).push_back(row.message);
    }
    auto next = nextScheduled(transaction.connection());
    if (!next) return fail(next.error());
    promotion.next = *next;
    return promotion;
}

Result<void> park(Transaction& transaction, const Id& messageId, const std::vector<Id>& deliveries,
                  std::string_view lane) {
    for (const Id& delivery : deliveries) {
        auto query = transaction.query("deliveries.park",
                                       "UPDATE deliveries SET lane = ? "
                                       "WHERE message_id = ? AND id = ? AND status = 'queued'");
        if (!query) return fail(query.error());
        if (auto moved = query->bindAll(lane, messageId, delivery).run(); !moved) return moved;
    }
    return {};
}

Result<Unparking> unpark(Transaction& transaction, std::string_view lane,
                         const std::function<std::string(const MessageRecord&)>& laneOf, TimePoint now, int limit) {
    // A person may have asked for one of them anew, and a clock that was set back leaves times beyond now.
    const auto rows = due(transaction.connection(), lane, now + std::chrono::years{100}, limit);
    if (!rows) return fail(rows.error());
    Unparking unparking;
    unparking.isAll = static_cast<int>(rows->size()) < limit;
    for (const DueDelivery& row : *rows) {
        const std::string home = laneOf(row.message);
        auto query = transaction.query("deliveries.unpark",
                                       "UPDATE deliveries SET lane = ?, due_at = ? "
                                       "WHERE message_id = ? AND id = ? AND status = 'queued'");
        if (!query) return fail(query.error());
        if (auto moved = query->bindAll(home, now, row.message.id, row.delivery.id).run(); !moved)
            return fail(moved.error());
        unparking.lanes[home].insert(row.message.priority);
        unparking.messages.insert(row.message.id);
    }
    return unparking;
}

Result<void> bringForward(Transaction& transaction, TimePoint now, Milliseconds by) {
    // One statement: in parts, what is written between two of them by the right clock would be brought forward too.
    const Dialect& dialect = transaction.connection().dialect();
    auto waiting = transaction.query("deliveries.bring_forward", dialect.bringForward);
    if (!waiting) return fail(waiting.error());
    if (auto done = waiting->bindAll(by.count(), now).run(); !done) return done;
    auto resting = transaction.query("accounts.bring_forward", dialect.bringRestsForward);
    if (!resting) return fail(resting.error());
    return resting->bindAll(by.count(), now).run();
}

}  // namespace postroom::store::messages
