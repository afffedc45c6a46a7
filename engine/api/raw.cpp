// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/handlers.h"
#include "engine/api/services.h"
#include "engine/content/header.h"
#include "engine/content/mail_reader.h"
#include "engine/queue/mail_body.h"

namespace postroom::api {

namespace {

struct Stored {
    store::MessageRecord message;
    std::shared_ptr<const content::Composition> composition;  // a WireReader shares it, see there
    std::optional<Id> carriedBy;                              // the account of the last attempt
};

Result<Stored> readStored(store::Connection& connection, const Call& call) {
    const auto id = pathId(call);
    if (!id) return fail(id.error());
    auto message = store::messages::find(connection, *id);
    if (!message) return fail(message.error());
    if (!*message || !call.principal.sees((*message)->keyId)) return fail(ErrorCode::NotFound);
    const auto body = store::messages::body(connection, *id);
    if (!body) return fail(body.error());
    auto composition = queue::unpackBody(*body, (*message)->messageIdHeader);
    if (!composition) return fail(composition.error());
    Stored out{.message = std::move(**message), .composition = std::move(*composition), .carriedBy = {}};
    if (out.message.fromAddress.empty() && !out.message.sandbox) {
        const auto deliveries = store::messages::deliveries(connection, *id);
        if (!deliveries) return fail(deliveries.error());
        for (const auto& delivery : *deliveries)
            if (delivery.accountId) out.carriedBy = delivery.accountId;
        if (!out.carriedBy) out.carriedBy = Id::parse(out.message.pinnedAccount);
    }
    return out;
}

// The From line that the account sets. Empty where the sender gave one, and as long as no account is known.
std::string fromLineOf(const Services& services, const Stored& stored) {
    if (!stored.message.fromAddress.empty()) return {};
    if (stored.message.sandbox) return queue::fromLineOf(nullptr);
    const auto accounts = services.accounts.get();
    for (const store::AccountRecord& account : *accounts)
        if (account.id == stored.carriedBy) return queue::fromLineOf(&account);
    return {};
}

Result<std::string> wireOf(Services& services, const Stored& stored) {
    content::WireReader reader{fromLineOf(services, stored), stored.composition, services.files};
    std::string wire;
    wire.reserve(static_cast<std::size_t>(reader.size_bytes()));
    while (true) {
        const auto piece = reader.next();
        if (!piece) return fail(piece.error());
        if (piece->empty()) return wire;
        wire.append(*piece);
    }
}

}  // namespace

void getRawMessage(Services& services, Call call, Reply reply) {
    const std::string format =
        call.queryValue("format").value_or(call.accept.find("message/rfc822") == std::string::npos ? "json" : "eml");
    if (format != "json" && format != "eml")
        return reply(fail(invalidField("format", "field.not_allowed", "must be one of: json, eml")));
    services.readers.submit([&services, call = std::move(call), reply = std::move(reply),
                             isEml = format == "eml"](store::Connection& connection) {
        auto stored = readStored(connection, call);
        if (!stored) return reply(fail(stored.error()));
        services.heavyWorker.post([&services, reply, isEml, stored = std::move(*stored)] {
            auto wire = wireOf(services, stored);
            if (!wire) return reply(fail(wire.error()));
            const std::string id = stored.message.id.text();
            // Whole in memory, one at a time in this thread, and never larger than a mail may be to be accepted.
            if (isEml)
                return reply(Answer{.data = nullptr,
                                    .bare = std::move(*wire),
                                    .contentType = "message/rfc822",
                                    .headers = {{"Content-Disposition", "attachment; filename=\"" + id + ".eml\""}}});
            contract::MailContent mail = content::readMail(*wire);
            mail.id = id;
            reply(Answer{.data = contract::toJson(mail)});
        });
    });
}

}  // namespace postroom::api
