// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Lines of CSV as RFC 4180 has them, safe to open in a spreadsheet. Pure.

#include <string>
#include <string_view>
#include <vector>

namespace postroom::contract {

/// One cell, in quotes where it needs them. What a spreadsheet would take for a formula (it begins with = + - @, a tab
/// or a carriage return) gets an apostrophe before it: subjects and server replies are strangers' texts.
[[nodiscard]] std::string csvCell(std::string_view text);
/// The cells with commas between and CRLF behind them.
[[nodiscard]] std::string csvLine(const std::vector<std::string>& cells);

}  // namespace postroom::contract
