// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// CSV files: lines come in their order, and what an unbroken one holds comes back the same when it is written.

#include "engine/contract/csv.h"

#include <cstdlib>

using namespace postroom::contract;

namespace {

void insist(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(bytes), size);
    CsvReader reader(text);
    auto before = decltype(CsvReader::Line::number){0};
    while (const auto line = reader.next()) {
        insist(line->number > before && !line->cells.empty());
        before = line->number;
        if (line->isBroken) continue;
        // The first cell keeps the line from being blank, and from beginning with a byte order mark.
        std::vector<std::string> cells{"x"};
        for (const std::string& cell : line->cells) cells.emplace_back(csvText(cell));
        const std::string written = csvLine(cells);
        CsvReader again(written);
        const auto second = again.next();
        insist(second && !second->isBroken && second->cells.size() == cells.size());
        for (std::size_t i = 0; i < cells.size(); ++i) insist(csvText(second->cells[i]) == cells[i]);
        insist(!again.next());
    }
    return 0;
}
