// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// How much at once a recipients' domain is given after it has asked for a pause.
//
// Pure, any thread. As TCP does it: one transaction after the pause, twice as many with each that goes well, and one
// again with the next that does not.

#include "engine/base/clock.h"

#include <chrono>
#include <optional>

namespace postroom::policy {

struct Destination {
    static constexpr int open = 64;  ///< transactions at once where nothing is wrong: as good as no limit

    int window = open;
    int faults = 0;  ///< in a row
    TimePoint pausedUntil{};

    /// Nothing is left to be remembered.
    [[nodiscard]] bool isOpen(TimePoint now) const { return window >= open && pausedUntil <= now; }
};

/// The domain took mail.
[[nodiscard]] Destination afterTaking(Destination destination);
/// The domain put mail off for its own sake: a minute's pause, doubling up to an hour, or what it `asked` for, at most
/// a day. Up to a fifth is added by `dice` in [0, 1). What comes back from before the pause counts once.
[[nodiscard]] Destination afterRefusing(Destination destination, TimePoint now,
                                        std::optional<std::chrono::seconds> asked, double dice);
/// When mail for it may go that can't go now, with so many transactions under way; nothing if it may.
[[nodiscard]] std::optional<TimePoint> waitsUntil(const Destination& destination, int underWay, TimePoint now,
                                                  double dice);

}  // namespace postroom::policy
