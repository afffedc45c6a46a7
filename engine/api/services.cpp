// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/services.h"

#include "engine/base/text.h"
#include "engine/store/accounts.h"
#include "engine/store/audit.h"
#include "engine/store/dkim_keys.h"
#include "engine/store/keys.h"
#include "engine/store/pauses.h"

#include <charconv>

namespace postroom::api {

std::optional<std::string> Call::queryValue(std::string_view name) const {
    for (const auto& [key, value] : query)
        if (key == name) return value;
    return std::nullopt;
}

void answerFrom(Services& services, Reply reply, std::function<Result<Answer>(store::Connection&)> read) {
    services.readers.submit(
        [reply = std::move(reply), read = std::move(read)](store::Connection& connection) { reply(read(connection)); });
}

void answerAfter(Services& services, Reply reply, std::function<Result<void>(store::Transaction&)> apply,
                 std::function<Result<Answer>()> answer, std::function<void(Rereads::Done)> after) {
    services.writer.submit(store::Write{std::move(apply), [reply = std::move(reply), answer = std::move(answer),
                                                           after = std::move(after)](const Result<void>& result) {
                                            if (!result) return reply(fail(result.error()));
                                            if (!after) return reply(answer());
                                            after([reply, answer](const Result<void>& inForce) {
                                                if (!inForce) return reply(fail(inForce.error()));
                                                reply(answer());
                                            });
                                        }});
}

void inHeavy(Services& services, Call call, Reply reply, void (*work)(Services&, Call, Reply)) {
    const bool posted = services.heavyWorker.post([&services, call = std::move(call), reply, work]() mutable {
        work(services, std::move(call), std::move(reply));
    });
    if (!posted) reply(fail(ErrorCode::Stopping));
}

Result<void> audit(store::Transaction& transaction, const Services& services, const Call& call, std::string_view action,
                   std::string_view target, json::Object detail) {
    detail["request_id"] = call.requestId;
    const TimePoint now = services.clock.now();
    return store::audit::append(transaction, {.id = makeId(now),
                                              .at = now,
                                              .actor = call.principal.actor,
                                              .action = std::string(action),
                                              .target = std::string(target),
                                              .detail = json::serialise(detail)});
}

namespace {

void noteChange(Services& services, observe::Topic topic, const Id& id) {
    if (id.isNull())
        services.events.note(topic);
    else
        services.events.note(topic, id);
}

// Reads what the queue has to have too: `read` hands it on, and `inForce` is called there once it is.
void rereadWithQueue(Services& services, std::string what,
                     std::function<Result<void>(store::Connection&, std::function<void()> inForce)> read,
                     Rereads::Done done) {
    const auto told = std::make_shared<Rereads::Done>(std::move(done));  // by the queue, or by a reading that failed
    const auto tellOnce = [told](const Result<void>& result) {
        if (const auto tell = std::exchange(*told, nullptr)) tell(result);
    };
    services.rereads.submit(
        std::move(what),
        [read = std::move(read), tellOnce](store::Connection& connection) {
            return read(connection, [tellOnce] { tellOnce({}); });
        },
        [tellOnce](const Result<void>& result) {
            if (!result) tellOnce(result);
        });
}

}  // namespace

void refreshAccounts(Services& services, const Id& changed, Rereads::Done done) {
    rereadWithQueue(
        services, "the accounts",
        [&services, changed](store::Connection& connection, std::function<void()> inForce) -> Result<void> {
            auto rows = store::accounts::list(connection);
            if (!rows) return fail(rows.error());
            services.accounts.set(*rows);
            services.dispatcher.setAccounts(std::move(*rows), [&services, changed, inForce = std::move(inForce)] {
                noteChange(services, observe::Topic::Accounts, changed);
                inForce();
            });
            return {};
        },
        std::move(done));
}

void refreshKeys(Services& services, const Id& changed, Rereads::Done done) {
    services.rereads.submit(
        "the API keys",
        [&services, changed](store::Connection& connection) -> Result<void> {
            auto rows = store::keys::list(connection);
            if (!rows) return fail(rows.error());
            services.keys.set(KeyRing(std::move(*rows)));
            noteChange(services, observe::Topic::Keys, changed);
            return {};
        },
        std::move(done));
}

void refreshPauses(Services& services, Rereads::Done done) {
    rereadWithQueue(
        services, "the pauses",
        [&services](store::Connection& connection, std::function<void()> inForce) -> Result<void> {
            const auto rows = store::pauses::list(connection);
            if (!rows) return fail(rows.error());
            services.dispatcher.setPauses(queue::pausesOf(*rows), [&services, inForce = std::move(inForce)] {
                for (const auto topic : {observe::Topic::Queue, observe::Topic::Accounts, observe::Topic::Messages})
                    services.events.note(topic);
                inForce();
            });
            return {};
        },
        std::move(done));
}

void refreshTemplates(Services& services, Rereads::Done done) {
    services.rereads.submit(
        "the templates",
        [&services](store::Connection& connection) -> Result<void> {
            auto rows = store::templates::published(connection);
            if (!rows) return fail(rows.error());
            const auto before = services.templates.get();
            services.templates.set(TemplateBook::of(*rows, *before));
            services.events.note(observe::Topic::Templates);
            return {};
        },
        std::move(done));
}

void refreshDkimKeys(Services& services, Rereads::Done done) {
    services.rereads.submit(
        "the DKIM keys",
        [&services](store::Connection& connection) -> Result<void> {
            auto rows = store::dkim_keys::list(connection);
            if (!rows) return fail(rows.error());
            services.mailSigner.setKeys(*rows, services.vault);
            services.events.note(observe::Topic::Settings);
            return {};
        },
        std::move(done));
}

const store::AccountRecord* accountNamed(const std::vector<store::AccountRecord>& accounts, std::string_view text) {
    const auto named = [&](auto&& isIt) { return std::find_if(accounts.begin(), accounts.end(), isIt); };
    auto at = named([&](const auto& account) { return account.id.text() == text || account.email == text; });
    // Two accounts may differ in the case of the local part alone; who types another case means the only one there is.
    if (at == accounts.end()) at = named([&](const auto& account) { return equalsIgnoreCase(account.email, text); });
    return at == accounts.end() ? nullptr : &*at;
}

Result<Id> pathId(const Call& call) {
    const auto id = Id::parse(call.param(0));
    if (!id) return fail(ErrorCode::NotFound);
    return *id;
}

Result<int> numberIn(const Call& call, const std::string& name, int least, int greatest, int absent) {
    const auto given = call.queryValue(name);
    if (!given) return absent;
    const char* const end = given->data() + given->size();
    int number = 0;
    const auto [at, error] = std::from_chars(given->data(), end, number);
    if (error == std::errc::invalid_argument || at != end)
        return fail(invalidField(name, "field.type",
                                 "must be a number from " + std::to_string(least) + " to " + std::to_string(greatest)));
    const bool isNegative = given->starts_with('-');
    if (error == std::errc{} ? number < least : isNegative)
        return fail(invalidField(name, "field.too_small", "must be at least " + std::to_string(least)));
    if (error != std::errc{} || number > greatest)
        return fail(invalidField(name, "field.too_large", "must be at most " + std::to_string(greatest)));
    return number;
}

Result<int> pageLimit(const Call& call) {
    return numberIn(call, "limit", 1, 200, 50);
}

Result<std::optional<Id>> pageCursor(const Call& call) {
    const auto given = call.queryValue("cursor");
    if (!given) return std::optional<Id>{};
    const auto id = Id::parse(*given);
    if (!id) return fail(invalidField("cursor", "field.not_allowed", "is not a cursor of this list"));
    return id;
}

}  // namespace postroom::api
