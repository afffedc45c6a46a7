// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// How people write how long: a number and a letter.

#include "engine/base/clock.h"

#include <optional>
#include <string_view>

namespace postroom::ctl {

/// "90d", "24h", "30m", "45s" or "0"; nothing for anything else, and for more than ten years.
[[nodiscard]] std::optional<std::chrono::seconds> readSpan(std::string_view text);
/// A time as it was typed, or in its form where it is a span from now.
[[nodiscard]] std::string timeFrom(const std::string& typed);

}  // namespace postroom::ctl
