// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/contract/csv.h"

namespace postroom::contract {

std::string csvCell(std::string_view text) {
    const bool isFormula = !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
    const std::string_view apostrophe = isFormula ? "'" : "";
    if (text.find_first_of(",\"\r\n") == text.npos) return std::string(apostrophe).append(text);
    std::string out = "\"";
    out.append(apostrophe);
    for (const char c : text) {
        if (c == '"') out.push_back('"');
        out.push_back(c);
    }
    return out + "\"";
}

std::string csvLine(const std::vector<std::string>& cells) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) line.push_back(',');
        line.append(csvCell(cells[i]));
    }
    return line + "\r\n";
}

}  // namespace postroom::contract
