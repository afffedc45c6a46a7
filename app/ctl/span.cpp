// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/ctl/span.h"

#include <charconv>

namespace postroom::ctl {

std::optional<std::chrono::seconds> readSpan(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
    if (error != std::errc{} || number < 0) return std::nullopt;
    if (unit.empty() && number == 0) return std::chrono::seconds{0};
    const std::int64_t each = unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : unit == "d" ? 86'400 : 0;
    constexpr std::int64_t longest = 3660ll * 86'400;
    if (each == 0 || number > longest / each) return std::nullopt;
    return std::chrono::seconds{number * each};
}

std::string timeFrom(const std::string& typed) {
    const auto span = readSpan(typed);
    return span ? toIso(SystemClock{}.now() + *span) : typed;
}

}  // namespace postroom::ctl
