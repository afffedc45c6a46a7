// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/pace.h"

#include <algorithm>

namespace postroom::policy {

namespace {

constexpr Milliseconds atOnce{1000};

// Of the whole, rounded up: a step that was rounded down would add up over a minute. 61 seconds, for what goes at once
// comes on top of what a minute lets through.
Milliseconds price(std::int64_t perMinute, std::int64_t count) {
    return Milliseconds{(61'000 * count + perMinute - 1) / perMinute};
}

// The clock may have been put back: nothing is ever paid for further ahead than this.
TimePoint paid(std::int64_t perMinute, TimePoint paidUntil, TimePoint now) {
    return std::clamp(paidUntil, now, now + atOnce + price(perMinute, 1));
}

}  // namespace

std::int64_t paceRoom(std::int64_t perMinute, TimePoint paidUntil, TimePoint now) {
    const Milliseconds left = now + atOnce - paid(perMinute, paidUntil, now);
    if (left < Milliseconds{0}) return 0;
    return std::max<std::int64_t>(left.count() * perMinute / 61'000, 1);
}

TimePoint paceNext(std::int64_t perMinute, TimePoint paidUntil, TimePoint now) {
    return paid(perMinute, paidUntil, now) - atOnce;
}

TimePoint pacePaid(std::int64_t perMinute, TimePoint paidUntil, TimePoint now, std::int64_t count) {
    return paid(perMinute, paidUntil, now) + price(perMinute, count);
}

}  // namespace postroom::policy
