// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Lines of CSV as RFC 4180 has them, safe to open in a spreadsheet, and back. Pure.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::contract {

/// One cell, in quotes where it needs them. What a spreadsheet would take for a formula (it begins with = + - @, a tab
/// or a carriage return) gets an apostrophe before it: subjects and server replies are strangers' texts.
[[nodiscard]] std::string csvCell(std::string_view text);
/// The cells with commas between and CRLF behind them.
[[nodiscard]] std::string csvLine(const std::vector<std::string>& cells);
/// What csvCell() was given: without the apostrophe that it puts before a formula.
[[nodiscard]] std::string_view csvText(std::string_view cell);

/// Reads a file line by line, whatever ends them; empty lines are passed over, and so is a byte order mark.
class CsvReader {
public:
    struct Line {
        int number = 0;  ///< of the file's lines, from 1; a quoted cell may hold several
        std::vector<std::string> cells;
        bool isBroken = false;  ///< a quoted cell does not end, or something follows its end
    };
    /// The text must outlive it.
    explicit CsvReader(std::string_view text);
    [[nodiscard]] std::optional<Line> next();

private:
    /// One cell; true if the line goes on behind it.
    bool cell(Line& line);
    bool endOfLine();

    std::string_view m_rest;
    int m_line = 1;
};

}  // namespace postroom::contract
