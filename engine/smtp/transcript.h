// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The lines of one dialogue as an operator reads them, bounded. Pure.

#include "engine/smtp/reply.h"

#include <string>
#include <string_view>
#include <vector>

namespace postroom::smtp {

class Transcript {
public:
    static constexpr std::size_t LinesLimit = 64;
    static constexpr std::size_t LineLimit_bytes = 512;

    void client(std::string_view line);
    void server(const Reply& reply);
    /// A remark of ours: "* reused connection".
    void remark(std::string_view line);
    [[nodiscard]] std::vector<std::string> take();

private:
    void add(const char* who, std::string_view line);
    std::vector<std::string> m_lines;
    std::size_t m_skipped = 0;
};

}  // namespace postroom::smtp
