// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/window.h"

#include "engine/base/text.h"
#include "engine/policy/zone.h"

namespace postroom::policy {

namespace {

QDate dateAt(TimePoint at, const QTimeZone& zone) {
    return localTime(at, zone).date();
}

}  // namespace

std::string windowName(TimePoint at, const std::string& ianaZone) {
    return toUtf8(dateAt(at, zoneNamed(ianaZone)).toString(Qt::ISODate));
}

TimePoint windowEnd(TimePoint at, const std::string& ianaZone) {
    const QTimeZone& zone = zoneNamed(ianaZone);
    const QDate today = dateAt(at, zone);
    const auto isLater = [&](TimePoint time) { return dateAt(time, zone) > today; };
    const QDateTime start = today.addDays(1).startOfDay(zone);
    const TimePoint end{Milliseconds{start.isValid() ? start.toMSecsSinceEpoch() : 0}};
    if (end > at && isLater(end) && !isLater(end - Milliseconds{1})) return end;

    // Qt names another instant where midnight comes twice (Havana), and none where the whole date is missing (Samoa
    // crossed the date line on 2011-12-30). Then the first instant of a later date is searched for; no day is longer.
    TimePoint stillToday = at;
    TimePoint later = at + std::chrono::hours{26};
    while (later - stillToday > Milliseconds{1}) {
        const TimePoint middle = stillToday + (later - stillToday) / 2;
        (isLater(middle) ? later : stillToday) = middle;
    }
    return later;
}

}  // namespace postroom::policy
