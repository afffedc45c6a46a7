// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/template/arithmetic.h"

#include "engine/base/text.h"
#include "engine/content/template/letters.h"
#include "engine/content/template/show.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace postroom::content::templates {

namespace {

using Kind = Value::Kind;

const char* signText(Operator sign) {
    constexpr std::array texts{"+", "-", "*", "/", "//", "%", "**", "==", "!=", "<", "<=", ">", ">=", "in", "not in"};
    return texts[static_cast<std::size_t>(sign)];
}

Value refuse(Work& work, Operator sign, const Value& a, const Value& b) {
    for (const Value* value : {&a, &b})
        if (value->isUndefined()) return work.failUndefined(value->undefined());
    return work.fail(ValueReason, std::string{"there is no "} + kindName(a) + " " + signText(sign) + " " + kindName(b));
}

Value tooLarge(Work& work) {
    return work.fail(BudgetReason, "an integer grows beyond 63 bits");
}
Value byZero(Work& work) {
    return work.fail(ValueReason, "division by zero");
}

Value power(Work& work, std::int64_t base, std::int64_t exponent) {
    std::int64_t result = 1;
    while (true) {
        if ((exponent & 1) != 0 && __builtin_mul_overflow(result, base, &result)) return tooLarge(work);
        exponent >>= 1;
        if (exponent == 0) return result;
        if (__builtin_mul_overflow(base, base, &base)) return tooLarge(work);
    }
}

/// The double nearest to a / b, whatever their size; b is not 0.
double quotient(std::int64_t a, std::int64_t b) {
    constexpr std::int64_t exact = std::int64_t{1} << 53;
    const auto isExact = [](std::int64_t value) { return value >= -exact && value <= exact; };
    if (isExact(a) && isExact(b)) return static_cast<double>(a) / static_cast<double>(b);
    const auto sizeOf = [](std::int64_t value) {
        return value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    };
    if (a == 0) return b < 0 ? -0.0 : 0.0;
    // Long division to 55 bits or more, two beyond what a double holds, and a last bit that says whether there is more:
    // so that it is rounded once, and a tie is known for one.
    const std::uint64_t divisor = sizeOf(b);
    std::uint64_t whole = sizeOf(a) / divisor, rest = sizeOf(a) % divisor;
    int exponent = 0;
    for (; whole < std::uint64_t{1} << 54; --exponent) {
        rest *= 2;
        whole = whole * 2 + (rest >= divisor ? 1 : 0);
        if (rest >= divisor) rest -= divisor;
    }
    if (rest != 0) whole |= 1;
    const double size = std::ldexp(static_cast<double>(whole), exponent);
    return (a < 0) != (b < 0) ? -size : size;
}

Value combineIntegers(Work& work, Operator sign, std::int64_t a, std::int64_t b) {
    std::int64_t result = 0;
    switch (sign) {
        case Operator::Add:
            if (__builtin_add_overflow(a, b, &result)) return tooLarge(work);
            return result;
        case Operator::Subtract:
            if (__builtin_sub_overflow(a, b, &result)) return tooLarge(work);
            return result;
        case Operator::Multiply:
            if (__builtin_mul_overflow(a, b, &result)) return tooLarge(work);
            return result;
        case Operator::Divide:
            if (b == 0) return byZero(work);
            return quotient(a, b);
        case Operator::FloorDivide:
        case Operator::Modulo: {
            if (b == 0) return byZero(work);
            if (b == -1) return sign == Operator::Modulo ? Value{std::int64_t{0}} : negated(work, a);
            std::int64_t quotient = a / b, rest = a % b;
            if (rest != 0 && (rest < 0) != (b < 0)) --quotient, rest += b;
            return sign == Operator::Modulo ? rest : quotient;
        }
        default: break;
    }
    if (b >= 0) return power(work, a, b);
    if (a == 0) return byZero(work);
    return std::pow(static_cast<double>(a), static_cast<double>(b));
}

/// CPython's float_divmod: the rest has the divisor's sign.
std::pair<double, double> floorDivide(double a, double b) {
    double rest = std::fmod(a, b);
    double quotient = (a - rest) / b;
    if (rest != 0) {
        if ((b < 0) != (rest < 0)) rest += b, quotient -= 1;
    } else {
        rest = std::copysign(0.0, b);
    }
    if (quotient == 0) return {std::copysign(0.0, a / b), rest};
    double whole = std::floor(quotient);
    if (quotient - whole > 0.5) whole += 1;
    return {whole, rest};
}

Value combineReals(Work& work, Operator sign, double a, double b) {
    switch (sign) {
        case Operator::Add: return a + b;
        case Operator::Subtract: return a - b;
        case Operator::Multiply: return a * b;
        case Operator::Divide:
            if (b == 0) return byZero(work);
            return a / b;
        case Operator::FloorDivide:
        case Operator::Modulo:
            if (b == 0) return byZero(work);
            return sign == Operator::Modulo ? floorDivide(a, b).second : floorDivide(a, b).first;
        default: break;
    }
    if (a == 0 && b < 0) return byZero(work);
    if (a < 0 && std::isfinite(b) && std::floor(b) != b)
        return work.fail(ValueReason, "a negative number has no such power");
    const double result = std::pow(a, b);
    if (std::isinf(result) && std::isfinite(a) && std::isfinite(b))
        return work.fail(BudgetReason, "a power grows beyond what a float holds");
    return result;
}

Value joinTexts(Work& work, const Text& a, const Text& b) {
    std::string out;
    const bool isSafe = a.isSafe || b.isSafe;
    if (!work.hasRoom(a.view.size() + b.view.size())) return {};
    for (const Text* text : {&a, &b}) {
        if (isSafe && !text->isSafe)
            appendEscaped(out, text->view);
        else
            out += text->view;
    }
    return work.text(std::move(out), isSafe);
}

bool isRange(const Value& value) {
    return value.sequence() && value.sequence()->form == Sequence::Form::Range;
}
bool isTuple(const Value& value) {
    return value.sequence() && value.sequence()->form == Sequence::Form::Tuple;
}

Value repeated(Work& work, const Value& value, std::int64_t times) {
    const std::size_t size = value.isText() ? value.view().size() : value.size();
    const auto count = static_cast<std::size_t>(times > 0 ? times : 0);
    if (size > 0 && count > Limits::Text_bytes / size)
        return work.fail(BudgetReason, "what is repeated grows beyond 2 MiB");
    if (value.isText()) {
        std::string out;
        out.reserve(size * count);
        for (std::size_t i = 0; size > 0 && i < count; ++i) out += value.view();
        return work.text(std::move(out), value.isSafe());
    }
    std::vector<Value> items;
    if (!work.spend(static_cast<std::int64_t>(size * count) * 2)) return {};
    for (std::size_t i = 0; size > 0 && i < count; ++i)
        for (std::size_t at = 0; at < size; ++at) items.push_back(value.at(at));
    return work.list(std::move(items), isTuple(value) ? Sequence::Form::Tuple : Sequence::Form::List);
}

Value joinLists(Work& work, const Value& a, const Value& b) {
    std::vector<Value> items;
    if (!work.spend(static_cast<std::int64_t>(a.size() + b.size()))) return {};
    items.reserve(a.size() + b.size());
    for (const Value* list : {&a, &b})
        for (std::size_t i = 0; i < list->size(); ++i) items.push_back(list->at(i));
    return work.list(std::move(items), isTuple(a) ? Sequence::Form::Tuple : Sequence::Form::List);
}

bool contains(Work& work, const Value& container, const Value& item) {
    const auto needsDefined = [&](const Value& value) {
        if (value.isUndefined() && work.isStrict() && !value.undefined().isMild) work.failUndefined(value.undefined());
        return !work.failed();
    };
    switch (container.kind()) {
        case Kind::Undefined: return needsDefined(container), false;
        case Kind::Text:
            if (!item.isText()) break;
            if (!work.hasRoom(item.view().size()) ||
                !work.spend(static_cast<std::int64_t>(container.view().size() / 16)))
                return false;
            return findText(container.view(), item.view(), 0) != std::string_view::npos;
        case Kind::List:
            for (std::size_t i = 0; i < container.size() && needsDefined(item) && work.spend(1); ++i)
                if (areEqual(container.at(i), item, work.steps())) return true;
            return false;
        case Kind::Map: {
            Value found;
            if (!isKey(item)) break;
            return needsDefined(item) && container.find(item, found, work.steps());
        }
        default: break;
    }
    refuse(work, Operator::In, item, container);
    return false;
}

/// Takes away the underscores that may stand between digits; nothing if one stands elsewhere.
std::optional<std::string> withoutUnderscores(std::string_view text) {
    std::string out;
    const auto isDigit = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '_')
            out.push_back(text[i]);
        else if (i == 0 || i + 1 >= text.size() || !isDigit(text[i - 1]) || !isDigit(text[i + 1]))
            return std::nullopt;
    }
    return out;
}

