// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/send_hours.h"

#include "engine/policy/zone.h"

#include <algorithm>
#include <array>

namespace postroom::policy {

namespace {

constexpr int day_minutes = 24 * 60;

// A clock's time of that day, as an instant; one that is skipped there is as far behind the last one that is not.
TimePoint instant(const QDate& date, int minutes, const QTimeZone& zone) {
    const QDateTime local{date.addDays(minutes / day_minutes), QTime{0, 0}.addSecs(minutes % day_minutes * 60), zone};
    return TimePoint{Milliseconds{local.toMSecsSinceEpoch()}};
}

bool isOn(const contract::SendHours& hours, const QDate& date) {
    return hours.days.empty() || std::any_of(hours.days.begin(), hours.days.end(),
                                             [&](const std::string& day) { return weekday(day) == date.dayOfWeek(); });
}

}  // namespace

std::optional<int> minutesOf(std::string_view time) {
    const auto digit = [&](std::size_t at) { return time[at] >= '0' && time[at] <= '9' ? time[at] - '0' : 100; };
    if (time.size() != 5 || time[2] != ':') return std::nullopt;
    const int hours = digit(0) * 10 + digit(1), minutes = digit(3) * 10 + digit(4);
    if (hours > 24 || minutes > 59 || (hours == 24 && minutes > 0)) return std::nullopt;
    return hours * 60 + minutes;
}

std::optional<int> weekday(std::string_view day) {
    constexpr std::array<std::string_view, 7> names{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    const auto at = std::find(names.begin(), names.end(), day);
    if (at == names.end()) return std::nullopt;
    return static_cast<int>(at - names.begin()) + 1;
}

std::optional<TimePoint> opensAt(const std::vector<contract::SendHours>& hours, const std::string& ianaZone,
                                 TimePoint now) {
    if (hours.empty()) return std::nullopt;
    const QTimeZone& zone = zoneNamed(ianaZone);
    const QDate today = localTime(now, zone).date();
    std::optional<TimePoint> opens;
    for (const contract::SendHours& each : hours) {
        const int from = minutesOf(each.from).value_or(0), to = minutesOf(each.to).value_or(day_minutes);
        // Those of yesterday may last until today; a day of the week comes again within eight.
        for (int day = -1; day <= 8; ++day) {
            const QDate date = today.addDays(day);
            if (!isOn(each, date)) continue;
            const TimePoint begins = instant(date, from, zone);
            if (begins > now) {
                opens = opens ? std::min(*opens, begins) : begins;
                break;
            }
            if (now < instant(date, to > from ? to : to + day_minutes, zone)) return std::nullopt;
        }
    }
    return opens;
}

}  // namespace postroom::policy
