// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/handlers.h"
#include "engine/api/services.h"
#include "engine/api/views.h"
#include "engine/store/audit.h"
#include "engine/store/ledger.h"
#include "engine/upkeep/history.h"

namespace postroom::api {

void getQueue(Services& services, Call, Reply reply) {
    services.readers.submit([&services, reply = std::move(reply)](store::Connection& connection) {
        auto counters = store::ledger::readCounters(connection);
        auto lanes = store::messages::dueLanes(connection);
        if (!counters || !lanes) return reply(fail(counters ? lanes.error() : counters.error()));
        contract::QueueStatus status;
        status.recipients = recipientTotals(*counters);
        status.imbalance = store::ledger::imbalance(*counters);
        const TimePoint now = services.clock.now();
        for (const auto& lane : *lanes)
            status.oldestAge_seconds =
                std::max(status.oldestAge_seconds, std::chrono::duration<double>(now - lane.earliestDue).count());
        services.dispatcher.look({}, [&services, reply, status, now](queue::Dispatcher::Look look) mutable {
            status.inMemory = static_cast<std::int64_t>(look.inMemory);
            status.inFlight = static_cast<std::int64_t>(look.flights);
            for (const policy::AccountView& view : look.accounts)
                status.accounts.push_back(chanceOf(view, nullptr, now));
            services.history.rate([reply, status = std::move(status)](double perMinute) mutable {
                status.ratePerMinute = perMinute;
                reply(Answer{.data = contract::toJson(status)});
            });
        });
    });
}

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
