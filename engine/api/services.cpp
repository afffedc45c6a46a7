// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/services.h"

#include "engine/store/accounts.h"
#include "engine/store/audit.h"
#include "engine/store/keys.h"

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
                 std::function<Result<Answer>()> answer, std::function<void(std::function<void()>)> after) {
    services.writer.submit(store::Write{std::move(apply), [reply = std::move(reply), answer = std::move(answer),
                                                           after = std::move(after)](const Result<void>& result) {
                                            if (!result) return reply(fail(result.error()));
                                            if (!after) return reply(answer());
                                            after([reply, answer] { reply(answer()); });
                                        }});
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

}  // namespace

void refreshAccounts(Services& services, const Id& changed, std::function<void()> done) {
    services.readers.submit([&services, changed, done = std::move(done)](store::Connection& connection) {
        if (auto rows = store::accounts::list(connection)) services.accounts.set(std::move(*rows));
        services.dispatcher.reloadAccounts([&services, changed, done] {
            noteChange(services, observe::Topic::Accounts, changed);
            if (done) done();
        });
    });
}

void refreshKeys(Services& services, const Id& changed, std::function<void()> done) {
    services.readers.submit([&services, changed, done = std::move(done)](store::Connection& connection) {
        if (auto rows = store::keys::list(connection)) services.keys.set(KeyRing(std::move(*rows)));
        noteChange(services, observe::Topic::Keys, changed);
        if (done) done();
    });
}

void refreshTemplates(Services& services, std::function<void()> done) {
    services.readers.submit([&services, done = std::move(done)](store::Connection& connection) {
        const auto before = services.templates.get();
        if (auto rows = store::templates::published(connection))
            services.templates.set(TemplateBook::of(*rows, *before));
        services.events.note(observe::Topic::Templates);
        if (done) done();
    });
}

Result<Id> pathId(const Call& call) {
    const auto id = Id::parse(call.param(0));
    if (!id) return fail(ErrorCode::NotFound);
    return *id;
}

Result<int> pageLimit(const Call& call) {
    const auto given = call.queryValue("limit");
    if (!given) return 50;
    int limit = 0;
    const auto [end, error] = std::from_chars(given->data(), given->data() + given->size(), limit);
    if (error == std::errc::invalid_argument || end != given->data() + given->size())
        return fail(invalidField("limit", "field.type", "must be a number from 1 to 200"));
    if (error == std::errc{} && limit < 1) return fail(invalidField("limit", "field.too_small", "must be at least 1"));
    if (error != std::errc{} || limit > 200)
        return fail(invalidField("limit", "field.too_large", "must be at most 200"));
    return limit;
}

Result<std::optional<Id>> pageCursor(const Call& call) {
    const auto given = call.queryValue("cursor");
    if (!given) return std::optional<Id>{};
    const auto id = Id::parse(*given);
    if (!id) return fail(invalidField("cursor", "field.not_allowed", "is not a cursor of this list"));
    return id;
}

}  // namespace postroom::api
