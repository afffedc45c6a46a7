// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// An account's rate a minute, evenly spread: in no 60 seconds more than the rate, and no more than a second's worth at
// once. All it remembers is the time up to which what was sent is paid for. Pure, any thread.

#include "engine/base/clock.h"

#include <cstdint>

namespace postroom::policy {

/// How many recipients may go now, up to a second's worth and at least one where anything may.
[[nodiscard]] std::int64_t paceRoom(std::int64_t perMinute, TimePoint paidUntil, TimePoint now);
/// When the next may go; not after `now` where one may.
[[nodiscard]] TimePoint paceNext(std::int64_t perMinute, TimePoint paidUntil, TimePoint now);
/// The time to remember once so many have gone.
[[nodiscard]] TimePoint pacePaid(std::int64_t perMinute, TimePoint paidUntil, TimePoint now, std::int64_t count);

}  // namespace postroom::policy
