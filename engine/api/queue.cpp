// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/handlers.h"
#include "engine/api/services.h"
#include "engine/api/views.h"
#include "engine/base/text.h"
#include "engine/content/address.h"
#include "engine/store/ledger.h"
#include "engine/store/pauses.h"

namespace postroom::api {

namespace {

constexpr std::string_view beginning = "queue.pause";

Result<std::string> domainIn(const std::string& typed) {
    // As recipients have it: A-labels.
    const auto address = content::parseAddress("x@" + typed);
    if (!address) return fail(invalidField("domain", address.error().reason, "is no domain"));
    return toLowerAscii(content::domainOf(*address));
}

// What a request names of the queue: all of it, what leaves through an account or to a domain, or a template's mail.
Result<store::PauseRecord> pauseIn(const Services& services, const Call& call, bool isBeginning) {
    const json::Object& body = call.body.get_object();
    store::PauseRecord pause{.kind = "queue",
                             .name = {},
                             .since = services.clock.now(),
                             .actor = call.principal.actor,
                             .note = json::text(body, "note")};
    const std::string named = json::text(body, "account"), domain = json::text(body, "domain");
    const std::string templateName = json::text(body, "template");
    if (named.empty() && domain.empty() && templateName.empty()) return pause;
    for (const auto& [field, isSecond] :
         {std::pair{"domain", !domain.empty() && !named.empty()},
          std::pair{"template", !templateName.empty() && !(named.empty() && domain.empty())}})
        if (isSecond)
            return fail(invalidField(field, "field.not_allowed", "one thing at a time is paused and resumed"));
    if (!domain.empty()) {
        auto read = domainIn(domain);
        if (!read) return fail(read.error());
        pause.kind = "domain";
        pause.name = std::move(*read);
        return pause;
    }
    if (!templateName.empty()) {
        // One that is removed may still be resumed: its mail is not.
        if (isBeginning && !services.templates.get()->find(templateName))
            return fail(invalidField("template", "template.unknown", "there is no such template"));
        pause.kind = "template";
        pause.name = templateName;
        return pause;
    }
    const auto accounts = services.accounts.get();
    const store::AccountRecord* account = accountNamed(*accounts, named);
    if (!account) return fail(invalidField("account", "account.unknown", "there is no such account"));
    pause.kind = "account";
    pause.name = account->id.text();
    return pause;
}

contract::Pause toContract(store::PauseRecord pause) {
    contract::Pause out{.kind = std::move(pause.kind),
                        .account = {},
                        .domain = {},
                        .templateName = {},
                        .since = pause.since,
                        .actor = std::move(pause.actor),
                        .note = std::move(pause.note)};
    (out.kind == "domain"     ? out.domain
     : out.kind == "template" ? out.templateName
                              : out.account) = std::move(pause.name);
    return out;
}

// The queue as it is now.
void answerStatus(Services& services, const Reply& reply) {
    services.readers.submit([&services, reply](store::Connection& connection) {
        auto counters = store::ledger::readCounters(connection);
        auto lanes = store::messages::dueLanes(connection);
        auto pauses = store::pauses::list(connection);
        if (!counters || !lanes) return reply(fail(counters ? lanes.error() : counters.error()));
        if (!pauses) return reply(fail(pauses.error()));
        contract::QueueStatus status;
        status.recipients = recipientTotals(*counters);
        status.imbalance = store::ledger::imbalance(*counters);
        for (store::PauseRecord& pause : *pauses) status.pauses.push_back(toContract(std::move(pause)));
        const TimePoint now = services.clock.now();
        for (const auto& lane : *lanes)
            status.oldestAge_seconds =
                std::max(status.oldestAge_seconds, std::chrono::duration<double>(now - lane.earliestDue).count());
        services.dispatcher.look({}, [&services, reply, status, now](queue::Dispatcher::Look look) mutable {
            status.inMemory = static_cast<std::int64_t>(look.inMemory);
            status.inFlight = static_cast<std::int64_t>(look.flights);
            for (const policy::AccountView& view : look.accounts)
                status.accounts.push_back(chanceOf(view, nullptr, now));
            services.history.rate([reply, status = std::move(status)](double perMinute) mutable {
                status.ratePerMinute = perMinute;
                reply(Answer{.data = contract::toJson(status)});
            });
        });
    });
}

// Commits a change to what is paused, puts it in force, and answers with the queue as it then is.
void change(Services& services, const Call& call, const Reply& reply, std::string_view action,
            Result<bool> (*apply)(store::Transaction&, const store::PauseRecord&)) {
    const auto pause = pauseIn(services, call, action == beginning);
    if (!pause) return reply(fail(pause.error()));
    services.writer.submit(
        store::Write{[&services, call, pause = *pause, action, apply](store::Transaction& transaction) -> Result<void> {
                         const auto changed = apply(transaction, pause);
                         if (!changed) return fail(changed.error());
                         if (!*changed) return {};
                         const std::string target = pause.name.empty()        ? pause.kind
                                                    : pause.kind == "account" ? pause.name
                                                                              : pause.kind + ":" + pause.name;
                         return audit(transaction, services, call, action, target);
                     },
                     [&services, reply](const Result<void>& result) {
                         if (!result) return reply(fail(result.error()));
                         refreshPauses(services, [&services, reply](const Result<void>& inForce) {
                             if (!inForce) return reply(fail(inForce.error()));
                             answerStatus(services, reply);
                         });
                     }});
}

}  // namespace

void getQueue(Services& services, Call, Reply reply) {
    answerStatus(services, reply);
}

void pauseQueue(Services& services, Call call, Reply reply) {
    change(services, call, reply, beginning, store::pauses::set);
}

void resumeQueue(Services& services, Call call, Reply reply) {
    change(services, call, reply, "queue.resume", [](store::Transaction& transaction, const store::PauseRecord& pause) {
        return store::pauses::clear(transaction, pause.kind, pause.name);
    });
}

}  // namespace postroom::api
