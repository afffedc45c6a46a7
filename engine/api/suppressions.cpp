// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/suppressions.h"

#include "engine/api/csv_page.h"
#include "engine/api/handlers.h"
#include "engine/api/message_filter.h"
#include "engine/api/services.h"
#include "engine/api/suppression_form.h"
#include "engine/api/views.h"
#include "engine/base/text.h"

namespace postroom::api {

namespace {

using contract::Page;
using contract::Suppression;

constexpr int exportedAtOnce = 1000;
// So few that one commit with them holds nobody up.
constexpr std::size_t importedAtOnce = 500;

Result<store::SuppressionSearch> searchIn(const Call& call) {
    const auto cursor = pageCursor(call);
    if (!cursor) return fail(cursor.error());
    return store::SuppressionSearch{.part = toLowerAscii(call.queryValue("q").value_or("")),
                                    .reason = call.queryValue("reason").value_or(""),
                                    .before = *cursor};
}

Result<Page<Suppression>> pageOf(store::Connection& connection, const store::SuppressionSearch& search, int limit) {
    const auto found = store::suppressions::page(connection, search, limit);
    if (!found) return fail(found.error());
    Page<Suppression> page;
    for (const auto& row : found->rows) page.items.push_back(toContract(row));
    if (found->next) page.nextCursor = found->next->text();
    return page;
}

// The path names an id or an address.
Result<store::SuppressionRecord> named(store::Connection& connection, const Call& call) {
    const std::string given = call.param(0);
    Result<std::optional<store::SuppressionRecord>> found = std::optional<store::SuppressionRecord>{};
    if (const auto id = Id::parse(given)) {
        found = store::suppressions::find(connection, *id);
    } else {
        const auto address = readSuppressedAddress(given, "id");
        if (!address) return fail(ErrorCode::NotFound);
        found = store::suppressions::find(connection, *address);
    }
    if (!found) return fail(found.error());
    if (!*found) return fail(ErrorCode::NotFound);
    return std::move(**found);
}

struct Import {
    Services& services;
    Call call;
    Reply reply;
    SuppressionList list;
    contract::SuppressionImport result = {};
    bool isNoted = false;  ///< in the audit
};

// One commit, and then the next: the list was checked whole, so that only the disk can stop it half-way.
void importNext(const std::shared_ptr<Import>& import) {
    Services& services = import->services;
    const TimePoint now = services.clock.now();
    const auto rows = std::make_shared<std::vector<store::SuppressionRecord>>(import->list.next(importedAtOnce, now));
    if (rows->empty() && import->isNoted) {
        import->result.ended = import->list.ended();
        return import->reply(Answer{.data = contract::toJson(import->result)});
    }
    const auto added = std::make_shared<std::int64_t>(0);
    services.writer.submit(store::Write{[import, rows, added, now](store::Transaction& transaction) -> Result<void> {
                                            Services& services = import->services;
                                            *added = 0;
                                            for (const auto& row : *rows) {
                                                services.suppressions.add(row.address);
                                                const auto inserted =
                                                    store::suppressions::insert(transaction, row, now);
                                                if (!inserted) return fail(inserted.error());
                                                *added += *inserted ? 1 : 0;
                                            }
                                            if (import->isNoted) return {};
                                            return audit(transaction, services, import->call, "suppressions.import",
                                                         "suppressions", {{"lines", import->result.lines}});
                                        },
                                        [import, rows, added](const Result<void>& result) {
                                            if (!result) return import->reply(fail(result.error()));
                                            import->isNoted = true;
                                            import->result.added += *added;
                                            import->result.known += static_cast<std::int64_t>(rows->size()) - *added;
                                            if (!import->services.heavyWorker.post([import] { importNext(import); }))
                                                import->reply(fail(ErrorCode::Stopping));
                                        }});
}

}  // namespace

void listSuppressions(Services& services, Call call, Reply reply) {
    const auto limit = pageLimit(call);
    auto search = searchIn(call);
    if (!limit) return reply(fail(limit.error()));
    if (!search) return reply(fail(search.error()));
    answerFrom(services, std::move(reply),
               [search = std::move(*search), limit = *limit](store::Connection& connection) -> Result<Answer> {
                   const auto page = pageOf(connection, search, limit);
                   if (!page) return fail(page.error());
                   return Answer{.data = contract::toJson(*page)};
               });
}

void exportSuppressions(Services& services, Call call, Reply reply) {
    const bool isCsv = call.queryValue("format").value_or("json") == "csv";
    const auto limit = call.queryValue("limit") ? pageLimit(call) : Result<int>{exportedAtOnce};
    const auto mark = queryFlag(call, "bom");
    auto search = searchIn(call);
    if (!limit) return reply(fail(limit.error()));
    if (!mark) return reply(fail(mark.error()));
    if (!search) return reply(fail(search.error()));
    answerFrom(services, std::move(reply),
               [call = std::move(call), search = std::move(*search), limit = *limit, mark = *mark,
                isCsv](store::Connection& connection) -> Result<Answer> {
                   const auto page = pageOf(connection, search, limit);
                   if (!page) return fail(page.error());
                   if (!isCsv) return Answer{.data = contract::toJson(*page)};
                   Answer answer{.data = nullptr,
                                 .bare = csvOf(page->items, !search.before, mark),
                                 .contentType = "text/csv; charset=utf-8"};
                   addCsvHeaders(answer, call, "suppressions.csv", page->nextCursor);
                   return answer;
               });
}

void getSuppression(Services& services, Call call, Reply reply) {
    answerFrom(services, std::move(reply), [call = std::move(call)](store::Connection& connection) -> Result<Answer> {
        const auto found = named(connection, call);
        if (!found) return fail(found.error());
        return Answer{.data = contract::toJson(toContract(*found))};
    });
}

void createSuppression(Services& services, Call call, Reply reply) {
    const TimePoint now = services.clock.now();
    auto record = readSuppression(call.body.get_object(), now);
    if (!record) return reply(fail(record.error()));
    answerAfter(
        services, std::move(reply),
        [&services, call = std::move(call), record = *record, now](store::Transaction& transaction) -> Result<void> {
            services.suppressions.add(record.address);
            const auto added = store::suppressions::insert(transaction, record, now);
            if (!added) return fail(added.error());
            if (!*added) return fail(ErrorCode::AlreadyExists, record.address + " is suppressed already");
            return audit(transaction, services, call, "suppression.create", record.address,
                         {{"reason", record.reason}});
        },
        [record = *record] { return Answer{.status = 201, .data = contract::toJson(toContract(record))}; });
}

void deleteSuppression(Services& services, Call call, Reply reply) {
    answerAfter(
        services, std::move(reply),
        [&services, call = std::move(call)](store::Transaction& transaction) -> Result<void> {
            const auto found = named(transaction.connection(), call);
            if (!found) return fail(found.error());
            if (auto removed = store::suppressions::remove(transaction, found->id); !removed) return removed;
            return audit(transaction, services, call, "suppression.remove", found->address,
                         {{"reason", found->reason}});
        },
        [] { return Answer{}; });
}

void importSuppressions(Services& services, Call call, Reply reply) {
    if (!services.heavyWorker.isCurrent())
        return inHeavy(services, std::move(call), std::move(reply), importSuppressions);
    std::string csv = std::move(call.bytes);
    call.bytes.clear();
    const std::shared_ptr<Import> import{
        new Import{services, std::move(call), std::move(reply), SuppressionList{std::move(csv)}}};
    const auto lines = import->list.check(services.clock.now());
    if (!lines) return import->reply(fail(lines.error()));
    import->result.lines = *lines;
    importNext(import);
}

}  // namespace postroom::api
