// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/retry.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace postroom::policy {

using namespace std::chrono_literals;

namespace {
constexpr std::array<std::string_view, 7> names{"soon",         "network", "greylisted", "mailbox_full",
                                                "rate_limited", "other",   "unknown"};
}  // namespace

std::string_view name(Deferral deferral) {
    return names[static_cast<std::size_t>(deferral)];
}

std::optional<Deferral> deferralNamed(std::string_view name) {
    const auto at = std::find(names.begin(), names.end(), name);
    if (at == names.end()) return std::nullopt;
    return static_cast<Deferral>(at - names.begin());
}

RetrySchedule scheduleFor(Deferral deferral) {
    switch (deferral) {
        // A server that takes ten recipients at a time is given the next ten at once; one that takes none is not
        // hammered.
        case Deferral::Soon: return {.first = 5s, .factor = 3, .longest = 5min, .atOnceFirst = true};
        case Deferral::Network: return {.first = 1min, .factor = 2, .longest = 1h};
        // Greylisting servers open after 1 to 15 minutes and forget after about 4 hours: soon, then often.
        case Deferral::Greylisted: return {.first = 2min, .factor = 1.5, .longest = 30min};
        // A full mailbox is emptied by a person, not by insisting.
        case Deferral::MailboxFull: return {.first = 1h, .factor = 2, .longest = 4h};
        case Deferral::RateLimited: return {.first = 5min, .factor = 2, .longest = 2h};
        case Deferral::Other: return {.first = 5min, .factor = 2, .longest = 2h};
        // The caller chose a possible duplicate over a possible loss: then sooner is better. From the second doubt on
        // it is the server that breaks off behind the ".", and each try may be one more copy.
        case Deferral::Unknown: return {.first = 5min, .factor = 2, .longest = 2h, .atOnceFirst = true};
    }
    return {.first = 5min, .factor = 2, .longest = 2h};
}

std::optional<TimePoint> nextAttempt(const RetryQuestion& question) {
    const RetrySchedule schedule = scheduleFor(question.deferral);
    const bool atOnce = schedule.atOnceFirst && (question.attempts <= 1 || question.firstOfItsKind);
    // A schedule that begins with nothing has used up one attempt for it. The exponent is bounded before pow(): after
    // a few hundred attempts it would overflow to infinity.
    const int steps = std::clamp(question.attempts - (schedule.atOnceFirst ? 2 : 1), 0, 32);
    const double grown = static_cast<double>(schedule.first.count()) * std::pow(schedule.factor, steps);
    const double ours = atOnce ? 0 : std::min(grown, static_cast<double>(schedule.longest.count()));
    const auto asked = std::clamp<std::chrono::seconds>(question.asked.value_or(0s), 0s, 24h);
    const double wait = std::max(ours, static_cast<double>(asked.count()));

    const Milliseconds spread{std::llround(wait * 1000 * (1 + 0.2 * question.dice))};
    const TimePoint due = question.now + spread;
    if (due >= question.expiresAt) return std::nullopt;
    return due;
}

}  // namespace postroom::policy
