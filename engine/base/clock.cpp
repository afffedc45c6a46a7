// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/clock.h"

#include <cstdio>
#include <QDateTime>
#include <QString>

namespace postroom {

TimePoint SystemClock::now() const {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}
SteadyPoint SystemClock::steady() const {
    return std::chrono::steady_clock::now();
}

std::string toIso(TimePoint at) {
    using namespace std::chrono;
    const auto day = floor<days>(at);
    const year_month_day date{day};
    const hh_mm_ss time{at - day};
    char text[40];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
    return text;
}

Result<TimePoint> fromIso(std::string_view text) {
    const QString given = QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
    const QDateTime parsed = QDateTime::fromString(given, Qt::ISODateWithMs);
    const bool zoned = given.endsWith(u'Z') || given.indexOf(u'+', 10) > 0 || given.indexOf(u'-', 10) > 0;
    if (!parsed.isValid() || !zoned)
        return fail(ErrorCode::RequestMalformed, "not an ISO-8601 time with a zone: " + std::string(text));
    return TimePoint{Milliseconds{parsed.toMSecsSinceEpoch()}};
}

}  // namespace postroom
