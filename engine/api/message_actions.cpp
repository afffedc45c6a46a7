// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/handlers.h"
#include "engine/api/services.h"
#include "engine/contract/resources.h"
#include "engine/store/actions.h"

namespace postroom::api {

namespace {

using InFlight = std::unordered_set<Id>;
using Change = std::function<Result<int>(store::Transaction&, const Id& message, const InFlight&, TimePoint now)>;

// Takes the message out of the dispatcher's window, changes its rows but for what is under way, and lets it be looked
// at again.
void act(Services& services, Call call, Reply reply, std::string_view action, Change change) {
    services.readers.submit([&services, call = std::move(call), reply = std::move(reply), action,
                             change = std::move(change)](store::Connection& connection) {
        const auto id = pathId(call);
        if (!id) return reply(fail(id.error()));
        const auto found = store::messages::find(connection, *id);
        if (!found) return reply(fail(found.error()));
        if (!*found || !call.principal.sees((*found)->keyId)) return reply(fail(ErrorCode::NotFound));
        if (!call.principal.mayChange((*found)->keyId))
            return reply(fail(ErrorCode::Forbidden, "the message is another key's"));
        const std::string lane = queue::laneName((*found)->fromAddress, (*found)->pinnedAccount, (*found)->sandbox);
        services.dispatcher.withdraw(
            *id, lane, [&services, call, reply, action, change, id = *id, lane](InFlight inFlight) {
                const auto changed = std::make_shared<int>(0);
                services.writer.submit(store::Write{
                    [&services, call, action, change, id, inFlight = std::move(inFlight),
                     changed](store::Transaction& transaction) -> Result<void> {
                        auto count = change(transaction, id, inFlight, services.clock.now());
                        if (!count) return fail(count.error());
                        if (*count == 0)
                            return fail(ErrorCode::Conflict, "none of its recipients is in a state for this");
                        *changed = *count;
                        return audit(transaction, services, call, action, id.text(), {{"recipients", *count}});
                    },
                    [&services, reply, id, lane, changed](const Result<void>& result) {
                        services.dispatcher.lookAgain(id, lane);
                        if (!result) return reply(fail(result.error()));
                        services.events.note(observe::Topic::Messages, id);
                        services.events.note(observe::Topic::Queue);
                        reply(Answer{
                            .data = contract::toJson(contract::ActionResult{.messageId = id, .changed = *changed})});
                    }});
            });
    });
}

}  // namespace

void cancelMessage(Services& services, Call call, Reply reply) {
    act(services, std::move(call), std::move(reply), "message.cancel",
        [](store::Transaction& transaction, const Id& message, const InFlight& inFlight, TimePoint now) -> Result<int> {
            const auto deliveries = store::messages::deliveries(transaction.connection(), message);
            if (!deliveries) return fail(deliveries.error());
            std::vector<Id> ids;
            for (const auto& delivery : *deliveries) {
                const bool waits = delivery.status == contract::State::Queued ||
                                   delivery.status == contract::State::Scheduled ||
                                   delivery.status == contract::State::Held;
                if (waits && !inFlight.contains(delivery.id)) ids.push_back(delivery.id);
            }
            if (ids.empty()) return 0;
            return store::actions::moveTo(transaction, message, ids, contract::State::Cancelled, "message.cancelled",
                                          now);
        });
}

void retryMessage(Services& services, Call call, Reply reply) {
    act(services, std::move(call), std::move(reply), "message.retry",
        [](store::Transaction& transaction, const Id& message, const InFlight&, TimePoint now) {
            return store::actions::retryNow(transaction, message, now);
        });
}

}  // namespace postroom::api