std::string_view withoutBlanks(std::string_view text) {
    text.remove_prefix(leadingSpace(text));
    text.remove_suffix(trailingSpace(text));
    return text;
}

}  // namespace

Value combine(Work& work, Operator sign, const Value& a, const Value& b) {
    if (a.isNumber() && b.isNumber()) {
        if (a.isIntegral() && b.isIntegral()) return combineIntegers(work, sign, a.integer(), b.integer());
        return combineReals(work, sign, a.real(), b.real());
    }
    if (sign == Operator::Add && a.isText() && b.isText()) return joinTexts(work, a.text(), b.text());
    if (sign == Operator::Add && a.kind() == Kind::List && b.kind() == Kind::List && isTuple(a) == isTuple(b) &&
        !isRange(a) && !isRange(b))
        return joinLists(work, a, b);
    const auto repeats = [](const Value& value) {
        return value.isText() || (value.kind() == Kind::List && !isRange(value));
    };
    if (sign == Operator::Multiply && repeats(a) && b.isIntegral()) return repeated(work, a, b.integer());
    if (sign == Operator::Multiply && a.isIntegral() && repeats(b)) return repeated(work, b, a.integer());
    return refuse(work, sign, a, b);
}

Value negated(Work& work, const Value& value) {
    if (value.kind() == Kind::Float) return -value.real();
    if (!value.isIntegral()) {
        if (value.isUndefined()) return work.failUndefined(value.undefined());
        return work.fail(ValueReason, std::string{kindName(value)} + " has no sign");
    }
    if (value.integer() == std::numeric_limits<std::int64_t>::min()) return tooLarge(work);
    return -value.integer();
}

