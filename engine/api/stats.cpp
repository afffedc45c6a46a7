// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/handlers.h"
#include "engine/api/services.h"
#include "engine/api/views.h"
#include "engine/upkeep/history.h"

namespace postroom::api {

void getStats(Services& services, Call call, Reply reply) {
    const auto range = upkeep::rangeNamed(call.queryValue("range").value_or("1h"));
    if (!range) return reply(fail(invalidField("range", "field.not_allowed", "is 1h or 24h")));
    services.readers.submit([&services, reply = std::move(reply), range = *range](store::Connection& connection) {
        const auto counters = store::ledger::readCounters(connection);
        if (!counters) return reply(fail(counters.error()));
        services.history.show(range, [reply, totals = recipientTotals(*counters)](contract::Stats stats) {
            stats.totals = totals;
            reply(Answer{.data = contract::toJson(stats)});
        });
    });
}

}  // namespace postroom::api
