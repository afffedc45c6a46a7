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

std::string_view csvText(std::string_view cell) {
    const bool isGuarded =
        cell.size() > 1 && cell[0] == '\'' && std::string_view("=+-@\t\r").find(cell[1]) != cell.npos;
    return isGuarded ? cell.substr(1) : cell;
}

CsvReader::CsvReader(std::string_view text) : m_rest(text) {
    constexpr std::string_view mark = "\xef\xbb\xbf";
    if (m_rest.starts_with(mark)) m_rest.remove_prefix(mark.size());
}

// CRLF, LF or CR.
bool CsvReader::endOfLine() {
    if (m_rest.empty() || (m_rest.front() != '\r' && m_rest.front() != '\n')) return false;
    m_rest.remove_prefix(m_rest.starts_with("\r\n") ? 2 : 1);
    ++m_line;
    return true;
}

bool CsvReader::cell(Line& line) {
    std::string text;
    const bool isQuoted = m_rest.starts_with('"');
    if (isQuoted) {
        m_rest.remove_prefix(1);
        for (;;) {
            if (m_rest.empty()) {
                line.isBroken = true;
                break;
            }
            if (m_rest.starts_with("\"\"")) {
                text.push_back('"');
                m_rest.remove_prefix(2);
                continue;
            }
            if (m_rest.front() == '"') {
                m_rest.remove_prefix(1);
                break;
            }
            if (m_rest.front() == '\n' || (m_rest.front() == '\r' && !m_rest.starts_with("\r\n"))) ++m_line;
            text.push_back(m_rest.front());
            m_rest.remove_prefix(1);
        }
    }
    const std::string_view plain = m_rest.substr(0, m_rest.find_first_of(",\r\n"));
    // Behind a quoted cell stands nothing.
    if (isQuoted && !plain.empty()) line.isBroken = true;
    text.append(plain);
    m_rest.remove_prefix(plain.size());
    line.cells.push_back(std::move(text));
    if (!m_rest.starts_with(',')) return false;
    m_rest.remove_prefix(1);
    return true;
}

std::optional<CsvReader::Line> CsvReader::next() {
    while (endOfLine()) {
    }
    if (m_rest.empty()) return std::nullopt;
    Line line;
    line.number = m_line;
    while (cell(line)) {
    }
    endOfLine();
    return line;
}

}  // namespace postroom::contract
