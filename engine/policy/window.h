// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The calendar days in which daily limits are counted.
//
// Pure, any thread. A window lasts from one local midnight to the next: 23 or 25 hours long where clocks are changed,
// and beginning at 01:00 on days that have no midnight.

#include "engine/base/clock.h"

#include <string>

namespace postroom::policy {

/// The local date at `at`, "2026-01-31". An empty or unknown zone counts as UTC.
[[nodiscard]] std::string windowName(TimePoint at, const std::string& ianaZone);

/// The first instant of the next local day; always later than `at`.
[[nodiscard]] TimePoint windowEnd(TimePoint at, const std::string& ianaZone);

}  // namespace postroom::policy
