// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A page of an export as CSV: the first has the names of the columns, and each says where the next one is.

#include "engine/api/call.h"
#include "engine/contract/codec.h"
#include "engine/contract/csv.h"

namespace postroom::api {

inline constexpr std::string_view byteOrderMark = "\xef\xbb\xbf";

/// A value as one cell: a text as it is, null as nothing, a list with semicolons.
[[nodiscard]] std::string csvCellOf(const json::Value& value);

/// The rows, a struct a line, its members the columns. `withMark`: the first page begins with a byte order mark.
template <contract::Described Row>
[[nodiscard]] std::string csvOf(const std::vector<Row>& rows, bool isFirst, bool withMark) {
    std::string out;
    std::vector<std::string> cells;
    if (isFirst) {
        if (withMark) out.append(byteOrderMark);
        Row any;
        Row::fields(any, [&](const char* name, auto&) { cells.emplace_back(name); });
        out.append(contract::csvLine(cells));
    }
    for (const Row& row : rows) {
        cells.clear();
        Row::fields(const_cast<Row&>(row),
                    [&](const char*, auto& member) { cells.push_back(csvCellOf(contract::toJson(member))); });
        out.append(contract::csvLine(cells));
    }
    return out;
}

/// Content-Disposition, and where there is a next page X-Next-Cursor and Link.
void addCsvHeaders(Answer& answer, const Call& call, std::string_view filename,
                   const std::optional<std::string>& nextCursor);

}  // namespace postroom::api
