// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/history.h"

#include "engine/store/rows.h"

namespace postroom::store::history {

Result<void> add(Transaction& transaction, std::string_view node, const MinuteRecord& minute) {
    auto query = transaction.query(
        "history.add",
        "INSERT INTO stat_minutes (node, at, accepted, sent, failed, deferred, queued) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (node, at) DO UPDATE SET accepted = stat_minutes.accepted + excluded.accepted, "
        "sent = stat_minutes.sent + excluded.sent, failed = stat_minutes.failed + excluded.failed, "
        "deferred = stat_minutes.deferred + excluded.deferred, queued = excluded.queued");
    if (!query) return fail(query.error());
    return query->bindAll(node, minute.at, minute.accepted, minute.sent, minute.failed, minute.deferred, minute.queued)
        .run();
}

Result<void> trim(Transaction& transaction, TimePoint before) {
    auto query = transaction.query("history.trim", "DELETE FROM stat_minutes WHERE at < ?");
    if (!query) return fail(query.error());
    return query->bind(before).run();
}

Result<std::vector<MinuteRecord>> list(Connection& connection, std::string_view node, TimePoint from) {
    auto query = connection.query("history.list",
                                  "SELECT at, accepted, sent, failed, deferred, queued FROM stat_minutes "
                                  "WHERE node = ? AND at >= ? ORDER BY at");
    if (!query) return fail(query.error());
    query->bind(node).bind(from);
    return collect<MinuteRecord>(*query, [](const Query& row) {
        return MinuteRecord{row.time(0),    row.integer(1), row.integer(2),
                            row.integer(3), row.integer(4), row.integer(5)};
    });
}

}  // namespace postroom::store::history
