// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/handlers.h"
#include "engine/api/router.h"
#include "engine/api/services.h"
#include "engine/api/views.h"
#include "engine/base/platform.h"
#include "engine/contract/resources.h"
#include "engine/store/ledger.h"

namespace postroom::api {

namespace {

constexpr std::uint64_t leastFree_bytes = 64 << 20;

struct Check {
    std::string status;
    double ms = 0;
    std::string detail = {};
};

json::Object toJson(const Check& check) {
    json::Object out{{"status", check.status}, {"ms", check.ms}};
    if (!check.detail.empty()) out["detail"] = check.detail;
    return out;
}

double since(SteadyPoint start, const Clock& clock) {
    return std::chrono::duration<double, std::milli>(clock.steady() - start).count();
}

Check checkDatabase(Services& services, store::Connection& connection) {
    const SteadyPoint start = services.clock.steady();
    const auto counters = store::ledger::readCounters(connection);
    const bool ok = counters && services.writer.healthy();
    return {.status = ok ? "ok" : "failed",
            .ms = since(start, services.clock),
            .detail = ok ? "" : "the database can't be read or written"};
}

Check checkDisk(Services& services) {
    const SteadyPoint start = services.clock.steady();
    const auto free = platform::freeBytes(services.dataFolder);
    const double took = since(start, services.clock);
    if (!free || *free < leastFree_bytes)
        return {.status = "failed", .ms = took, .detail = "less than 64 MiB are free"};
    // Mail goes on without it; a restore would not know what has left.
    if (!services.sentLog.healthy()) return {.status = "degraded", .ms = took, .detail = "sent.log can't be written"};
    return {.status = "ok", .ms = took};
}

Answer bare(int status, json::Object body) {
    return {.status = status, .data = nullptr, .bare = json::serialise(body), .contentType = "application/json"};
}

void setGauges(Services& services, const std::map<std::string, std::int64_t>& counters, double oldest,
               const queue::Dispatcher::Look& look) {
    observe::Metrics& metrics = services.metrics;
    for (const contract::State state : contract::allStates) {
        const auto at = counters.find(std::string(contract::name(state)));
        metrics.setQueueMessages(state, at == counters.end() ? 0 : at->second);
    }
    metrics.setQueueOldestAge(oldest);
    metrics.setLedgerImbalance(store::ledger::imbalance(counters));
    metrics.setSmtpConnections(services.dispatcher.openConnections());
    metrics.setStoreWalBytes(services.writer.walBytes());
    metrics.setStoreConnections(services.storeConnections);
    std::map<std::string_view, std::int64_t> states{
        {"ready", 0}, {"limited", 0}, {"resting", 0}, {"paused", 0}, {"disabled", 0}};
    std::vector<std::pair<std::string, double>> ratios;
    const TimePoint now = services.clock.now();
    for (const policy::AccountView& view : look.accounts) {
        if (view.id.isNull()) continue;
        ++states[stateWord(policy::whyNot(view, now).code)];
    }
    const auto accounts = services.accounts.get();
    for (const store::AccountRecord& account : *accounts)
        if (account.dailyLimit && *account.dailyLimit > 0)
            ratios.emplace_back(account.id.text(),
                                static_cast<double>(account.dailySentCount) / static_cast<double>(*account.dailyLimit));
    for (const auto& [state, count] : states) metrics.setAccounts(state, count);
    metrics.setDailyUsed(std::move(ratios));
}

}  // namespace

void getHealth(Services&, Call, Reply reply) {
    reply(bare(200, {{"status", "healthy"}}));
}

void getReady(Services& services, Call, Reply reply) {
    services.readers.submit([&services, reply = std::move(reply)](store::Connection& connection) {
        const Check database = checkDatabase(services, connection), disk = checkDisk(services);
        const SteadyPoint asked = services.clock.steady();
        services.dispatcher.look({}, [&services, reply, database, disk, asked](const queue::Dispatcher::Look& look) {
            const Check queue{.status = look.halted ? "failed" : "ok",
                              .ms = since(asked, services.clock),
                              .detail = look.halted ? "results can't be recorded" : ""};
            const bool ready = database.status == "ok" && disk.status != "failed" && queue.status == "ok";
            const char* status = !ready ? "not_ready" : disk.status == "ok" ? "ready" : "degraded";
            const json::Object unused{{"status", "unused"}, {"ms", 0}};
            reply(bare(ready ? 200 : 503, {{"status", status},
                                           {"checks", json::Object{{"database", toJson(database)},
                                                                   {"queue", toJson(queue)},
                                                                   {"broker", unused},
                                                                   {"cache", unused},
                                                                   {"disk", toJson(disk)}}}}));
        });
    });
}

void getMetrics(Services& services, Call, Reply reply) {
    services.readers.submit([&services, reply = std::move(reply)](store::Connection& connection) {
        auto counters = store::ledger::readCounters(connection);
        auto lanes = store::messages::dueLanes(connection);
        if (!counters || !lanes) return reply(fail(counters ? lanes.error() : counters.error()));
        double oldest = 0;
        for (const auto& lane : *lanes)
            oldest = std::max(oldest, std::chrono::duration<double>(services.clock.now() - lane.earliestDue).count());
        services.dispatcher.look(
            {}, [&services, reply, counters = std::move(*counters), oldest](const queue::Dispatcher::Look& look) {
                setGauges(services, counters, oldest, look);
                reply(Answer{.status = 200,
                             .data = nullptr,
                             .bare = services.metrics.render(),
                             .contentType = "text/plain; version=0.0.4; charset=utf-8"});
            });
    });
}

void getVersion(Services& services, Call, Reply reply) {
    reply(Answer{.data = contract::toJson(
                     contract::VersionAnswer{.version = services.version,
                                             .apiVersion = "1",
                                             .capabilities = {"sandbox", "stats", "events", "raw", "search", "bulk",
                                                              "export", "templates", "attachments"}})});
}

}  // namespace postroom::api
