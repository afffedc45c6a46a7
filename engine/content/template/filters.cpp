// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/template/filters.h"

#include "engine/content/template/arithmetic.h"
#include "engine/content/template/letters.h"
#include "engine/content/template/show.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace postroom::content::templates {

namespace {

using Kind = Value::Kind;

Value byDefault(Work& work, const Value& input, const Arguments& arguments) {
    const bool isReplaced = input.isUndefined() || (truthOr(work, arguments[1], false) && !holds(work, input));
    if (!isReplaced) return input;
    return arguments[0] ? *arguments[0] : Value::borrowed({});
}

Value length(Work& work, const Value& input, const Arguments&) {
    switch (input.kind()) {
        case Kind::Undefined: return static_cast<void>(holds(work, input)), std::int64_t{0};
        case Kind::Text:
            if (!work.spend(static_cast<std::int64_t>(input.view().size() / 16))) return {};
            return static_cast<std::int64_t>(letterCount(input.view()));
        case Kind::List:
        case Kind::Map: return static_cast<std::int64_t>(input.size());
        case Kind::Loop: return input.loop().length;
        default: return work.fail(ValueReason, std::string{kindName(input)} + " has no length");
    }
}

Value edge(Work& work, const Value& input, bool isFirst) {
    const Items items{work, input};
    if (work.failed()) return {};
    // Python's reversed() over markup gives markup, unlike iter().
    if (input.isSafe() && !isFirst && items.size() > 0) {
        Text letter = items.at(items.size() - 1).text();
        letter.isSafe = true;
        return letter;
    }
    if (items.size() > 0) return items.at(isFirst ? 0 : items.size() - 1);
    return Undefined{nullptr, 0, isFirst ? "the first item of nothing" : "the last item of nothing", false};
}

/// The nearest double to `value` with this many decimals, a tie going to the even digit of the exact binary value.
double roundedTo(double value, std::int64_t decimals) {
    if (!std::isfinite(value) || decimals > 323) return value;
    if (decimals < -308) return std::copysign(0.0, value);
    if (decimals < 0) {
        const double scale = std::pow(10.0, static_cast<double>(-decimals));
        return std::nearbyint(value / scale) * scale;
    }
    std::array<char, 1024> digits{};
    const auto [end, fault] = std::to_chars(digits.data(), digits.data() + digits.size(), value,
                                            std::chars_format::fixed, static_cast<int>(decimals));
    if (fault != std::errc{}) return value;
    double rounded = value;
    std::from_chars(digits.data(), end, rounded);
    return rounded;
}

/// An int to tens, hundreds... for a precision of -1, -2...: a tie goes to the even one.
Value roundedToTens(Work& work, std::int64_t value, std::int64_t precision) {
    constexpr std::int64_t half = 5'000'000'000'000'000'000;
    // Up to the first power of ten that no int holds, or down to 0.
    if (precision == -19 && (value > half || value < -half))
        return combine(work, Operator::Power, std::int64_t{10}, -precision);
    if (precision < -18) return std::int64_t{0};
    std::int64_t scale = 1;
    for (std::int64_t i = precision; i < 0; ++i) scale *= 10;
    std::int64_t quotient = value / scale, rest = value % scale;
    if (rest < 0) --quotient, rest += scale;
    if (rest > scale - rest || (rest == scale - rest && quotient % 2 != 0)) ++quotient;
    return combine(work, Operator::Multiply, quotient, scale);
}

Value rounded(Work& work, const Value& input, const Arguments& arguments) {
    const std::int64_t precision = integerOr(work, arguments[0], 0);
    std::string scratch;
    const std::string_view method = arguments[1] ? textOf(work, *arguments[1], scratch) : "common";
    if (method != "common" && method != "ceil" && method != "floor")
        return work.fail(ValueReason, "round knows the methods common, ceil and floor");
    if (input.isUndefined()) return work.failUndefined(input.undefined());
    if (!input.isNumber()) return work.fail(ValueReason, std::string{kindName(input)} + " can't be rounded");
    if (method == "common") {
        if (!input.isIntegral()) return roundedTo(input.real(), precision);
        return precision >= 0 ? Value{input.integer()} : roundedToTens(work, input.integer(), precision);
    }
    const Value scale = combine(work, Operator::Power, std::int64_t{10}, precision);
    const Value scaled = combine(work, Operator::Multiply, input, scale);
    if (work.failed()) return {};
    const Value whole =
        scaled.isIntegral()
            ? scaled
            : Value{wholeOf(work, method == "ceil" ? std::ceil(scaled.real()) : std::floor(scaled.real()))};
    return combine(work, Operator::Divide, whole, scale);
}

Value toInteger(Work& work, const Value& input, const Arguments& arguments) {
    const Value otherwise = arguments[0] ? *arguments[0] : Value{std::int64_t{0}};
    const std::int64_t base = integerOr(work, arguments[1], 10);
    if (input.isUndefined()) return work.failUndefined(input.undefined());
    if (input.isIntegral()) return input.integer();
    double value = 0;
    if (input.isText()) {
        std::string scratch;
        const std::string_view text = textOf(work, input, scratch);
        if (base == 0 || (base >= 2 && base <= 36))
            if (const auto integer = readInteger(work, text, static_cast<int>(base))) return *integer;
        const auto real = readReal(text);
        if (!real) return otherwise;
        value = *real;
    } else if (input.kind() == Kind::Float) {
        value = input.real();
    } else {
        return otherwise;
    }
    return std::isnan(value) ? otherwise : Value{wholeOf(work, value)};
}

Value toReal(Work& work, const Value& input, const Arguments& arguments) {
    if (input.isUndefined()) return work.failUndefined(input.undefined());
    if (input.isNumber()) return input.real();
    std::string scratch;
    if (input.isText())
        if (const auto real = readReal(textOf(work, input, scratch))) return *real;
    return arguments[0] ? *arguments[0] : Value{0.0};
}

Value toJson(Work& work, const Value& input, const Arguments& arguments) {
    const bool hasIndent = arguments[0] && arguments[0]->kind() != Kind::None;
    const std::int64_t indent = hasIndent ? integerOr(work, arguments[0], 0) : -1;
    if (indent > 16) return work.fail(ValueReason, "json indents by at most 16");
    std::string out;
    appendJson(work, out, input, static_cast<int>(hasIndent ? std::max<std::int64_t>(indent, 0) : -1));
    return work.text(std::move(out), true);
}

/// What `attribute` of join names, "customer.name" or an index.
Value attributeOf(Work& work, const Value& item, const Value& attribute) {
    std::string scratch;
    std::string_view rest = textOf(work, attribute, scratch);
    Value value = item;
    while (!work.failed()) {
        const std::size_t end = std::min(rest.find('.'), rest.size());
        const std::string_view part = rest.substr(0, end);
        const bool isIndex = !part.empty() && part.find_first_not_of("0123456789") == part.npos;
        Value key = Value::borrowed(part), found;
        if (isIndex) key = Value{readInteger(work, part, 10).value_or(0)};
        if (value.isUndefined()) return work.failUndefined(value.undefined());
        if (!findItem(work, value, key, found))
            found = Undefined{nullptr, 0, "an item that is joined lacks the attribute", false};
        value = std::move(found);
        if (end == rest.size()) return value;
        rest.remove_prefix(end + 1);
    }
    return {};
}

Value joined(Work& work, const Value& input, const Arguments& arguments) {
    const Items items{work, input};
    const Value separator = arguments[0] ? *arguments[0] : Value::borrowed({});
    const bool hasAttribute = arguments[1] && arguments[1]->kind() != Kind::None;
    std::vector<Value> values;
    bool isMarkup = work.escapes() && separator.isSafe();
    for (std::size_t i = 0; i < items.size() && work.spend(2); ++i) {
        values.push_back(hasAttribute ? attributeOf(work, items.at(i), *arguments[1]) : items.at(i));
        isMarkup = isMarkup || (work.escapes() && values.back().isSafe());
    }
    std::string out;
    const auto put = [&](const Value& value) {
        work.spend(value.isText() ? static_cast<std::int64_t>(value.view().size() / 16) : 0);
        isMarkup ? appendEscapedText(work, out, value) : appendText(work, out, value);
    };
    for (std::size_t i = 0; i < values.size() && work.hasRoom(out.size()); ++i) {
        if (i > 0) put(separator);
        put(values[i]);
    }
    return work.text(std::move(out), isMarkup);
}

constexpr std::array table{
    Filter{"default", {"default_value", "boolean"}, 0, byDefault},
    Filter{"d", {"default_value", "boolean"}, 0, byDefault},
    Filter{"length", {}, 0, length},
    Filter{"count", {}, 0, length},
    Filter{"first", {}, 0, [](Work& work, const Value& input, const Arguments&) { return edge(work, input, true); }},
    Filter{"last", {}, 0, [](Work& work, const Value& input, const Arguments&) { return edge(work, input, false); }},
    Filter{"round", {"precision", "method"}, 0, rounded},
    Filter{"int", {"default", "base"}, 0, toInteger},
    Filter{"float", {"default"}, 0, toReal},
    Filter{"json", {"indent"}, 0, toJson},
    Filter{"tojson", {"indent"}, 0, toJson},
    Filter{"join", {"d", "attribute"}, 0, joined},
};

}  // namespace

