// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/handlers.h"
#include "engine/api/message_change.h"
#include "engine/api/services.h"
#include "engine/contract/resources.h"

namespace postroom::api {

namespace {

using InFlight = std::unordered_set<Id>;

// Takes the message out of the dispatcher's window, changes its rows but for what is under way, and lets it be looked
// at again.
void act(Services& services, Call call, Reply reply, MessageAct act) {
    services.readers.submit([&services, call = std::move(call), reply = std::move(reply),
                             act](store::Connection& connection) {
        const auto id = pathId(call);
        if (!id) return reply(fail(id.error()));
        const auto found = store::messages::find(connection, *id);
        if (!found) return reply(fail(found.error()));
        if (!*found || !call.principal.sees((*found)->keyId)) return reply(fail(ErrorCode::NotFound));
        if (!call.principal.mayChange((*found)->keyId))
            return reply(fail(ErrorCode::Forbidden, "the message is another key's"));
        const std::string lane = queue::laneName((*found)->fromAddress, (*found)->pinnedAccount, (*found)->sandbox);
        services.dispatcher.withdraw(*id, lane, [&services, call, reply, act, id = *id, lane](InFlight inFlight) {
            const auto changed = std::make_shared<int>(0);
            services.writer.submit(store::Write{
                [&services, call, act, id, inFlight = std::move(inFlight),
                 changed](store::Transaction& transaction) -> Result<void> {
                    auto count = change(act, transaction, services.files, id, inFlight, services.clock.now());
                    if (!count) return fail(count.error());
                    if (*count == 0) return fail(ErrorCode::Conflict, "none of its recipients is in a state for this");
                    *changed = *count;
                    return audit(transaction, services, call, "message." + std::string(name(act)), id.text(),
                                 {{"recipients", *count}});
                },
                [&services, reply, id, lane, changed](const Result<void>& result) {
                    services.dispatcher.lookAgain(id, lane);
                    if (!result) return reply(fail(result.error()));
                    services.events.note(observe::Topic::Messages, id);
                    services.events.note(observe::Topic::Queue);
                    reply(
                        Answer{.data = contract::toJson(contract::ActionResult{.messageId = id, .changed = *changed})});
                }});
        });
    });
}

}  // namespace

void cancelMessage(Services& services, Call call, Reply reply) {
    act(services, std::move(call), std::move(reply), MessageAct::Cancel);
}

void retryMessage(Services& services, Call call, Reply reply) {
    act(services, std::move(call), std::move(reply), MessageAct::Retry);
}

void releaseMessage(Services& services, Call call, Reply reply) {
    const bool drops = json::text(call.body.get_object(), "to") == "drop";
    act(services, std::move(call), std::move(reply), drops ? MessageAct::Drop : MessageAct::Release);
}

}  // namespace postroom::api
