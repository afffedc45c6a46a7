// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The hours of the week in which an account sends. Pure, any thread.

#include "engine/base/clock.h"
#include "engine/contract/account_plan.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::policy {

/// When the account may send again; nothing if it may now. No hours: always. Times are those of the zone's clocks: an
/// hour they skip is not waited for, one they repeat is used twice.
[[nodiscard]] std::optional<TimePoint> opensAt(const std::vector<contract::SendHours>& hours,
                                               const std::string& ianaZone, TimePoint now);

/// Minutes after midnight of "08:30", up to "24:00"; nothing if it is not a time.
[[nodiscard]] std::optional<int> minutesOf(std::string_view time);
/// 1 for "mon" to 7 for "sun"; nothing if it is none of these.
[[nodiscard]] std::optional<int> weekday(std::string_view day);

}  // namespace postroom::policy