bool relates(Work& work, Operator sign, const Value& a, const Value& b) {
    if (sign == Operator::In) return contains(work, b, a);
    if (sign == Operator::NotIn) return !contains(work, b, a);
    const bool isEquality = sign == Operator::Equal || sign == Operator::NotEqual;
    for (const Value* value : {&a, &b})
        if (value->isUndefined() && (!isEquality || (work.isStrict() && !value->undefined().isMild)))
            return work.failUndefined(value->undefined()), false;
    if (isEquality) return areEqual(a, b, work.steps()) == (sign == Operator::Equal);
    const Order order = compare(a, b, work.steps());
    if (order == Order::Incomparable) return refuse(work, sign, a, b), false;
    switch (sign) {
        case Operator::Less: return order == Order::Less;
        case Operator::LessEqual: return order == Order::Less || order == Order::Equal;
        case Operator::Greater: return order == Order::Greater;
        default: return order == Order::Greater || order == Order::Equal;
    }
}

bool holds(Work& work, const Value& value) {
    if (!value.isUndefined()) return isTrue(value);
    if (work.isStrict() && !value.undefined().isMild) work.failUndefined(value.undefined());
    return false;
}

std::optional<std::int64_t> readInteger(Work& work, std::string_view text, int base) {
    const auto digits = withoutUnderscores(withoutBlanks(text));
    if (!digits || digits->empty()) return std::nullopt;
    std::string_view rest = *digits;
    const bool isNegative = rest[0] == '-';
    if (rest[0] == '-' || rest[0] == '+') rest.remove_prefix(1);
    const char mark = rest.size() > 2 && rest[0] == '0' ? static_cast<char>(rest[1] | 0x20) : '\0';
    const int marked = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 0;
    if (marked != 0 && (base == marked || base == 0)) {
        base = marked;
        rest.remove_prefix(2);
    } else if (base == 0) {
        base = 10;
    }
    std::uint64_t value = 0;
    const auto [end, fault] = std::from_chars(rest.data(), rest.data() + rest.size(), value, base);
    if (rest.empty() || end != rest.data() + rest.size() || fault == std::errc::invalid_argument) return std::nullopt;
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (fault == std::errc::result_out_of_range || value > most + (isNegative ? 1 : 0)) {
        tooLarge(work);
        return 0;
    }
    return static_cast<std::int64_t>(isNegative ? 0 - value : value);
}

std::optional<double> readReal(std::string_view text) {
    const auto digits = withoutUnderscores(withoutBlanks(text));
    if (!digits || digits->empty()) return std::nullopt;
    std::string_view rest = *digits;
    const double sign = rest[0] == '-' ? -1 : 1;
    if (rest[0] == '-' || rest[0] == '+') rest.remove_prefix(1);
    const std::string word = rest.size() > 8 ? std::string{} : toLowerAscii(rest);
    if (word == "inf" || word == "infinity") return sign * std::numeric_limits<double>::infinity();
    if (word == "nan") return std::numeric_limits<double>::quiet_NaN();
    if (rest.empty() || rest.find_first_not_of("0123456789.eE+-") != rest.npos || rest[0] == '-') return std::nullopt;
    double value = 0;
    const auto [end, fault] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    if (fault == std::errc::invalid_argument || end != rest.data() + rest.size()) return std::nullopt;
    if (fault == std::errc::result_out_of_range) {
        // Too small reads as 0, too large as infinite: only the exponent's sign, or digits without one, tells them
        // apart.
        const bool isTiny = rest.find("e-") != rest.npos || rest.find("E-") != rest.npos ||
                            rest.substr(0, rest.find('.')).find_first_not_of('0') == rest.npos;
        return sign * (isTiny ? 0.0 : std::numeric_limits<double>::infinity());
    }
    return sign * value;
}

std::int64_t wholeOf(Work& work, double value) {
    if (value >= -9223372036854775808.0 && value < 9223372036854775808.0) return static_cast<std::int64_t>(value);
    work.fail(std::isfinite(value) ? BudgetReason : ValueReason,
              std::isfinite(value) ? "an integer grows beyond 63 bits" : "an infinite number is no integer");
    return 0;
}

}  // namespace postroom::content::templates
