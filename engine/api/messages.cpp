// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/handlers.h"
#include "engine/api/message_filter.h"
#include "engine/api/services.h"
#include "engine/api/views.h"
#include "engine/policy/reason.h"

namespace postroom::api {

namespace {

// A message and its deliveries as this principal may see them; NotFound for another key's, as if there were none.
struct Seen {
    store::MessageRecord message;
    std::vector<store::DeliveryRecord> deliveries;
    std::vector<contract::Attempt> evidence = {};
    std::vector<contract::Suppression> suppressions = {};
};

// Of each held recipient the last attempt that had it: what a person decides by. Oldest first.
Result<std::vector<contract::Attempt>> evidenceOf(store::Connection& connection, const Seen& seen) {
    std::vector<Id> held;
    for (const auto& delivery : seen.deliveries)
        if (delivery.status == contract::State::Held) held.push_back(delivery.id);
    if (held.empty()) return std::vector<contract::Attempt>{};
    const auto rows = store::attempts::list(connection, seen.message.id);
    if (!rows) return fail(rows.error());
    std::vector<contract::Attempt> evidence;
    for (auto row = rows->rbegin(); row != rows->rend() && !held.empty(); ++row) {
        auto attempt = toContract(*row);
        if (!attempt) return fail(attempt.error());
        const auto gone = std::erase_if(held, [&](const Id& id) {
            return std::any_of(attempt->results.begin(), attempt->results.end(),
                               [&](const contract::AttemptResult& result) { return result.delivery == id; });
        });
        if (gone > 0) evidence.insert(evidence.begin(), std::move(*attempt));
    }
    return evidence;
}

// Those that keep it from recipients now.
Result<std::vector<contract::Suppression>> suppressionsOf(store::Connection& connection, const Seen& seen,
                                                          TimePoint now) {
    std::vector<contract::Suppression> out;
    if (seen.message.sandbox) return out;
    for (const store::DeliveryRecord& delivery : seen.deliveries) {
        if (contract::isTerminal(delivery.status) && delivery.reason != policy::reason::suppressed) continue;
        const auto row = store::suppressions::inForce(connection, delivery.recipient, now);
        if (!row) return fail(row.error());
        if (!*row) continue;
        const auto known =
            std::find_if(out.begin(), out.end(), [&](const auto& each) { return each.id == (*row)->id; });
        if (known == out.end()) out.push_back(toContract(**row));
    }
    return out;
}

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

enum class Show { Message, Evidence };

// Reads the message, then asks the dispatcher how things stand, then shows both.
void showMessage(Services& services, Call call, Reply reply, Show what,
                 std::function<json::Value(const Seen&, const queue::Dispatcher::Look&, TimePoint)> show) {
    services.readers.submit([&services, call = std::move(call), reply = std::move(reply), what,
                             show = std::move(show)](store::Connection& connection) {
        auto seen = see(connection, call);
        if (!seen) return reply(fail(seen.error()));
        if (what == Show::Evidence) {
            auto evidence = evidenceOf(connection, *seen);
            if (!evidence) return reply(fail(evidence.error()));
            seen->evidence = std::move(*evidence);
            auto suppressed = suppressionsOf(connection, *seen, services.clock.now());
            if (!suppressed) return reply(fail(suppressed.error()));
            seen->suppressions = std::move(*suppressed);
        }
        const Id id = seen->message.id;
        services.dispatcher.look({id}, [&services, reply, show, seen = std::move(*seen)](queue::Dispatcher::Look look) {
            reply(Answer{.data = show(seen, look, services.clock.now())});
        });
    });
}

}  // namespace

void listMessages(Services& services, Call call, Reply reply) {
    const auto limit = pageLimit(call);
    const auto counted = queryFlag(call, "count");
    auto filter = filterOf(services, call);
    if (!limit) return reply(fail(limit.error()));
    if (!counted) return reply(fail(counted.error()));
    if (!filter) return reply(fail(filter.error()));
    answerFrom(services, std::move(reply),
               [filter = std::move(*filter), limit = *limit,
                counted = *counted](store::Connection& connection) -> Result<Answer> {
                   const auto found = store::search::page(connection, filter, limit);
                   if (!found) return fail(found.error());
                   std::vector<Id> ids;
                   for (const auto& row : found->rows) ids.push_back(row.message.id);
                   auto counts = store::messages::stateCounts(connection, ids);
                   if (!counts) return fail(counts.error());
                   contract::MessagePage page;
                   for (const auto& row : found->rows)
                       page.items.push_back(toContract(row.message, (*counts)[row.message.id]));
                   if (found->next) page.nextCursor = found->next->text();
                   page.searchedBackTo = found->searchedBackTo;
                   if (counted) {
                       auto total = store::search::count(connection, filter);
                       // The page is good, whatever the count had no time for.
                       if (!total && total.error().code == ErrorCode::TimedOut)
                           total = store::MessageCount{.count = static_cast<std::int64_t>(ids.size()), .more = true};
                       if (!total) return fail(total.error());
                       page.total = contract::Total{.count = total->count, .more = total->more};
                   }
                   return Answer{.data = contract::toJson(page)};
               });
}

void getMessage(Services& services, Call call, Reply reply) {
    showMessage(services, std::move(call), std::move(reply), Show::Message,
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
    const bool seesAccounts = call.principal.scopes.has(security::Scope::Read);
    showMessage(services, std::move(call), std::move(reply), Show::Evidence,
                [seesAccounts](const Seen& seen, const queue::Dispatcher::Look& look, TimePoint now) {
                    const contract::Message message = toContract(seen.message, seen.deliveries, look, now);
                    contract::Explanation out{.messageId = message.id,
                                              .status = message.status,
                                              .waitingFor = message.waitingFor,
                                              .deliveries = message.deliveries,
                                              .accounts = {},
                                              .evidence = seen.evidence,
                                              .suppressions = {}};
                    const policy::Wanted wanted{
                        .from = seen.message.fromAddress,
                        .pinned = seen.message.sandbox ? "sandbox" : seen.message.pinnedAccount};
                    // Which accounts there are and what is known of others' mail is the operator's knowledge; a sending
                    // key learns the reason alone.
                    if (seesAccounts) out.suppressions = seen.suppressions;
                    if (seesAccounts)
                        for (const policy::AccountView& view : look.accounts)
                            if (view.id.isNull() == seen.message.sandbox)
                                out.accounts.push_back(chanceOf(view, &wanted, now));
                    return contract::toJson(out);
                });
}

}  // namespace postroom::api
