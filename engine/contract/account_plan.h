// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// When an account may send and how much, as an operator writes it down. Any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace postroom::contract {

/// From this day on the account may send so much a day, until a later step says otherwise.
struct WarmupStep {
    std::string from;                        ///< "2026-12-01", in the account's zone
    std::optional<std::int64_t> dailyLimit;  ///< none: the step is the end of the plan
    static void fields(auto& self, auto&& visit) { visit("from", self.from), visit("daily_limit", self.dailyLimit); }
    bool operator==(const WarmupStep&) const = default;
};

/// Hours of some days of the week in which an account sends. Where `to` is not after `from`, it is on the next day.
struct SendHours {
    std::vector<std::string> days;  ///< of mon tue wed thu fri sat sun; empty: every day
    std::string from;               ///< "08:00"
    std::string to;                 ///< "18:30"; "24:00" is the day's end
    static void fields(auto& self, auto&& visit) {
        visit("days", self.days), visit("from", self.from), visit("to", self.to);
    }
    bool operator==(const SendHours&) const = default;
};

}  // namespace postroom::contract
