// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/rate_limit.h"

#include <algorithm>

namespace postroom::policy {

RateVerdict judgeRate(std::int64_t perMinute, std::int64_t cost, SteadyPoint fullAt, SteadyPoint now,
                      std::int64_t counted) {
    using std::chrono::nanoseconds;
    constexpr nanoseconds minute = std::chrono::minutes{1};
    const std::int64_t limit = std::max<std::int64_t>(perMinute, 1);
    // Of the whole and not step by step: a step that was rounded down would add up over a minute.
    const auto taking = [&](std::int64_t requests) {
        return minute * (requests / limit) + nanoseconds{minute.count() * (requests % limit) / limit};
    };
    const nanoseconds taken = std::max(fullAt, now) - now;
    const nanoseconds room = minute - taken;
    const nanoseconds needed = taking(std::min(cost, std::max<std::int64_t>(limit - counted, 0)));
    RateVerdict verdict;
    verdict.limit = limit;
    verdict.allowed = cost == 0 || needed <= room;
    if (!verdict.allowed) verdict.retryIn = needed - room;
    verdict.fullIn = verdict.allowed ? taken + taking(cost) : taken;
    verdict.fullAt = verdict.allowed && cost > 0 ? now + verdict.fullIn : fullAt;
    const nanoseconds left = std::max(minute - verdict.fullIn, nanoseconds{0});
    // The largest number whose taking() fits: the division alone may be one too small where taking() rounded down.
    verdict.remaining = left.count() / std::max<std::int64_t>(minute.count() / limit, 1);
    verdict.remaining = std::min(verdict.remaining, limit);
    while (verdict.remaining > 0 && taking(verdict.remaining) > left) --verdict.remaining;
    return verdict;
}

}  // namespace postroom::policy
