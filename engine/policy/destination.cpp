// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/destination.h"

#include <algorithm>
#include <cmath>

namespace postroom::policy {

using namespace std::chrono_literals;

namespace {

// So that what waited together does not come together: a million put off in one second must not be due in one.
constexpr Milliseconds spread = 30s;

Milliseconds part(Milliseconds whole, double dice) {
    return Milliseconds{std::llround(static_cast<double>(whole.count()) * dice)};
}

}  // namespace

Destination afterTaking(Destination destination) {
    destination.faults = 0;
    destination.window = std::min(destination.window * 2, Destination::open);
    return destination;
}

Destination afterRefusing(Destination destination, TimePoint now, std::optional<std::chrono::seconds> asked,
                          double dice) {
    destination.window = 1;
    if (destination.pausedUntil > now) return destination;
    const Milliseconds grown = std::min<Milliseconds>(1min * (1 << std::min(destination.faults, 6)), 1h);
    const Milliseconds pause =
        std::max(grown, Milliseconds{std::clamp<std::chrono::seconds>(asked.value_or(0s), 0s, 24h)});
    ++destination.faults;
    destination.pausedUntil = now + pause + part(pause / 5, dice);
    return destination;
}

std::optional<TimePoint> waitsUntil(const Destination& destination, int underWay, TimePoint now, double dice) {
    if (destination.pausedUntil > now) return destination.pausedUntil + part(spread, dice);
    if (underWay >= destination.window) return now + 2s + part(spread, dice);
    return std::nullopt;
}

}  // namespace postroom::policy
