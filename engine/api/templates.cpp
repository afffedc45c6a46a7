// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/templates.h"
#include "engine/api/handlers.h"
#include "engine/api/services.h"

#include <charconv>
#include <climits>

namespace postroom::api {

namespace {

using Compiled = std::shared_ptr<const CompiledTemplate>;

// What a request says a template is to say.
store::TemplateVersionRecord wordsIn(const Services& services, const Call& call, std::string name) {
    const json::Object& form = call.body.get_object();
    store::TemplateVersionRecord words;
    words.name = std::move(name);
    words.subject = json::text(form, "subject");
    words.html = json::text(form, "html");
    words.text = json::text(form, "text");
    words.sample = json::serialise(json::object(form, "sample"));
    words.createdAt = services.clock.now();
    words.createdBy = call.principal.actor;
    return words;
}

// The same, unless it refers to what is not there.
Result<Compiled> complete(const Services& services, Result<Compiled> words) {
    if (!words) return words;
    auto missing = services.templates.get()->missingFor(**words);
    if (missing.empty()) return words;
    return fail(invalidFields(std::move(missing)));
}

Result<Compiled> judged(const Services& services, const store::TemplateVersionRecord& words) {
    if (words.html.empty() && words.text.empty())
        return fail(invalidField("html", "field.required", "one of html and text is required"));
    return complete(services, CompiledTemplate::compile(words));
}

contract::Template toContract(const store::TemplateRecord& row) {
    contract::Template out;
    out.name = row.name;
    out.version = row.published;
    out.latestVersion = row.latest;
    out.revision = row.revision;
    out.createdAt = row.createdAt;
    out.updatedAt = row.updatedAt;
    return out;
}

json::Value parsedSample(const std::string& sample) {
    auto parsed = json::parse(sample);
    return parsed ? std::move(*parsed) : json::Value(json::Object{});
}

// The template as it is in the database, with its published words.
Result<Answer> shown(store::Connection& connection, const std::string& name, int status = 200) {
    const auto row = store::templates::find(connection, name);
    if (!row) return fail(row.error());
    if (!*row) return fail(ErrorCode::NotFound);
    const auto words = store::templates::version(connection, name, (*row)->published);
    if (!words) return fail(words.error());
    if (!*words) return fail(ErrorCode::NotFound);
    contract::Template out = toContract(**row);
    out.subject = (*words)->subject;
    out.html = (*words)->html;
    out.text = (*words)->text;
    out.sample = parsedSample((*words)->sample);
    if (const auto compiled = CompiledTemplate::compile(**words)) {
        out.variables = (*compiled)->variables();
        out.uses = (*compiled)->references();
    }
    return Answer{.status = status, .data = contract::toJson(out)};
}

// Commits, puts the new book in force, then shows the template as it is.
void change(Services& services, Call call, Reply reply, std::string_view action, const std::string& name, int status,
            std::function<Result<json::Object>(store::Transaction&)> apply) {
    services.writer.submit(store::Write{
        [&services, call = std::move(call), action, name, apply](store::Transaction& transaction) -> Result<void> {
            auto detail = apply(transaction);
            if (!detail) return fail(detail.error());
            return audit(transaction, services, call, action, name, std::move(*detail));
        },
        [&services, reply, name, status](const Result<void>& result) {
            if (!result) return reply(fail(result.error()));
            refreshTemplates(services, [&services, reply, name, status](const Result<void>& inForce) {
                if (!inForce) return reply(fail(inForce.error()));
                answerFrom(services, reply,
                           [name, status](store::Connection& connection) { return shown(connection, name, status); });
            });
        }});
}

Result<store::TemplateVersionRecord> wordsOf(store::Connection& connection, const std::string& name, int version) {
    const auto there = store::templates::find(connection, name);
    if (!there) return fail(there.error());
    if (!*there) return fail(ErrorCode::NotFound);
    auto words = store::templates::version(connection, name, version);
    if (!words) return fail(words.error());
    if (!*words) return fail(invalidField("version", "template.no_version", "there is no such version"));
    return std::move(**words);
}

// The version that was asked for, else the published one; NotFound, or ValidationFailed for the version. From the heavy
// thread and to it: what is compiled or rendered holds up no reader.
void withTemplate(Services& services, const std::string& name, std::int64_t version,
                  std::function<void(Result<Compiled>)> then) {
    const auto published = services.templates.get()->find(name);
    if (published && (version == 0 || version == published->version)) return then(published);
    if (version == 0) return then(fail(ErrorCode::NotFound));
    const auto next = std::make_shared<std::function<void(Result<Compiled>)>>(std::move(then));
    const bool posted = services.readers.submit([&services, name, version, next](store::Connection& connection) {
        const bool goesOn =
            services.heavyWorker.post([next, words = wordsOf(connection, name, static_cast<int>(version))] {
                (*next)(words ? CompiledTemplate::compile(*words) : fail(words.error()));
            });
        if (!goesOn) (*next)(fail(ErrorCode::Stopping));
    });
    if (!posted) (*next)(fail(ErrorCode::Stopping));
}

void withRendered(Services& services, const Call& call, const Reply& reply,
                  std::function<void(contract::RenderedTemplate)> then) {
    const json::Object& form = call.body.get_object();
    const json::Value* version = json::present(form, "version");
    withTemplate(
        services, call.param(0), version ? version->get_int64() : 0,
        [&services, form, reply, then = std::move(then)](const Result<Compiled>& words) {
            if (!words) return reply(fail(words.error()));
            const json::Object& given =
                json::present(form, "variables") ? json::object(form, "variables") : (*words)->sample;
            const std::string locale = json::text(form, "locale");
            auto rendered = services.templates.get()->render(
                **words,
                {.variables = given, .locale = locale, .allowUndefined = json::boolean(form, "allow_undefined")});
            if (!rendered) return reply(fail(rendered.error()));
            then(std::move(*rendered));
        });
}

}  // namespace

void listTemplates(Services& services, Call call, Reply reply) {
    const auto limit = pageLimit(call);
    if (!limit) return reply(fail(limit.error()));
    const std::string after = call.queryValue("cursor").value_or("");
    if (!after.empty() && !contract::isTemplateName(after))
        return reply(fail(invalidField("cursor", "field.not_allowed", "is not a cursor of this list")));
    answerFrom(services, std::move(reply),
               [&services, after, limit = *limit](store::Connection& connection) -> Result<Answer> {
                   const auto rows = store::templates::list(connection, after, limit);
                   if (!rows) return fail(rows.error());
                   const auto book = services.templates.get();
                   contract::Page<contract::Template> page;
                   for (const auto& row : *rows) {
                       contract::Template item = toContract(row);
                       if (const auto compiled = book->find(row.name)) {
                           item.variables = compiled->variables();
                           item.uses = compiled->references();
                       }
                       page.items.push_back(std::move(item));
                   }
                   if (static_cast<int>(rows->size()) == limit) page.nextCursor = rows->back().name;
                   return Answer{.data = contract::toJson(page)};
               });
}

void getTemplate(Services& services, Call call, Reply reply) {
    answerFrom(services, std::move(reply),
               [name = call.param(0)](store::Connection& connection) { return shown(connection, name); });
}

void createTemplate(Services& services, Call call, Reply reply) {
    const std::string name = json::text(call.body.get_object(), "name");
    if (!contract::isTemplateName(name))
        return reply(fail(invalidField("name", "field.not_allowed",
                                       "must be letters, digits, '.', '_' and '-', a letter or digit first")));
    const auto words = wordsIn(services, call, name);
    if (const auto fine = judged(services, words); !fine) return reply(fail(fine.error()));
    change(services, std::move(call), std::move(reply), "template.create", name, 201,
           [words](store::Transaction& transaction) -> Result<json::Object> {
               auto created = store::templates::create(transaction, words);
               if (!created && created.error().code == ErrorCode::AlreadyExists)
                   return fail(ErrorCode::AlreadyExists, "there is a template " + words.name + " already");
               if (!created) return fail(created.error());
               return json::Object{{"version", 1}};
           });
}

void putTemplate(Services& services, Call call, Reply reply) {
    const std::string name = call.param(0);
    const json::Object& form = call.body.get_object();
    const auto words = wordsIn(services, call, name);
    const bool publish = !json::present(form, "publish") || json::boolean(form, "publish");
    std::optional<std::int64_t> seen;
    if (const json::Value* revision = json::present(form, "revision")) seen = revision->get_int64();
    if (const auto fine = judged(services, words); !fine) return reply(fail(fine.error()));
    change(services, std::move(call), std::move(reply), "template.update", name, 200,
           [words, publish, seen](store::Transaction& transaction) -> Result<json::Object> {
               auto added = store::templates::addVersion(transaction, words, publish, seen);
               if (!added) return fail(added.error());
               return json::Object{{"version", *added}, {"published", publish}};
           });
}

void publishTemplate(Services& services, Call call, Reply reply) {
    const std::string name = call.param(0);
    const std::int64_t version = json::present(call.body.get_object(), "version")->get_int64();
    withTemplate(
        services, name, version, [&services, call, reply, name, version](const Result<Compiled>& words) mutable {
            // What it refers to may have been removed since it was stored.
            if (const auto fine = complete(services, words); !fine) return reply(fail(fine.error()));
            change(
                services, std::move(call), reply, "template.publish", name, 200,
                [name, version, now = services.clock.now()](store::Transaction& transaction) -> Result<json::Object> {
                    auto published = store::templates::publish(transaction, name, static_cast<int>(version), now);
                    if (!published) return fail(published.error());
                    return json::Object{{"version", version}};
                });
        });
}

void deleteTemplate(Services& services, Call call, Reply reply) {
    const std::string name = call.param(0);
    if (const auto users = services.templates.get()->usersOf(name); !users.empty())
        return reply(fail(ErrorCode::Conflict, "the template " + users.front() + " uses it"));
    answerAfter(
        services, std::move(reply),
        [&services, call, name](store::Transaction& transaction) -> Result<void> {
            if (auto removed = store::templates::remove(transaction, name); !removed) return removed;
            return audit(transaction, services, call, "template.remove", name);
        },
        []() -> Result<Answer> { return Answer{}; },
        [&services](Rereads::Done done) { refreshTemplates(services, std::move(done)); });
}

void listTemplateVersions(Services& services, Call call, Reply reply) {
    const auto limit = pageLimit(call);
    if (!limit) return reply(fail(limit.error()));
    int before = INT_MAX;
    if (const auto cursor = call.queryValue("cursor")) {
        const auto [end, error] = std::from_chars(cursor->data(), cursor->data() + cursor->size(), before);
        if (error != std::errc{} || end != cursor->data() + cursor->size())
            return reply(fail(invalidField("cursor", "field.not_allowed", "is not a cursor of this list")));
    }
    answerFrom(services, std::move(reply),
               [name = call.param(0), before, limit = *limit](store::Connection& connection) -> Result<Answer> {
                   const auto row = store::templates::find(connection, name);
                   if (!row) return fail(row.error());
                   if (!*row) return fail(ErrorCode::NotFound);
                   const auto rows = store::templates::versions(connection, name, before, limit);
                   if (!rows) return fail(rows.error());
                   contract::Page<contract::TemplateVersion> page;
                   for (const auto& one : *rows)
                       page.items.push_back({.version = one.version,
                                             .isPublished = one.version == (*row)->published,
                                             .subject = one.subject,
                                             .html = one.html,
                                             .text = one.text,
                                             .sample = parsedSample(one.sample),
                                             .createdAt = one.createdAt,
                                             .createdBy = one.createdBy});
                   if (static_cast<int>(rows->size()) == limit) page.nextCursor = std::to_string(rows->back().version);
                   return Answer{.data = contract::toJson(page)};
               });
}

void renderTemplate(Services& services, Call call, Reply reply) {
    if (!services.heavyWorker.isCurrent()) return inHeavy(services, std::move(call), std::move(reply), renderTemplate);
    withRendered(services, call, reply, [reply](const contract::RenderedTemplate& rendered) {
        reply(Answer{.data = contract::toJson(rendered)});
    });
}

// A message like any other: with a receipt, in the books, and in the sandbox where that is asked for.
void testTemplate(Services& services, Call call, Reply reply) {
    if (!services.heavyWorker.isCurrent()) return inHeavy(services, std::move(call), std::move(reply), testTemplate);
    withRendered(services, call, reply, [&services, call, reply](contract::RenderedTemplate rendered) mutable {
        const json::Object form = call.body.get_object();
        json::Object body{{"to", json::text(form, "to")},
                          {"subject", std::move(rendered.subject)},
                          {"content", std::move(rendered.html)},
                          {"text", std::move(rendered.text)}};
        for (const char* name : {"account", "locale"})
            if (json::present(form, name)) body[name] = json::text(form, name);
        call.body = std::move(body);
        postSend(services, std::move(call), std::move(reply));
    });
}

}  // namespace postroom::api
