// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/handlers.h"
#include "engine/api/services.h"
#include "engine/api/views.h"

namespace postroom::api {

namespace {

// A message and its deliveries as this principal may see them; NotFound for another key's, as if there were none.
struct Seen {
    store::MessageRecord message;
    std::vector<store::DeliveryRecord> deliveries;
};

Result<Seen> see(store::Connection& connection, const Call& call) {
    const auto id = pathId(call);
    if (!id) return fail(id.error());
    auto message = store::messages::find(connection, *id);
    if (!message) return fail(message.error());
    if (!*message || !call.principal.sees((*message)->keyId)) return fail(ErrorCode::NotFound);
    auto deliveries = store::messages::deliveries(connection, *id);
    if (!deliveries) return fail(deliveries.error());
    return Seen{std::move(**message), std::move(*deliveries)};
}

// Reads the message, then asks the dispatcher how things stand, then shows both.
void showMessage(Services& services, Call call, Reply reply,
                 std::function<json::Value(const Seen&, const queue::Dispatcher::Look&, TimePoint)> show) {
    services.readers.submit([&services, call = std::move(call), reply = std::move(reply),
                             show = std::move(show)](store::Connection& connection) {
        auto seen = see(connection, call);
        if (!seen) return reply(fail(seen.error()));
        const Id id = seen->message.id;
        services.dispatcher.look({id}, [&services, reply, show, seen = std::move(*seen)](queue::Dispatcher::Look look) {
            reply(Answer{.data = show(seen, look, services.clock.now())});
        });
    });
}

}  // namespace

void listMessages(Services& services, Call call, Reply reply) {
    const auto limit = pageLimit(call);
    const auto cursor = pageCursor(call);
    if (!limit || !cursor) return reply(fail(limit ? cursor.error() : limit.error()));
    store::MessageFilter filter{.before = *cursor};
    if (const auto status = call.queryValue("status")) {
        filter.status = contract::stateNamed(*status);
        if (!filter.status)
            return reply(fail(invalidField("status", "field.not_allowed", "is not a state of messages")));
    }
    if (!call.principal.scopes.has(security::Scope::Read)) filter.keyId = call.principal.keyId;
    answerFrom(services, std::move(reply), [filter, limit = *limit](store::Connection& connection) -> Result<Answer> {
        auto rows = store::messages::list(connection, filter, limit);
        if (!rows) return fail(rows.error());
        std::vector<Id> ids;
        for (const auto& row : *rows) ids.push_back(row.id);
        auto counts = store::messages::stateCounts(connection, ids);
        if (!counts) return fail(counts.error());
        contract::Page<contract::Message> page;
        for (const auto& row : *rows) page.items.push_back(toContract(row, (*counts)[row.id]));
        if (static_cast<int>(rows->size()) == limit) page.nextCursor = rows->back().id.text();
        return Answer{.data = contract::toJson(page)};
    });
}

void getMessage(Services& services, Call call, Reply reply) {
    showMessage(services, std::move(call), std::move(reply),
                [](const Seen& seen, const queue::Dispatcher::Look& look, TimePoint now) {
                    return contract::toJson(toContract(seen.message, seen.deliveries, look, now));
                });
}

void listAttempts(Services& services, Call call, Reply reply) {
    answerFrom(services, std::move(reply), [call = std::move(call)](store::Connection& connection) -> Result<Answer> {
        const auto seen = see(connection, call);
        if (!seen) return fail(seen.error());
        const auto rows = store::attempts::list(connection, seen->message.id);
        if (!rows) return fail(rows.error());
        contract::Page<contract::Attempt> page;
        for (const auto& row : *rows) {
            auto attempt = toContract(row);
            if (!attempt) return fail(attempt.error());
            page.items.push_back(std::move(*attempt));
        }
        return Answer{.data = contract::toJson(page)};
    });
}

void explainMessage(Services& services, Call call, Reply reply) {
    const bool admin = call.principal.scopes.has(security::Scope::Read);
    showMessage(services, std::move(call), std::move(reply),
                [admin](const Seen& seen, const queue::Dispatcher::Look& look, TimePoint now) {
                    const contract::Message message = toContract(seen.message, seen.deliveries, look, now);
                    contract::Explanation out{.messageId = message.id,
                                              .status = message.status,
                                              .waitingFor = message.waitingFor,
                                              .deliveries = message.deliveries,
                                              .accounts = {}};
                    const policy::Wanted wanted{
                        .from = seen.message.fromAddress,
                        .pinned = seen.message.sandbox ? "sandbox" : seen.message.pinnedAccount};
                    // Which accounts there are is the operator's knowledge; a sending key learns the reason alone.
                    if (admin)
                        for (const policy::AccountView& view : look.accounts)
                            if (view.id.isNull() == seen.message.sandbox)
                                out.accounts.push_back(chanceOf(view, &wanted, now));
                    return contract::toJson(out);
                });
}

}  // namespace postroom::api
