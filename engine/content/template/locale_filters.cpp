// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/text.h"
#include "engine/content/template/filters.h"
#include "engine/content/template/moment.h"
#include "engine/content/template/show.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <QLocale>

namespace postroom::content::templates {

namespace {

QLocale localeOf(const Work& work) {
    std::string name{work.locale()};
    std::replace(name.begin(), name.end(), '-', '_');
    // English where nothing is known: a mail must not change with the server's own language.
    return name.empty() ? QLocale{QLocale::English} : QLocale{toQString(name)};
}

/// A number by its decimal digits, so that a price is rounded as people round it: 2.675 to 2.68.
struct Decimal {
    bool isNegative = false;
    std::string whole{};     ///< without leading zeros, at least one digit
    std::string fraction{};  ///< may be empty
};

std::optional<Decimal> decimalOf(std::string_view text) {
    if (text.size() > 512) return std::nullopt;
    Decimal decimal;
    if (text.starts_with('-') || text.starts_with('+')) {
        decimal.isNegative = text[0] == '-';
        text.remove_prefix(1);
    }
    const std::size_t point = std::min(text.find('.'), text.size());
    decimal.whole = text.substr(0, point);
    if (point < text.size()) decimal.fraction = text.substr(point + 1);
    const auto isDigits = [](std::string_view digits) { return digits.find_first_not_of("0123456789") == digits.npos; };
    if (decimal.whole.empty() || text.ends_with('.')) return std::nullopt;
    if (!isDigits(decimal.whole) || !isDigits(decimal.fraction)) return std::nullopt;
    decimal.whole.erase(0, std::min(decimal.whole.find_first_not_of('0'), decimal.whole.size() - 1));
    return decimal;
}

/// A text without the blanks around it; they are paid for.
std::string_view trimmedText(Work& work, const Value& value) {
    return work.spend(static_cast<std::int64_t>(value.view().size() / 16)) ? trimmed(value.view()) : std::string_view{};
}

std::optional<Decimal> decimalOf(Work& work, const Value& value) {
    if (value.isText()) return decimalOf(trimmedText(work, value));
    std::array<char, 512> digits{};
    char* end = digits.data();
    if (value.kind() == Value::Kind::Int)
        end = std::to_chars(end, end + digits.size(), value.integer()).ptr;
    else if (value.kind() == Value::Kind::Float && std::isfinite(value.real()))
        end = std::to_chars(end, end + digits.size(), value.real(), std::chars_format::fixed).ptr;
    return decimalOf(std::string_view{digits.data(), static_cast<std::size_t>(end - digits.data())});
}

/// Half goes up, away from 0.
void round(Decimal& decimal, std::size_t places) {
    const bool goesUp = decimal.fraction.size() > places && decimal.fraction[places] >= '5';
    decimal.fraction.resize(places, '0');
    if (goesUp) {
        std::string digits = decimal.whole + decimal.fraction;
        std::size_t at = digits.size();
        while (at > 0 && digits[at - 1] == '9') digits[--at] = '0';
        if (at > 0)
            ++digits[at - 1];
        else
            digits.insert(0, 1, '1');
        decimal.fraction = digits.substr(digits.size() - places);
        decimal.whole = digits.substr(0, digits.size() - places);
    }
    const bool isZero = (decimal.whole + decimal.fraction).find_first_not_of('0') == std::string::npos;
    decimal.isNegative = decimal.isNegative && !isZero;
}

std::string grouped(const Decimal& decimal, const QLocale& locale) {
    const std::string comma = toUtf8(locale.groupSeparator());
    std::string out;
    for (std::size_t i = 0; i < decimal.whole.size(); ++i) {
        if (i > 0 && (decimal.whole.size() - i) % 3 == 0) out += comma;
        out.push_back(decimal.whole[i]);
    }
    if (!decimal.fraction.empty()) out += toUtf8(locale.decimalPoint()) + decimal.fraction;
    return out;
}

/// Reads the number and rounds it; nothing after a failure. `places` below 0 keeps the digits it has.
std::optional<Decimal> roundedDecimal(Work& work, const Value& input, std::int64_t places) {
    if (input.isUndefined()) return work.failUndefined(input.undefined()), std::nullopt;
    auto decimal = decimalOf(work, input);
    if (!decimal) return work.fail(ValueReason, "this is no decimal number"), std::nullopt;
    if (places > 20) return work.fail(ValueReason, "a number has at most 20 decimals"), std::nullopt;
    if (places >= 0) round(*decimal, static_cast<std::size_t>(places));
    return decimal;
}

Value number(Work& work, const Value& input, const Arguments& arguments) {
    const bool hasPlaces = arguments[0] && arguments[0]->kind() != Value::Kind::None;
    const std::int64_t places = hasPlaces ? std::max<std::int64_t>(integerOr(work, arguments[0], 0), 0) : -1;
    auto decimal = roundedDecimal(work, input, places);
    if (work.failed()) return {};
    // 12.0 is 12 to a reader.
    if (!hasPlaces && decimal->fraction == "0") decimal->fraction.clear();
    return work.text((decimal->isNegative ? "-" : "") + grouped(*decimal, localeOf(work)));
}

struct Currency {
    std::string_view code, sign, chineseSign;
    std::int64_t places;
};
// As CLDR shows them to readers of English and of Chinese.
constexpr std::array currencies{
    Currency{"CNY", "CN\u00A5", "\u00A5", 2}, Currency{"USD", "$", "US$", 2},
    Currency{"EUR", "\u20AC", "\u20AC", 2},   Currency{"GBP", "\u00A3", "\u00A3", 2},
    Currency{"JPY", "\u00A5", "JP\u00A5", 0}, Currency{"HKD", "HK$", "HK$", 2},
    Currency{"TWD", "NT$", "NT$", 2},         Currency{"KRW", "\u20A9", "\uFFE6", 0},
    Currency{"INR", "\u20B9", "\u20B9", 2},   Currency{"AUD", "A$", "AU$", 2},
    Currency{"CAD", "CA$", "CA$", 2},         Currency{"NZD", "NZ$", "NZ$", 2},
    Currency{"BRL", "R$", "R$", 2},           Currency{"VND", "\u20AB", "\u20AB", 0},
};

Value currency(Work& work, const Value& input, const Arguments& arguments) {
    std::string scratch;
    const std::string_view code = textOf(work, *arguments[0], scratch);
    if (code.size() != 3 || !std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; }))
        return work.fail(ValueReason, "a currency is three capital letters, like CNY");
    const auto* known = std::find_if(currencies.begin(), currencies.end(),
                                     [&](const Currency& currency) { return currency.code == code; });
    const bool isKnown = known != currencies.end();
    const bool hasPlaces = arguments[1] && arguments[1]->kind() != Value::Kind::None;
    const std::int64_t places =
        hasPlaces ? std::max<std::int64_t>(integerOr(work, arguments[1], 0), 0) : (isKnown ? known->places : 2);
    const auto decimal = roundedDecimal(work, input, places);
    if (work.failed()) return {};
    const QLocale locale = localeOf(work);
    const bool isChinese = locale.language() == QLocale::Chinese;
    const bool isHome =
        toUtf8(locale.currencySymbol(QLocale::CurrencyIsoCode)) == code && locale.language() != QLocale::English;
    std::string sign{isKnown ? (isChinese ? known->chineseSign : known->sign) : code};
    if (isHome && !isChinese) sign = toUtf8(locale.currencySymbol());
    const std::string minus = decimal->isNegative ? "-" : "", amount = grouped(*decimal, locale);
    const bool leads = isChinese || locale.language() == QLocale::English || locale.language() == QLocale::Japanese ||
                       locale.language() == QLocale::Korean;
    if (!leads) return work.text(minus + amount + "\u00A0" + sign);
    // Letters alone are kept apart from the digits.
    return work.text(minus + sign + (isKnown ? "" : "\u00A0") + amount);
}