std::span<const Filter> valueFilters() {
    return table;
}

const Filter* findFilter(std::string_view name) {
    for (const auto filters : {textFilters(), valueFilters(), localeFilters()})
        for (const Filter& filter : filters)
            if (filter.name == name) return &filter;
    return nullptr;
}

bool findItem(Work& work, const Value& base, const Value& key, Value& found) {
    switch (base.kind()) {
        case Kind::Map: return isKey(key) && base.find(key, found, work.steps());
        case Kind::Loop: return key.isText() && base.loop().find(key.view(), found);
        case Kind::List:
        case Kind::Text: break;
        default: return false;
    }
    if (!key.isIntegral()) return false;
    if (base.isText() && !work.spend(static_cast<std::int64_t>(base.view().size() / 16))) return false;
    const auto size = static_cast<std::int64_t>(base.isText() ? letterCount(base.view()) : base.size());
    std::int64_t index = key.integer();
    if (index < 0) index += size;
    if (index < 0 || index >= size) return false;
    if (base.kind() == Kind::List) return found = base.at(static_cast<std::size_t>(index)), true;
    const std::size_t start = letterOffset(base.view(), static_cast<std::size_t>(index));
    Text letter = base.text();
    letter.view = letter.view.substr(start, letterLength(letter.view, start));
    found = std::move(letter);
    return true;
}

