// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/csv_page.h"

#include "engine/api/router.h"

#include <QUrl>

namespace postroom::api {

namespace {

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

std::string csvCellOf(const json::Value& value) {
    if (value.is_string()) return std::string(value.get_string());
    if (value.is_null()) return {};
    const json::Array* list = value.if_array();
    if (!list) return json::serialise(value);
    std::string out;
    for (const json::Value& item : *list) out.append(out.empty() ? "" : "; ").append(csvCellOf(item));
    return out;
}

void addCsvHeaders(Answer& answer, const Call& call, std::string_view filename,
                   const std::optional<std::string>& nextCursor) {
    answer.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + std::string(filename) + "\"");
    if (!nextCursor) return;
    answer.headers.emplace_back("X-Next-Cursor", *nextCursor);
    answer.headers.emplace_back("Link", linkTo(call, *nextCursor));
}

}  // namespace postroom::api
