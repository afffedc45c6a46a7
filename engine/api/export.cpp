// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/handlers.h"
#include "engine/api/message_filter.h"
#include "engine/api/router.h"
#include "engine/api/services.h"
#include "engine/contract/csv.h"

#include <QUrl>

namespace postroom::api {

namespace {

using contract::ExportPage;
using contract::ExportRow;

constexpr int pageMessages = 200;
// With a thousand recipients each, so many messages would be too much for one answer.
constexpr int pageRows = 5000;
constexpr std::string_view byteOrderMark = "\xef\xbb\xbf";

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

std::string cellOf(const json::Value& value) {
    if (value.is_string()) return std::string(value.get_string());
    if (value.is_null()) return {};
    const json::Array* list = value.if_array();
    if (!list) return json::serialise(value);
    std::string out;
    for (const json::Value& item : *list) out.append(out.empty() ? "" : "; ").append(cellOf(item));
    return out;
}

std::string asCsv(const ExportPage& page, bool isFirst, bool withMark) {
    std::string out;
    std::vector<std::string> cells;
    if (isFirst) {
        if (withMark) out.append(byteOrderMark);
        ExportRow any;
        ExportRow::fields(any, [&](const char* name, auto&) { cells.emplace_back(name); });
        out.append(contract::csvLine(cells));
    }
    for (const ExportRow& row : page.items) {
        cells.clear();
        ExportRow::fields(const_cast<ExportRow&>(row),
                          [&](const char*, auto& member) { cells.push_back(cellOf(contract::toJson(member))); });
        out.append(contract::csvLine(cells));
    }
    return out;
}

// The same request with another cursor.
std::string linkTo(const Call& call, const std::string& cursor) {
    std::string query;
    for (const auto& [name, value] : call.query) {
        if (name == "cursor") continue;
        query.append(name).append("=");
        query.append(QUrl::toPercentEncoding(QString::fromStdString(value)).toStdString()).append("&");
    }
    return "<" + std::string(call.route->path) + "?" + query + "cursor=" + cursor + ">; rel=\"next\"";
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
                                 .bare = asCsv(*page, !filter.before, mark),
                                 .contentType = "text/csv; charset=utf-8"};
                   answer.headers.emplace_back("Content-Disposition", "attachment; filename=\"messages.csv\"");
                   if (page->nextCursor) {
                       answer.headers.emplace_back("X-Next-Cursor", *page->nextCursor);
                       answer.headers.emplace_back("Link", linkTo(call, *page->nextCursor));
                   }
                   return answer;
               });
}

}  // namespace postroom::api