Items::Items(Work& work, const Value& value) : m_value(value) {
    switch (value.kind()) {
        case Kind::List:
        case Kind::Map: return;
        case Kind::Text: {
            const std::string_view text = value.view();
            if (!work.spend(static_cast<std::int64_t>(text.size() / 4))) return;
            for (std::size_t at = 0; at < text.size(); at += letterLength(text, at))
                m_starts.push_back(static_cast<std::uint32_t>(at));
            return;
        }
        case Kind::Undefined: static_cast<void>(holds(work, value)); return;
        default: work.fail(ValueReason, std::string{kindName(value)} + " has no items to go through");
    }
}

Value Items::at(std::size_t index) const {
    if (!m_value.isText()) return m_value.at(index);
    Text letter = m_value.text();
    const std::size_t start = m_starts[index];
    letter.view = letter.view.substr(start, letterLength(letter.view, start));
    // Python's iter() over markup gives plain characters.
    letter.isSafe = false;
    return letter;
}

std::int64_t integerOr(Work& work, const Value* argument, std::int64_t otherwise) {
    if (!argument) return otherwise;
    if (argument->isIntegral()) return argument->integer();
    if (argument->isUndefined())
        work.failUndefined(argument->undefined());
    else
        work.fail(ValueReason, std::string{"an integer is needed, not "} + kindName(*argument));
    return otherwise;
}

bool truthOr(Work& work, const Value* argument, bool otherwise) {
    return argument ? holds(work, *argument) : otherwise;
}

}  // namespace postroom::content::templates
