// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/handlers.h"
#include "engine/api/services.h"
#include "engine/api/views.h"
#include "engine/base/text.h"
#include "engine/content/encoded_word.h"
#include "engine/store/audit.h"
#include "engine/store/ledger.h"

namespace postroom::api {

void getQueue(Services& services, Call, Reply reply) {
    services.readers.submit([&services, reply = std::move(reply)](store::Connection& connection) {
        auto counters = store::ledger::readCounters(connection);
        auto lanes = store::messages::dueLanes(connection);
        if (!counters || !lanes) return reply(fail(counters ? lanes.error() : counters.error()));
        contract::QueueStatus status;
        for (const char* name : {"accepted", "erased"}) status.recipients[name] = 0;
        for (const contract::State state : contract::allStates)
            status.recipients[std::string(contract::name(state))] = 0;
        for (const auto& [name, value] : *counters)
            if (name.find('.') == name.npos) status.recipients[name] = value;
        status.imbalance = store::ledger::imbalance(*counters);
        const TimePoint now = services.clock.now();
        for (const auto& lane : *lanes)
            status.oldestAge_seconds =
                std::max(status.oldestAge_seconds, std::chrono::duration<double>(now - lane.earliestDue).count());
        services.dispatcher.look({}, [reply, status, now](queue::Dispatcher::Look look) mutable {
            status.inMemory = static_cast<std::int64_t>(look.inMemory);
            status.inFlight = static_cast<std::int64_t>(look.flights);
            for (const policy::AccountView& view : look.accounts)
                status.accounts.push_back(chanceOf(view, nullptr, now));
            reply(Answer{.data = contract::toJson(status)});
        });
    });
}

void listAudit(Services& services, Call call, Reply reply) {
    const auto limit = pageLimit(call);
    const auto cursor = pageCursor(call);
    if (!limit || !cursor) return reply(fail(limit ? cursor.error() : limit.error()));
    answerFrom(services, std::move(reply),
               [limit = *limit, cursor = *cursor](store::Connection& connection) -> Result<Answer> {
                   auto rows = store::audit::list(connection, limit, cursor);
                   if (!rows) return fail(rows.error());
                   contract::Page<contract::AuditEntry> page;
                   for (const auto& row : *rows) {
                       auto detail = json::parse(row.detail);
                       page.items.push_back({.id = row.id,
                                             .at = row.at,
                                             .actor = row.actor,
                                             .action = row.action,
                                             .target = row.target,
                                             .detail = detail ? std::move(*detail) : json::Value(nullptr)});
                   }
                   if (static_cast<int>(rows->size()) == limit) page.nextCursor = rows->back().id.text();
                   return Answer{.data = contract::toJson(page)};
               });
}

void listSandbox(Services& services, Call call, Reply reply) {
    const auto limit = pageLimit(call);
    if (!limit) return reply(fail(limit.error()));
    services.smtpWorker.post([&services, reply = std::move(reply), limit = *limit, before = call.queryValue("cursor")] {
        const auto mails = services.sandbox.list(static_cast<std::size_t>(limit), before);
        contract::Page<contract::SandboxMail> page;
        for (const auto& mail : mails)
            page.items.push_back({.id = mail.id,
                                  .receivedAt = mail.receivedAt,
                                  .from = mail.from,
                                  .to = mail.to,
                                  .subject = content::decodeEncodedWords(mail.subject),
                                  .size_bytes = static_cast<std::int64_t>(mail.size_bytes)});
        if (static_cast<int>(mails.size()) == limit) page.nextCursor = mails.back().id;
        reply(Answer{.data = contract::toJson(page)});
    });
}

void getSandboxMail(Services& services, Call call, Reply reply) {
    services.smtpWorker.post([&services, reply = std::move(reply), id = call.param(0)] {
        auto source = services.sandbox.read(id);
        if (!source) return reply(fail(source.error()));
        // Our own composer writes 7-bit; a stranger's bytes become what JSON can hold.
        if (!isValidUtf8(*source)) source = toUtf8(QString::fromLatin1(viewOf(*source)));
        reply(Answer{.data = contract::toJson(contract::SandboxSource{.id = id, .source = std::move(*source)})});
    });
}

}  // namespace postroom::api
