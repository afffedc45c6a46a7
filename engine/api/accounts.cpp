// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/accounts.h"
#include "engine/api/handlers.h"
#include "engine/api/services.h"
#include "engine/api/views.h"
#include "engine/smtp/probe.h"

namespace postroom::api {

namespace {

void readAccount(Services& services, const Call& call, Reply reply, std::function<void(store::AccountRecord)> then) {
    const auto id = pathId(call);
    if (!id) return reply(fail(id.error()));
    services.readers.submit(
        [id = *id, reply = std::move(reply), then = std::move(then)](store::Connection& connection) {
            auto found = store::accounts::find(connection, id);
            if (!found) return reply(fail(found.error()));
            if (!*found) return reply(fail(ErrorCode::NotFound));
            then(std::move(**found));
        });
}

contract::AccountTest toContract(const smtp::ProbeReport& report) {
    contract::AccountTest out{.ok = report.ok, .steps = {}, .transcript = report.transcript};
    for (const smtp::ProbeStep& step : report.steps)
        out.steps.push_back({.stage = std::string(smtp::name(step.stage)),
                             .ok = step.ok,
                             .took_ms = step.took.count(),
                             .detail = step.detail});
    return out;
}

}  // namespace

void listAccounts(Services& services, Call call, Reply reply) {
    services.readers.submit([&services, call = std::move(call),
                             reply = std::move(reply)](store::Connection& connection) {
        auto rows = store::accounts::list(connection);
        if (!rows) return reply(fail(rows.error()));
        services.dispatcher.look({}, [&services, call, reply, rows = std::move(*rows)](queue::Dispatcher::Look look) {
            std::vector<contract::Account> accounts;
            for (const auto& row : rows) accounts.push_back(toContract(row, look, services.clock.now()));
            auto page = pageOf(std::move(accounts), call);
            if (!page) return reply(fail(page.error()));
            reply(Answer{.data = contract::toJson(*page)});
        });
    });
}

void getAccount(Services& services, Call call, Reply reply) {
    readAccount(services, call, reply, [&services, reply](store::AccountRecord account) {
        services.dispatcher.look({}, [&services, reply, account = std::move(account)](queue::Dispatcher::Look look) {
            reply(Answer{.data = contract::toJson(toContract(account, look, services.clock.now()))});
        });
    });
}

void testAccount(Services& services, Call call, Reply reply) {
    readAccount(services, call, reply,
                [&services, reply, request = call.requestId](const store::AccountRecord& account) {
                    auto endpoint = queue::endpointOf(account, services.vault, services.heloName,
                                                      std::chrono::seconds{services.settings.integer("EMAIL_TIMEOUT")});
                    if (!endpoint) return reply(fail(endpoint.error()));
                    services.smtpWorker.post([&services, reply, request, endpoint = std::move(*endpoint)] {
                        services.probes[request] = std::make_unique<smtp::Probe>(
                            endpoint, services.clock, [&services, reply, request](smtp::ProbeReport report) {
                                reply(Answer{.data = contract::toJson(toContract(report))});
                                services.probes.erase(request);
                            });
                    });
                });
}

}  // namespace postroom::api
