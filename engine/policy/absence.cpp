// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/absence.h"

#include <algorithm>

namespace postroom::policy {

using namespace std::chrono_literals;

namespace {

// A loaded machine is late for a look, and clocks are put right by a second or two: neither is worth a word.
constexpr Milliseconds tolerance = 10s;
// Mail waits for days and not for a month of nights; what is beyond is sent rather than asked about.
constexpr std::size_t most = 32;

}  // namespace

Leap leapBetween(const ClockLook& before, const ClockLook& now) {
    const Milliseconds onTheWall = now.wall - before.wall;
    const auto passed = std::chrono::duration_cast<Milliseconds>(now.steady - before.steady);
    Leap leap;
    // The steady clock stands still while the machine sleeps: it can only say too little.
    if (passed - onTheWall >= tolerance) leap.setBackBy = passed - onTheWall;
    leap.isAbsence = onTheWall >= tolerance;
    return leap;
}

bool isTooLate(TimePoint dueAt, const std::vector<Absence>& absences, Milliseconds after, TimePoint now) {
    return std::any_of(absences.begin(), absences.end(), [&](const Absence& absence) {
        return std::min(absence.until, now) - std::max(absence.from, dueAt) > after;
    });
}

void noteAbsence(std::vector<Absence>& absences, const Absence& absence, Milliseconds after) {
    if (absence.until - absence.from <= after) return;
    absences.push_back(absence);
    if (absences.size() > most) absences.erase(absences.begin());
}

void clipAbsences(std::vector<Absence>& absences, TimePoint now) {
    std::erase_if(absences, [now](const Absence& absence) { return absence.from >= now; });
    for (Absence& absence : absences) absence.until = std::min(absence.until, now);
}

std::string toText(const std::vector<Absence>& absences) {
    std::string text;
    for (const Absence& absence : absences) {
        if (!text.empty()) text += ' ';
        text.append(toIso(absence.from)).append("/").append(toIso(absence.until));
    }
    return text;
}

std::vector<Absence> absencesIn(std::string_view text) {
    std::vector<Absence> absences;
    while (!text.empty()) {
        const std::string_view one = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(one.size() + 1, text.size()));
        const std::size_t slash = one.find('/');
        if (slash == one.npos) continue;
        const auto from = fromIso(one.substr(0, slash)), until = fromIso(one.substr(slash + 1));
        if (from && until && *from < *until) absences.push_back({*from, *until});
    }
    return absences;
}

}  // namespace postroom::policy
