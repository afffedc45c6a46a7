// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/audit.h"

#include "engine/store/rows.h"

namespace postroom::store::audit {

Result<void> append(Transaction& transaction, const AuditRecord& record) {
    auto query = transaction.query(
        "audit.append", "INSERT INTO audit_log (id, at, actor, action, target, detail) VALUES (?, ?, ?, ?, ?, ?)");
    if (!query) return fail(query.error());
    const std::string_view detail = record.detail.empty() ? std::string_view{"{}"} : record.detail;
    return query->bindAll(record.id, record.at, record.actor, record.action, record.target, detail).run();
}

Result<std::vector<AuditRecord>> list(Connection& connection, int limit, const std::optional<Id>& before) {
    auto query = connection.query("audit.list",
                                  "SELECT id, at, actor, action, target, detail FROM audit_log WHERE id < ? "
                                  "ORDER BY id DESC LIMIT ?");
    if (!query) return fail(query.error());
    const std::string from = before ? before->text() : std::string{"ffffffff-ffff-ffff-ffff-ffffffffffff"};
    query->bind(from).bind(limit);
    return collect<AuditRecord>(*query, [](const Query& row) {
        return AuditRecord{row.id(0), row.time(1), row.text(2), row.text(3), row.text(4), row.text(5)};
    });
}

}  // namespace postroom::store::audit
