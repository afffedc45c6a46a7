// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/pauses.h"

#include "engine/store/rows.h"

namespace postroom::store::pauses {

Result<std::vector<PauseRecord>> list(Connection& connection) {
    auto query =
        connection.query("pauses.list", "SELECT kind, name, since_at, actor, note FROM pauses ORDER BY kind, name");
    if (!query) return fail(query.error());
    return collect<PauseRecord>(*query, [](const Query& row) {
        return PauseRecord{row.text(0), row.text(1), row.time(2), row.text(3), row.text(4)};
    });
}

Result<bool> set(Transaction& transaction, const PauseRecord& pause) {
    auto query = transaction.query("pauses.set",
                                   "INSERT INTO pauses (kind, name, since_at, actor, note) VALUES (?, ?, ?, ?, ?) "
                                   "ON CONFLICT (kind, name) DO NOTHING");
    if (!query) return fail(query.error());
    const auto changed = query->bindAll(pause.kind, pause.name, pause.since, pause.actor, pause.note).runCounting();
    if (!changed) return fail(changed.error());
    return *changed > 0;
}

Result<bool> clear(Transaction& transaction, std::string_view kind, std::string_view name) {
    auto query = transaction.query("pauses.clear", "DELETE FROM pauses WHERE kind = ? AND name = ?");
    if (!query) return fail(query.error());
    const auto changed = query->bindAll(kind, name).runCounting();
    if (!changed) return fail(changed.error());
    return *changed > 0;
}

}  // namespace postroom::store::pauses
