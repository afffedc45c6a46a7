// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/csv_page.h"
#include "engine/api/handlers.h"
#include "engine/api/message_filter.h"
#include "engine/api/router.h"
#include "engine/api/services.h"

namespace postroom::api {

namespace {

using contract::ExportPage;
using contract::ExportRow;

constexpr int pageMessages = 200;
// With a thousand recipients each, so many messages would be too much for one answer.
constexpr int pageRows = 5000;

ExportRow rowOf(const store::FoundMessage& found, const store::DeliveryRecord& delivery,
                const std::vector<store::AccountRecord>& accounts) {
    const store::MessageRecord& message = found.message;
    std::string account = message.sandbox ? "sandbox" : delivery.accountId ? delivery.accountId->text() : std::string();
    for (const store::AccountRecord& known : accounts)
        if (known.id == delivery.accountId) account = known.email;
    return {.messageId = message.id,
            .createdAt = message.createdAt,
            .subject = message.subject,
            .from = message.fromAddress,
            .recipient = delivery.recipient,
            .kind = delivery.kind,
            .status = delivery.status,
            .attempts = delivery.attempts,
            .reason = delivery.reason,
            .lastReply = delivery.lastReply,
            .account = std::move(account),
            .updatedAt = delivery.updatedAt,
            .tags = found.tags,
            .templateName = found.templateName,
            .keyId = message.keyId,
            .size_bytes = message.size_bytes,
            .messageIdHeader = message.messageIdHeader};
}

Result<ExportPage> pageOf(store::Connection& connection, const store::MessageFilter& filter, int limit,
                          const std::vector<store::AccountRecord>& accounts) {
    auto found = store::search::page(connection, filter, limit);
    if (!found) return fail(found.error());
    int rows = 0;
    for (std::size_t i = 0; i < found->rows.size(); ++i) {
        rows += found->rows[i].message.recipients;
        if (rows < pageRows || i + 1 == found->rows.size()) continue;
        found->rows.resize(i + 1);
        found->next = found->rows.back().message.id;
        found->searchedBackTo.reset();
        break;
    }
    std::vector<Id> ids;
    for (const auto& row : found->rows) ids.push_back(row.message.id);
    const auto deliveries = store::search::deliveriesOf(connection, ids);
    if (!deliveries) return fail(deliveries.error());
    ExportPage page{.items = {}, .nextCursor = {}, .searchedBackTo = found->searchedBackTo};
    if (found->next) page.nextCursor = found->next->text();
    for (const auto& row : found->rows)
        if (const auto at = deliveries->find(row.message.id); at != deliveries->end())
            for (const auto& delivery : at->second) page.items.push_back(rowOf(row, delivery, accounts));
    return page;
}

}  // namespace

void exportMessages(Services& services, Call call, Reply reply) {
    const std::string format = call.queryValue("format").value_or("json");
    if (format != "json" && format != "csv")
        return reply(fail(invalidField("format", "field.not_allowed", "must be one of: json, csv")));
    const auto limit = call.queryValue("limit") ? pageLimit(call) : Result<int>{pageMessages};
    const auto mark = queryFlag(call, "bom");
    auto filter = filterOf(services, call);
    if (!limit) return reply(fail(limit.error()));
    if (!mark) return reply(fail(mark.error()));
    if (!filter) return reply(fail(filter.error()));
    const auto accounts = services.accounts.get();
    answerFrom(services, std::move(reply),
               [call = std::move(call), filter = std::move(*filter), limit = *limit, mark = *mark, accounts,
                isCsv = format == "csv"](store::Connection& connection) -> Result<Answer> {
                   auto page = pageOf(connection, filter, limit, *accounts);
                   if (!page) return fail(page.error());
                   if (!isCsv) return Answer{.data = contract::toJson(*page)};
                   Answer answer{.data = nullptr,
                                 .bare = csvOf(page->items, !filter.before, mark),
                                 .contentType = "text/csv; charset=utf-8"};
                   addCsvHeaders(answer, call, "messages.csv", page->nextCursor);
                   return answer;
               });
}

}  // namespace postroom::api