/// The date as the language writes it in a sentence.
std::string_view usualFormat(const QLocale& locale) {
    switch (locale.language()) {
        case QLocale::Chinese:
        case QLocale::Japanese: return "%Y\u5E74%-m\u6708%-d\u65E5";
        case QLocale::Korean: return "%Y\uB144 %-m\uC6D4 %-d\uC77C";
        case QLocale::English:
            return locale.territory() == QLocale::UnitedStates || locale.territory() == QLocale::AnyTerritory
                       ? "%B %-d, %Y"
                       : "%-d %B %Y";
        default: return "%Y-%m-%d";
    }
}

Value date(Work& work, const Value& input, const Arguments& arguments) {
    if (input.isUndefined()) return work.failUndefined(input.undefined());
    std::optional<Moment> moment;
    if (input.isText())
        moment = readMoment(trimmedText(work, input));
    else if (input.kind() == Value::Kind::Int || input.kind() == Value::Kind::Float)
        moment = momentOf(input.real());
    if (!moment)
        return work.fail(ValueReason,
                         "a date is text like 2026-01-31T09:30:00Z or the seconds since 1970, in the years 1 to 9999");
    std::string zoneScratch, formatScratch;
    if (arguments[1] && arguments[1]->kind() != Value::Kind::None &&
        !moveToZone(*moment, textOf(work, *arguments[1], zoneScratch)))
        return work.fail(ValueReason, "a time zone is UTC, like +08:00 or like Asia/Shanghai");
    const QLocale locale = localeOf(work);
    const bool hasFormat = arguments[0] && arguments[0]->kind() != Value::Kind::None;
    const std::string_view format = hasFormat ? textOf(work, *arguments[0], formatScratch) : usualFormat(locale);
    if (!work.spend(static_cast<std::int64_t>(format.size())) || !work.hasRoom(format.size() * 16)) return {};
    std::string out;
    if (!appendMoment(out, *moment, format.empty() ? usualFormat(locale) : format, locale))
        return work.fail(ValueReason, "date knows no such sign behind %");
    return work.text(std::move(out));
}

constexpr std::array table{
    Filter{"date", {"format", "tz"}, 0, date},
    Filter{"number", {"decimals"}, 0, number},
    Filter{"currency", {"code", "decimals"}, 1, currency},
};

}  // namespace

std::span<const Filter> localeFilters() {
    return table;
}

}  // namespace postroom::content::templates
