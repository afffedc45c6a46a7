// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/event_desk.h"
#include "engine/api/handlers.h"
#include "engine/api/services.h"

namespace postroom::api {

namespace {

constexpr int longestWait_seconds = 25;

}  // namespace

void getEvents(Services& services, Call call, Reply reply) {
    const auto wait = numberIn(call, "wait", 0, longestWait_seconds, longestWait_seconds);
    if (!wait) return reply(fail(wait.error()));
    const auto after = call.queryValue("after");
    if (!after) {
        contract::Events now = services.events.reset();
        now.reset = false;
        return reply(Answer{.data = contract::toJson(now)});
    }
    services.eventDesk.wait(*after, std::chrono::seconds{*wait},
                            [reply = std::move(reply)](Result<contract::Events> events) {
                                if (!events) return reply(fail(events.error()));
                                reply(Answer{.data = contract::toJson(*events)});
                            });
}

}  // namespace postroom::api
