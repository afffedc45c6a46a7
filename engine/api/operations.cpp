// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/handlers.h"
#include "engine/api/services.h"
#include "engine/api/views.h"
#include "engine/store/audit.h"
#include "engine/upkeep/history.h"

namespace postroom::api {

void listAudit(Services& services, Call call, Reply reply) {
    const auto limit = pageLimit(call);
    const auto cursor = pageCursor(call);
    if (!limit || !cursor) return reply(fail(limit ? cursor.error() : limit.error()));
    answerFrom(services, std::move(reply),
               [limit = *limit, cursor = *cursor](store::Connection& connection) -> Result<Answer> {
                   auto rows = store::audit::list(connection, limit, cursor);
                   if (!rows) return fail(rows.error());
                   contract::Page<contract::AuditEntry> page;
                   for (const auto& row : *rows) {
                       auto detail = json::parse(row.detail);
                       page.items.push_back({.id = row.id,
                                             .at = row.at,
                                             .actor = row.actor,
                                             .action = row.action,
                                             .target = row.target,
                                             .detail = detail ? std::move(*detail) : json::Value(nullptr)});
                   }
                   if (static_cast<int>(rows->size()) == limit) page.nextCursor = rows->back().id.text();
                   return Answer{.data = contract::toJson(page)};
               });
}

}  // namespace postroom::api
