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

// The account's trouble and not the engine's: it can't log in, and the test is there to say so.
Answer cannotLogIn(std::string detail) {
    smtp::ProbeReport report;
    report.steps.push_back({.stage = smtp::Stage::Auth, .ok = false, .detail = std::move(detail)});
    return Answer{.data = contract::toJson(toContract(report))};
}

// In smtpWorker's thread.
void probe(Services& services, const store::AccountRecord& account, const queue::Ticket& ticket,
           const std::string& request, const Reply& reply) {
    const bool usesToken = account.auth == contract::Auth::XOAuth2;
    if (usesToken && ticket.state != queue::Ticket::State::Ready)
        return reply(cannotLogIn(ticket.detail.empty() ? "there is no access token yet" : ticket.detail));
    auto endpoint = queue::endpointOf(account, services.vault, services.heloName,
                                      std::chrono::seconds{services.settings.integer("EMAIL_TIMEOUT")}, ticket.token);
    if (!endpoint) {
        if (endpoint.error().code != ErrorCode::SecretUnreadable) return reply(fail(endpoint.error()));
        return reply(cannotLogIn("the stored password can't be read with this engine's key: enter it again"));
    }
    services.probes[request] = std::make_unique<smtp::Probe>(
        std::move(*endpoint), services.clock, [&services, reply, request](smtp::ProbeReport report) {
            reply(Answer{.data = contract::toJson(toContract(report))});
            services.probes.erase(request);
        });
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
    const auto id = pathId(call);
    if (!id) return reply(fail(id.error()));
    const auto account = std::make_shared<store::AccountRecord>();  // shared by the write and by what follows it
    services.writer.submit(store::Write{
        [&services, call, id = *id, account](store::Transaction& transaction) -> Result<void> {
            auto found = store::accounts::find(transaction.connection(), id);
            if (!found) return fail(found.error());
            if (!*found) return fail(ErrorCode::NotFound);
            *account = std::move(**found);
            return audit(transaction, services, call, "account.test", id.text());
        },
        [&services, reply = std::move(reply), request = call.requestId, account](const Result<void>& result) {
            if (!result) return reply(fail(result.error()));
            services.grants.look(account->id, [&services, reply, request, account](queue::Ticket ticket) {
                services.smtpWorker.post([&services, reply, request, account, ticket = std::move(ticket)] {
                    probe(services, *account, ticket, request, reply);
                });
            });
        }});
}

}  // namespace postroom::api
