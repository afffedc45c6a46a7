// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A date and time as the filter `date` reads and writes it: a wall clock with its offset from UTC. Any thread; pure.

#include <cstdint>
#include <optional>
#include <QLocale>
#include <string>
#include <string_view>

namespace postroom::content::templates {

struct Moment {
    std::int64_t seconds = 0;         ///< of the wall clock, since 1970-01-01 00:00 on it
    std::int32_t offset_seconds = 0;  ///< the wall clock's, east of UTC
    bool isDateOnly = false;          ///< no time was given: no zone moves it
};

/// "2026-01-31", "2026-01-31T09:30[:00[.5]]" with "Z", "+08:00", "+0800" or nothing (UTC) behind it; a blank may stand
/// for the T. Years 1 to 9999.
[[nodiscard]] std::optional<Moment> readMoment(std::string_view text);
/// Seconds since 1970 in UTC. Nothing outside the years 1 to 9999.
[[nodiscard]] std::optional<Moment> momentOf(double seconds);
/// "UTC", "Z", an offset or an IANA name. False if there is no such zone.
[[nodiscard]] bool moveToZone(Moment& moment, std::string_view zone);
/// strftime's %Y %y %m %d %e %H %I %M %S %p %j %a %A %b %B %u %w %F %T %R %D %z %Z %s %n %t %%, and %-d and its like
/// without leading zeros. False for any other.
[[nodiscard]] bool appendMoment(std::string& out, const Moment& moment, std::string_view format, const QLocale& locale);

}  // namespace postroom::content::templates
