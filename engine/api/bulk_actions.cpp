// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/handlers.h"
#include "engine/api/message_change.h"
#include "engine/api/message_filter.h"
#include "engine/api/services.h"
#include "engine/contract/requests.h"

namespace postroom::api {

namespace {

using contract::BulkRequest;
using contract::BulkResult;

// One page is read, withdrawn from the dispatcher and written; then the next. Nothing is held between pages but where
// it stands, and an answer says where it stopped long before a caller would give up waiting.
constexpr int pageMessages = 100;
constexpr std::int64_t mostMessages = 10'000;
constexpr std::chrono::seconds longest{5};

struct Target {
    Id id;
    std::string lane;
    std::unordered_set<Id> inFlight = {};
};

// A run under way: handed from thread to thread, in one at a time.
struct Run {
    Services& services;
    Call call;
    Reply reply;
    MessageAct act;
    BulkRequest request;
    store::MessageFilter filter;
    SteadyPoint end;
    std::size_t nextId = 0;  ///< of request.ids
    bool hasBegun = false;
    BulkResult result = {};
    BulkResult before = {};  ///< as it was when the page under way began; its cursor is where that page begins
};

void nextPage(const std::shared_ptr<Run>& run);

void finish(const std::shared_ptr<Run>& run) {
    run->reply(Answer{.data = contract::toJson(run->result)});
}

// After a failure, which leaves the page under way undone: what was done before it is told all the same, unless nothing
// was.
void stop(const std::shared_ptr<Run>& run, const Error& error) {
    run->result = std::move(run->before);
    if (run->result.messages == 0) return run->reply(fail(error));
    run->result.stoppedBy = wireName(error.code);
    finish(run);
}

// The messages of the next page, and where the one after it begins.
Result<std::vector<store::MessageRecord>> readPage(Run& run, store::Connection& connection,
                                                   std::optional<std::string>& next) {
    std::vector<store::MessageRecord> messages;
    if (run.request.ids.empty()) {
        auto page = store::search::page(connection, run.filter, pageMessages);
        if (!page) return fail(page.error());
        if (page->next) next = page->next->text();
        run.filter.before = page->next;
        for (auto& row : page->rows) messages.push_back(std::move(row.message));
        return messages;
    }
    const auto& ids = run.request.ids;
    const std::size_t last = std::min(run.nextId + pageMessages, ids.size());
    for (; run.nextId < last; ++run.nextId) {
        auto message = store::messages::find(connection, ids[run.nextId]);
        if (!message) return fail(message.error());
        if (*message && (!run.filter.keyId || (*message)->keyId == run.filter.keyId))
            messages.push_back(std::move(**message));
        else
            ++run.result.skipped;
    }
    if (run.nextId < ids.size()) next = ids[run.nextId].text();
    return messages;
}

// Counts what the act is for, and keeps those messages that have any of it.
Result<std::vector<Target>> judge(Run& run, store::Connection& connection,
                                  const std::vector<store::MessageRecord>& messages) {
    std::vector<Id> ids;
    for (const auto& message : messages) ids.push_back(message.id);
    auto counts = store::messages::stateCounts(connection, ids);
    if (!counts) return fail(counts.error());
    std::vector<Target> targets;
    for (const auto& message : messages) {
        std::int64_t recipients = 0;
        for (const contract::State state : statesFor(run.act)) {
            const auto& states = (*counts)[message.id];
            const auto at = states.find(state);
            if (at == states.end()) continue;
            recipients += at->second;
            run.result.recipientsByState[std::string(contract::name(state))] += at->second;
        }
        ++run.result.found;
        if (recipients == 0) {
            ++run.result.skipped;
            continue;
        }
        if (run.request.dryRun) {
            ++run.result.messages;
            run.result.recipients += recipients;
        } else {
            targets.push_back({.id = message.id,
                               .lane = queue::laneName(message.fromAddress, message.pinnedAccount, message.sandbox)});
        }
    }
    return targets;
}

struct Written {
    std::int64_t messages = 0, recipients = 0, skipped = 0;
};

Result<Written> writePage(const Run& run, store::Transaction& transaction, const std::vector<Target>& targets) {
    Written written;
    for (const Target& target : targets) {
        const auto changed =
            change(run.act, transaction, run.services.files, target.id, target.inFlight, run.services.clock.now());
        // Gone since it was read, or an attachment of it is.
        const bool canNot =
            !changed && (changed.error().code == ErrorCode::NotFound || changed.error().code == ErrorCode::Conflict);
        if (!changed && !canNot) return fail(changed.error());
        const int recipients = changed.value_or(0);
        recipients > 0 ? ++written.messages : ++written.skipped;
        written.recipients += recipients;
    }
    if (written.messages == 0) return written;
    const json::Object detail{{"messages", written.messages},
                              {"recipients", written.recipients},
                              {"first", targets.front().id.text()},
                              {"last", targets.back().id.text()}};
    const std::string target = run.request.ids.empty() ? run.request.q : std::string("ids");
    auto noted = audit(transaction, run.services, run.call, "messages." + std::string(name(run.act)), target, detail);
    if (!noted) return fail(noted.error());
    return written;
}

// In the queue thread, when the dispatcher has let go of all of them.
void write(const std::shared_ptr<Run>& run, std::shared_ptr<std::vector<Target>> targets) {
    const auto written = std::make_shared<Written>();
    run->services.writer.submit(store::Write{[run, targets, written](store::Transaction& transaction) -> Result<void> {
                                                 auto page = writePage(*run, transaction, *targets);
                                                 if (!page) return fail(page.error());
                                                 *written = *page;
                                                 return {};
                                             },
                                             [run, targets, written](const Result<void>& result) {
                                                 for (const Target& target : *targets) {
                                                     run->services.dispatcher.lookAgain(target.id, target.lane);
                                                     if (result)
                                                         run->services.events.note(observe::Topic::Messages, target.id);
                                                 }
                                                 if (!result) return stop(run, result.error());
                                                 run->services.events.note(observe::Topic::Queue);
                                                 run->result.messages += written->messages;
                                                 run->result.recipients += written->recipients;
                                                 run->result.skipped += written->skipped;
                                                 nextPage(run);
                                             }});
}

void withdraw(const std::shared_ptr<Run>& run, std::vector<Target> found) {
    const auto targets = std::make_shared<std::vector<Target>>(std::move(found));
    const auto left = std::make_shared<std::size_t>(targets->size());  // counted down in the queue thread
    for (std::size_t i = 0; i < targets->size(); ++i)
        run->services.dispatcher.withdraw((*targets)[i].id, (*targets)[i].lane,
                                          [run, targets, left, i](std::unordered_set<Id> inFlight) {
                                              (*targets)[i].inFlight = std::move(inFlight);
                                              if (--*left == 0) write(run, targets);
                                          });
}

void nextPage(const std::shared_ptr<Run>& run) {
    if (std::exchange(run->hasBegun, true) && !run->result.nextCursor) return finish(run);
    if (run->result.found >= mostMessages || run->services.clock.steady() >= run->end) return finish(run);
    run->before = run->result;
    const bool taken = run->services.readers.submit([run](store::Connection& connection) {
        std::optional<std::string> next;
        const auto messages = readPage(*run, connection, next);
        if (!messages) return stop(run, messages.error());
        auto targets = judge(*run, connection, *messages);
        if (!targets) return stop(run, targets.error());
        run->result.nextCursor = std::move(next);
        if (targets->empty()) return run->result.nextCursor ? nextPage(run) : finish(run);
        withdraw(run, std::move(*targets));
    });
    if (!taken) stop(run, Error{.code = ErrorCode::Stopping});
}

// The request's own rules, beyond its schema.
Result<BulkRequest> readRequest(const Call& call) {
    auto request = contract::fromJson<BulkRequest>(call.body);
    if (!request) return request;
    const bool byIds = call.body.get_object().contains("ids");
    if (byIds == call.body.get_object().contains("q"))
        return fail(invalidField("q", "search.or_ids", "either q or ids says which messages"));
    if (byIds && request->ids.empty()) return fail(invalidField("ids", "field.empty", "must not be empty"));
    // All mail there is: that is said, or it is a mistake.
    if (!byIds && request->q.find_first_not_of(' ') == request->q.npos)
        return fail(invalidField("q", "field.empty", "must not be empty"));
    // A cursor names one of the ids: each stands there once.
    std::unordered_set<Id> seen;
    std::erase_if(request->ids, [&](const Id& id) { return !seen.insert(id).second; });
    return request;
}

}  // namespace

void actOnMessages(Services& services, Call call, Reply reply) {
    auto request = readRequest(call);
    if (!request) return reply(fail(request.error()));
    auto filter = filterOf(services, call, request->q);
    if (!filter) return reply(fail(filter.error()));
    // Who may read others' mail may not therefore stop it.
    if (!call.principal.scopes.has(security::Scope::Admin)) filter->keyId = call.principal.keyId;
    const auto run = std::make_shared<Run>(Run{.services = services,
                                               .call = std::move(call),
                                               .reply = std::move(reply),
                                               .act = *messageActNamed(request->action),
                                               .request = std::move(*request),
                                               .filter = std::move(*filter),
                                               .end = services.clock.steady() + longest});
    run->result.action = run->request.action;
    run->result.dryRun = run->request.dryRun;
    if (const std::string& cursor = run->request.cursor; !cursor.empty()) {
        run->filter.before = Id::parse(cursor);
        const auto& ids = run->request.ids;
        const auto at = std::find_if(ids.begin(), ids.end(), [&](const Id& id) { return id.text() == cursor; });
        if (!run->filter.before || (!ids.empty() && at == ids.end()))
            return run->reply(fail(invalidField("cursor", "field.not_allowed", "is not a cursor of this request")));
        run->nextId = ids.empty() ? 0 : static_cast<std::size_t>(at - ids.begin());
    }
    if (run->request.ids.empty()) {
        // What is accepted from here on is no part of it, nor of what follows a dry run with this cursor.
        if (!run->filter.before) run->filter.before = makeId(services.clock.now());
        run->result.startCursor = run->filter.before->text();
    }
    nextPage(run);
}

}  // namespace postroom::api
