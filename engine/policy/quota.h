// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What an account may send in a day and in an hour, and in which counters that is kept.
//
// Pure, any thread. A counter is a calendar day of the account's zone, "2026-01-31", or an hour of UTC,
// "h2026-01-31T14": the 'h' keeps both apart where names are compared. A day that rolls is counted by hours: those of
// the last 24 and the one that has begun, which is never less than the last 24 hours.

#include "engine/base/clock.h"
#include "engine/contract/account_plan.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::policy {

/// Recipients covered by a ".", as the account's row has it.
struct Limits {
    std::optional<std::int64_t> daily;
    bool rolling = false;  ///< the daily limit holds for any 24 hours, not for calendar days
    std::optional<std::int64_t> hourly;
    std::string zone;                          ///< IANA name; empty: UTC
    std::vector<contract::WarmupStep> warmup;  ///< by date, the earliest first
    bool operator==(const Limits&) const = default;
};

/// All counters with first <= name <= last hold no more than `limit` together.
struct Cap {
    std::string first;
    std::string last;
    std::int64_t limit = 0;
    std::string_view code;  ///< what whoever meets it waits for: account.daily_limit, account.hourly_limit
    TimePoint endsAt{};     ///< when there may be room again
    bool operator==(const Cap&) const = default;
};

struct Quota {
    std::vector<std::string> counters;    ///< each of a mail's units is taken from all of these; none: no limit
    std::vector<Cap> caps;                ///< what they may hold
    std::string day;                      ///< of the account's calendar
    std::optional<std::int64_t> daily{};  ///< the daily limit in force
    TimePoint beganAt{};                  ///< it was asked for then
    TimePoint endsAt{};                   ///< when to ask again: the day or the first of the counters is over
};

/// "h2026-01-31T14".
[[nodiscard]] std::string hourName(TimePoint at);

/// The quota in force at `now`.
[[nodiscard]] Quota quotaOf(const Limits& limits, TimePoint now);

/// The day's limit, "2026-12-01": the plan's step in force then where it is less than the account's own.
[[nodiscard]] std::optional<std::int64_t> dailyLimit(const Limits& limits, const std::string& day);

}  // namespace postroom::policy
