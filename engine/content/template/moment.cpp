// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/template/moment.h"

#include "engine/base/text.h"

#include <array>
#include <cmath>
#include <cstdlib>
#include <QDateTime>
#include <QTimeZone>

namespace postroom::content::templates {

namespace {

constexpr std::int64_t FirstSecond = -62'135'596'800;  // 0001-01-01 00:00:00
constexpr std::int64_t LastSecond = 253'402'300'799;   // 9999-12-31 23:59:59
constexpr std::int64_t Day_seconds = 86'400;

struct Date {
    std::int64_t year, month, day;
};

// Days since 1970 and back, in the proleptic Gregorian calendar (Hinnant, "chrono-compatible low-level date
// algorithms").
constexpr std::int64_t daysOf(Date date) {
    const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
    const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
    const std::int64_t yearOfEra = year - era * 400;
    const std::int64_t dayOfYear = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    return era * 146'097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719'468;
}
constexpr Date dateOf(std::int64_t days) {
    days += 719'468;
    const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
    const std::int64_t dayOfEra = days - era * 146'097;
    const std::int64_t yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36'524 - dayOfEra / 146'096) / 365;
    const std::int64_t dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    const std::int64_t part = (5 * dayOfYear + 2) / 153;
    const std::int64_t month = part + (part < 10 ? 3 : -9);
    return {yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * part + 2) / 5 + 1};
}

class Reader {
public:
    explicit Reader(std::string_view text) : m_text(text) {}
    [[nodiscard]] bool isAtEnd() const { return m_text.empty(); }
    [[nodiscard]] char next() const { return m_text.empty() ? '\0' : m_text[0]; }
    bool skip(std::string_view any) {
        if (m_text.empty() || any.find(m_text[0]) == any.npos) return false;
        m_text.remove_prefix(1);
        return true;
    }
    /// Exactly `count` digits, within the limits.
    bool number(std::size_t count, std::int64_t least, std::int64_t most, std::int64_t& value) {
        if (m_text.size() < count) return false;
        value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (m_text[i] < '0' || m_text[i] > '9') return false;
            value = value * 10 + (m_text[i] - '0');
        }
        m_text.remove_prefix(count);
        return value >= least && value <= most;
    }
    void skipDigits() {
        while (next() >= '0' && next() <= '9') m_text.remove_prefix(1);
    }

private:
    std::string_view m_text;
};

bool readOffset(Reader& reader, std::int32_t& offset_seconds) {
    const bool isWest = reader.next() == '-';
    std::int64_t hours = 0, minutes = 0;
    if (!reader.skip("+-") || !reader.number(2, 0, 14, hours)) return false;
    const bool hasColon = reader.skip(":");
    if ((hasColon || !reader.isAtEnd()) && !reader.number(2, 0, 59, minutes)) return false;
    offset_seconds = static_cast<std::int32_t>((hours * 60 + minutes) * 60 * (isWest ? -1 : 1));
    return true;
}

bool isInRange(std::int64_t seconds) {
    return seconds >= FirstSecond && seconds <= LastSecond;
}

void appendNumber(std::string& out, std::int64_t value, std::size_t width, char fill) {
    const std::string digits = std::to_string(value);
    if (fill != '\0' && digits.size() < width) out.append(width - digits.size(), fill);
    out += digits;
}

/// The parts of a moment, taken apart once.
struct Parts {
    explicit Parts(const Moment& moment)
        : days((moment.seconds - (moment.seconds % Day_seconds + Day_seconds) % Day_seconds) / Day_seconds),
          date(dateOf(days)),
          second(moment.seconds - days * Day_seconds) {}
    std::int64_t days;
    Date date;
    std::int64_t second;                                                                          // of the day
    [[nodiscard]] int weekday() const { return static_cast<int>(((days + 3) % 7 + 7) % 7) + 1; }  // Monday is 1
    [[nodiscard]] std::int64_t hour() const { return second / 3600; }
    [[nodiscard]] std::int64_t dayOfYear() const { return days - daysOf({date.year, 1, 1}) + 1; }
};

void appendOffset(std::string& out, std::int32_t offset_seconds, bool hasColon) {
    const std::int32_t minutes = std::abs(offset_seconds) / 60;
    out.push_back(offset_seconds < 0 ? '-' : '+');
    appendNumber(out, minutes / 60, 2, '0');
    if (hasColon) out.push_back(':');
    appendNumber(out, minutes % 60, 2, '0');
}

