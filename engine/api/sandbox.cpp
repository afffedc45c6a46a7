// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/handlers.h"
#include "engine/api/services.h"
#include "engine/content/encoded_word.h"
#include "engine/content/mail_reader.h"

namespace postroom::api {

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
        services.heavyWorker.post([reply, id, source = std::move(*source)] {
            contract::MailContent mail = content::readMail(source);
            mail.id = id;
            reply(Answer{.data = contract::toJson(mail)});
        });
    });
}

void clearSandbox(Services& services, Call call, Reply reply) {
    // The audit row first: files can't be part of its transaction, and an act without a row is the worse of the two.
    answerAfter(
        services, std::move(reply),
        [&services, call](store::Transaction& transaction) {
            return audit(transaction, services, call, "sandbox.clear", "sandbox");
        },
        [] { return Answer{}; },
        [&services](const Rereads::Done& done) {
            services.smtpWorker.post([&services, done] {
                services.sandbox.clear();
                services.events.note(observe::Topic::Sandbox);
                done({});
            });
        });
}

}  // namespace postroom::api
