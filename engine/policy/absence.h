// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The times in which no engine was at work, and the mail that came too late by them.
//
// Pure, any thread. The machine slept, the engine was off, the clock jumped, an older database was put in its place:
// all of it is a stretch of the wall's clock between two looks at it. What waited while an engine ran is late for a
// reason of its own (a limit, a pause, a retry) and is not in question here.

#include "engine/base/clock.h"

#include <vector>

namespace postroom::policy {

/// What becomes of mail that is found too late.
enum class LateMail { Send, Ask, Skip };

struct Absence {
    TimePoint from{};
    TimePoint until{};
    friend bool operator==(const Absence&, const Absence&) = default;
};

/// A look at both clocks.
struct ClockLook {
    TimePoint wall{};
    SteadyPoint steady{};
};

/// What lies between two looks that should be a second apart.
struct Leap {
    bool isAbsence = false;     ///< all of the wall's time between them
    Milliseconds setBackBy{0};  ///< the wall's clock was set back by so much
};
[[nodiscard]] Leap leapBetween(const ClockLook& before, const ClockLook& now);

/// Mail due then is late by more than `after` through one of the absences alone.
[[nodiscard]] bool isTooLate(TimePoint dueAt, const std::vector<Absence>& absences, Milliseconds after, TimePoint now);

/// Takes this one in if it is longer than `after`; the oldest of too many go.
void noteAbsence(std::vector<Absence>& absences, const Absence& absence, Milliseconds after);
/// The clock says now: whatever was noted beyond that has not been.
void clipAbsences(std::vector<Absence>& absences, TimePoint now);

/// For the store: "2026-01-31T23:59:59.123Z/2026-02-01T08:00:00.000Z ..."; what can't be read is left out.
[[nodiscard]] std::string toText(const std::vector<Absence>& absences);
[[nodiscard]] std::vector<Absence> absencesIn(std::string_view text);

}  // namespace postroom::policy