bool appendSign(std::string& out, const Moment& moment, const Parts& parts, char sign, bool isBare,
                const QLocale& locale) {
    const auto padded = [&](std::int64_t value, std::size_t width = 2) {
        appendNumber(out, value, width, isBare ? '\0' : '0');
    };
    const auto all = [&](std::string_view format) { return appendMoment(out, moment, format, locale); };
    const auto month = static_cast<int>(parts.date.month);
    switch (sign) {
        case 'Y': return padded(parts.date.year, 4), true;
        case 'y': return padded(parts.date.year % 100), true;
        case 'm': return padded(parts.date.month), true;
        case 'd': return padded(parts.date.day), true;
        case 'e': return appendNumber(out, parts.date.day, 2, isBare ? '\0' : ' '), true;
        case 'H': return padded(parts.hour()), true;
        case 'I': return padded((parts.hour() + 11) % 12 + 1), true;
        case 'M': return padded(parts.second / 60 % 60), true;
        case 'S': return padded(parts.second % 60), true;
        case 'j': return padded(parts.dayOfYear(), 3), true;
        case 'p': return out += toUtf8(parts.hour() < 12 ? locale.amText() : locale.pmText()), true;
        case 'a': return out += toUtf8(locale.dayName(parts.weekday(), QLocale::ShortFormat)), true;
        case 'A': return out += toUtf8(locale.dayName(parts.weekday(), QLocale::LongFormat)), true;
        case 'b': return out += toUtf8(locale.monthName(month, QLocale::ShortFormat)), true;
        case 'B': return out += toUtf8(locale.monthName(month, QLocale::LongFormat)), true;
        case 'u': return padded(parts.weekday(), 1), true;
        case 'w': return padded(parts.weekday() % 7, 1), true;
        case 'F': return all("%Y-%m-%d");
        case 'T': return all("%H:%M:%S");
        case 'R': return all("%H:%M");
        case 'D': return all("%m/%d/%y");
        case 's': return out += std::to_string(moment.seconds - moment.offset_seconds), true;
        case 'z': return appendOffset(out, moment.offset_seconds, false), true;
        case 'Z':
            out += "UTC";
            if (moment.offset_seconds != 0) appendOffset(out, moment.offset_seconds, true);
            return true;
        case 'n': return out.push_back('\n'), true;
        case 't': return out.push_back('\t'), true;
        case '%': return out.push_back('%'), true;
        default: return false;
    }
}

}  // namespace

std::optional<Moment> readMoment(std::string_view text) {
    Reader reader{text};
    Date date{};
    if (!reader.number(4, 1, 9999, date.year) || !reader.skip("-") || !reader.number(2, 1, 12, date.month) ||
        !reader.skip("-") || !reader.number(2, 1, 31, date.day))
        return std::nullopt;
    const std::int64_t days = daysOf(date);
    if (dateOf(days).day != date.day) return std::nullopt;  // 31 April
    Moment moment{days * Day_seconds, 0, true};
    if (reader.isAtEnd()) return moment;
    std::int64_t hour = 0, minute = 0, second = 0;
    if (!reader.skip("Tt ") || !reader.number(2, 0, 23, hour) || !reader.skip(":") || !reader.number(2, 0, 59, minute))
        return std::nullopt;
    if (reader.skip(":")) {
        if (!reader.number(2, 0, 60, second)) return std::nullopt;
        if (reader.skip(".,")) reader.skipDigits();
    }
    moment.isDateOnly = false;
    moment.seconds += hour * 3600 + minute * 60 + second;
    const bool isUtc = reader.skip("Zz");
    if (!isUtc && !reader.isAtEnd() && !readOffset(reader, moment.offset_seconds)) return std::nullopt;
    return reader.isAtEnd() && isInRange(moment.seconds) ? std::optional{moment} : std::nullopt;
}

std::optional<Moment> momentOf(double seconds) {
    const double whole = std::floor(seconds);
    if (!(whole >= static_cast<double>(FirstSecond) && whole <= static_cast<double>(LastSecond))) return std::nullopt;
    return Moment{static_cast<std::int64_t>(whole), 0, false};
}

bool moveToZone(Moment& moment, std::string_view zone) {
    std::int32_t offset_seconds = 0;
    const std::int64_t instant = moment.seconds - moment.offset_seconds;
    if (zone.starts_with('+') || zone.starts_with('-')) {
        Reader reader{zone};
        if (!readOffset(reader, offset_seconds) || !reader.isAtEnd()) return false;
    } else if (zone != "UTC" && zone != "Z") {
        // The name becomes part of a path in the zone files: only names that are in the list go there.
        const QByteArray id{zone.data(), static_cast<qsizetype>(zone.size())};
        if (zone.size() > 64 || zone.find_first_of("./\\") == 0 || zone.find("..") != zone.npos) return false;
        if (!QTimeZone::isTimeZoneIdAvailable(id)) return false;
        offset_seconds = QTimeZone{id}.offsetFromUtc(QDateTime::fromSecsSinceEpoch(instant, Qt::UTC));
    }
    if (moment.isDateOnly) return true;
    if (!isInRange(instant + offset_seconds)) return false;
    moment.seconds = instant + offset_seconds;
    moment.offset_seconds = offset_seconds;
    return true;
}

bool appendMoment(std::string& out, const Moment& moment, std::string_view format, const QLocale& locale) {
    const Parts parts{moment};
    for (std::size_t at = 0; at < format.size(); ++at) {
        if (format[at] != '%') {
            out.push_back(format[at]);
            continue;
        }
        const bool isBare = at + 1 < format.size() && format[at + 1] == '-';
        at += isBare ? 2 : 1;
        if (at >= format.size() || !appendSign(out, moment, parts, format[at], isBare, locale)) return false;
    }
    return true;
}

}  // namespace postroom::content::templates
