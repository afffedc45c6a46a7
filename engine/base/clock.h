// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Time as everything here counts it: UTC milliseconds on the wall, a steady clock for intervals.
//
// Any thread. Whatever decides takes the time as a parameter; whatever lives takes a Clock, so that tests own the day.

#include "engine/base/result.h"

#include <chrono>
#include <string>
#include <string_view>

namespace postroom {

using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;
using SteadyPoint = std::chrono::steady_clock::time_point;
using Milliseconds = std::chrono::milliseconds;

class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual TimePoint now() const = 0;
    [[nodiscard]] virtual SteadyPoint steady() const = 0;
};

class SystemClock final : public Clock {
public:
    [[nodiscard]] TimePoint now() const override;
    [[nodiscard]] SteadyPoint steady() const override;
};

/// "2026-01-31T23:59:59.123Z": the wire's form of every `*_at`.
[[nodiscard]] std::string toIso(TimePoint at);
/// Reads what toIso() writes, also without milliseconds and with an offset ("+08:00"); RequestMalformed otherwise.
[[nodiscard]] Result<TimePoint> fromIso(std::string_view text);

}  // namespace postroom
