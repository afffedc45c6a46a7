// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Whether one more request is allowed: the generic cell rate algorithm. All it remembers of a caller is one point in
// time, the one at which everything it took would be given back.
//
// Pure. A whole minute's worth may come at once; after that one is given back every minute/limit.

#include "engine/base/clock.h"

#include <cstdint>

namespace postroom::policy {

struct RateVerdict {
    bool allowed = true;
    std::int64_t limit = 0;              ///< a minute
    std::int64_t remaining = 0;          ///< that could come at once now
    std::chrono::nanoseconds fullIn{};   ///< until all of them could
    std::chrono::nanoseconds retryIn{};  ///< until this one would be allowed; 0 if it was
    SteadyPoint fullAt{};                ///< what to remember; unchanged where it was refused
};

/// Judges `cost` requests at once against `perMinute` (at least 1). `fullAt` is what the last verdict said to remember,
/// SteadyPoint{} for a caller nobody knows. A cost of 0 only looks. What costs more than a whole minute's worth is
/// allowed when nothing else was taken, and is paid for all the same: else it never could be. `counted` is what was
/// taken for this very request before.
[[nodiscard]] RateVerdict judgeRate(std::int64_t perMinute, std::int64_t cost, SteadyPoint fullAt, SteadyPoint now,
                                    std::int64_t counted = 0);

}  // namespace postroom::policy
