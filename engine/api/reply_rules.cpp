// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/handlers.h"
#include "engine/api/services.h"
#include "engine/policy/reply_trial.h"

namespace postroom::api {

namespace {

contract::ReplyRulesInForce shown(const queue::RuleBook::Edition& edition) {
    return {.source = edition.path.empty() ? "built-in" : "file",
            .path = edition.path,
            .rows = static_cast<std::int64_t>(edition.rules.size()),
            .readAt = edition.readAt,
            .text = edition.text};
}

}  // namespace

void getReplyRules(Services& services, Call, Reply reply) {
    const auto edition = services.rules.edition();
    reply(Answer{.data = contract::toJson(shown(*edition))});
}

void testReplyRules(Services& services, Call call, Reply reply) {
    const json::Object& body = call.body.get_object();
    const auto stage = policy::stageNamed(json::text(body, "stage"));
    if (!stage) return reply(fail(invalidField("stage", "field.not_allowed", "is no stage")));
    const auto said = policy::readWireReply(json::text(body, "reply"));
    if (!said)
        return reply(fail(invalidField("reply", "reply.invalid",
                                       "must be a reply as servers give it, like \"550 5.1.1 no such user\"")));
    const auto edition = services.rules.edition();
    reply(Answer{.data = contract::toJson(policy::tryReply(edition->rules, *stage, *said))});
}

void reloadReplyRules(Services& services, Call call, Reply reply) {
    const auto reloaded = std::make_shared<Result<void>>();
    answerAfter(
        services, std::move(reply),
        [&services, call](store::Transaction& transaction) {
            return audit(transaction, services, call, "reply_rules.reload", "reply-rules");
        },
        [&services, reloaded]() -> Result<Answer> {
            if (!*reloaded) return fail(reloaded->error());
            const auto edition = services.rules.edition();
            return Answer{.data = contract::toJson(shown(*edition))};
        },
        [&services, reloaded](Rereads::Done done) {
            services.heavyWorker.post([&services, reloaded, done = std::move(done)] {
                *reloaded = services.rules.reload();
                done({});
            });
        });
}

}  // namespace postroom::api
