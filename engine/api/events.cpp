// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/event_desk.h"
#include "engine/api/handlers.h"
#include "engine/api/services.h"

#include <charconv>

namespace postroom::api {

namespace {

constexpr int longestWait_seconds = 25;

Result<std::chrono::seconds> waitOf(const Call& call) {
    const auto given = call.queryValue("wait");
    if (!given) return std::chrono::seconds{longestWait_seconds};
    int seconds = 0;
    const char* const end = given->data() + given->size();
    const auto [at, error] = std::from_chars(given->data(), end, seconds);
    if (error == std::errc::invalid_argument || at != end)
        return fail(invalidField("wait", "field.type", "must be a number of seconds from 0 to 25"));
    if (error == std::errc{} && seconds < 0) return fail(invalidField("wait", "field.too_small", "must be at least 0"));
    if (error != std::errc{} || seconds > longestWait_seconds)
        return fail(invalidField("wait", "field.too_large", "must be at most 25"));
    return std::chrono::seconds{seconds};
}

}  // namespace

void getEvents(Services& services, Call call, Reply reply) {
    const auto wait = waitOf(call);
    if (!wait) return reply(fail(wait.error()));
    const auto after = call.queryValue("after");
    if (!after) {
        contract::Events now = services.events.reset();
        now.reset = false;
        return reply(Answer{.data = contract::toJson(now)});
    }
    services.eventDesk.wait(*after, *wait, [reply = std::move(reply)](Result<contract::Events> events) {
        if (!events) return reply(fail(events.error()));
        reply(Answer{.data = contract::toJson(*events)});
    });
}

}  // namespace postroom::api
