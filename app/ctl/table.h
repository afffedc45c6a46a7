// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Columns for people: aligned with blanks, made harmless to the terminal, the last one never padded.

#include "app/ctl/output.h"

#include <vector>

namespace postroom::ctl {

class Table {
public:
    explicit Table(std::vector<std::string> heads) : m_heads(std::move(heads)) {}
    void add(std::vector<std::string> cells);
    [[nodiscard]] bool empty() const { return m_rows.empty(); }
    /// Prints the heads and rows, or `ifEmpty` when there is no row.
    void print(const Output& output, std::string_view ifEmpty) const;

private:
    std::vector<std::string> m_heads;
    std::vector<std::vector<std::string>> m_rows;
};

/// How many columns of a terminal this UTF-8 text takes: East Asian wide characters take two, combining marks none.
[[nodiscard]] std::size_t columnsOf(std::string_view text);

}  // namespace postroom::ctl
