// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/template/value.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace postroom::content::templates {

namespace {

template <typename... Visitors>
struct Overloaded : Visitors... {
    using Visitors::operator()...;
};
template <typename... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

template <typename T>
Order ordered(T a, T b) {
    return a < b ? Order::Less : a > b ? Order::Greater : a == b ? Order::Equal : Order::Unordered;
}

/// Exact, as Python compares: a 64-bit integer need not fit a double.
Order ordered(std::int64_t a, double b) {
    if (std::isnan(b)) return Order::Unordered;
    if (b >= 9223372036854775808.0) return Order::Less;
    if (b < -9223372036854775808.0) return Order::Greater;
    const double whole = std::floor(b);
    const Order order = ordered(a, static_cast<std::int64_t>(whole));
    return order == Order::Equal && whole < b ? Order::Less : order;
}

Order mirrored(Order order) {
    return order == Order::Less ? Order::Greater : order == Order::Greater ? Order::Less : order;
}

Order orderOfNumbers(const Value& a, const Value& b) {
    if (a.isIntegral() && b.isIntegral()) return ordered(a.integer(), b.integer());
    if (a.isIntegral()) return ordered(a.integer(), b.real());
    if (b.isIntegral()) return mirrored(ordered(b.integer(), a.real()));
    return ordered(a.real(), b.real());
}

/// Lists, tuples and ranges equal and compare only among themselves.
Sequence::Form formOf(const Value& list) {
    const Sequence* sequence = list.sequence();
    return sequence ? sequence->form : Sequence::Form::List;
}

bool areEqualMaps(const Value& a, const Value& b, std::int64_t& steps) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        Value other;
        if (!b.find(a.at(i), other, steps) || !areEqual(a.valueAt(i), other, steps)) return false;
    }
    return true;
}

}  // namespace

Value Value::of(const json::Value& value) {
    if (const auto* text = value.if_string()) return borrowed({text->data(), text->size()});
    if (const auto* integer = value.if_int64()) return *integer;
    if (const auto* object = value.if_object()) return object;
    if (const auto* array = value.if_array()) return array;
    if (const auto* flag = value.if_bool()) return *flag;
    if (const auto* real = value.if_double()) return *real;
    if (const auto* huge = value.if_uint64()) {
        if (*huge <= static_cast<std::uint64_t>(INT64_MAX)) return static_cast<std::int64_t>(*huge);
        auto digits = std::make_shared<const std::string>(std::to_string(*huge));
        return Text{*digits, digits, false};
    }
    return {};
}

Value::Kind Value::kind() const {
    constexpr std::array kinds{Kind::None, Kind::Undefined, Kind::Bool, Kind::Int, Kind::Float, Kind::Text,
                               Kind::List, Kind::Map,       Kind::List, Kind::Map, Kind::Loop};
    return kinds[m_store.index()];
}

std::int64_t Value::integer() const {
    if (const auto* integer = std::get_if<std::int64_t>(&m_store)) return *integer;
    return boolean() ? 1 : 0;
}

double Value::real() const {
    if (const auto* real = std::get_if<double>(&m_store)) return *real;
    return static_cast<double>(integer());
}

std::size_t Value::size() const {
    return std::visit(Overloaded{[](const json::Array* array) { return array->size(); },
                                 [](const json::Object* object) { return object->size(); },
                                 [](const std::shared_ptr<const Sequence>& list) { return list->items.size(); },
                                 [](const std::shared_ptr<const Mapping>& map) { return map->items.size(); },
                                 [](const auto&) { return std::size_t{0}; }},
                      m_store);
}

Value Value::at(std::size_t index) const {
    if (const auto* array = std::get_if<const json::Array*>(&m_store)) return of((**array)[index]);
    if (const auto* list = std::get_if<std::shared_ptr<const Sequence>>(&m_store)) return (*list)->items[index];
    if (const auto* map = std::get_if<std::shared_ptr<const Mapping>>(&m_store)) return (*map)->items[index].first;
    const auto& member = *(std::get<const json::Object*>(m_store)->begin() + static_cast<std::ptrdiff_t>(index));
    return borrowed({member.key().data(), member.key().size()});
}

Value Value::valueAt(std::size_t index) const {
    if (const auto* map = std::get_if<std::shared_ptr<const Mapping>>(&m_store)) return (*map)->items[index].second;
    return of((std::get<const json::Object*>(m_store)->begin() + static_cast<std::ptrdiff_t>(index))->value());
}

bool Value::find(std::string_view key, Value& found, std::int64_t& steps) const {
    if (const auto* object = std::get_if<const json::Object*>(&m_store)) {
        steps -= static_cast<std::int64_t>(key.size() / 16);
        const json::Value* value = (*object)->if_contains(key);
        if (value) found = of(*value);
        return value != nullptr;
    }
    return find(borrowed(key), found, steps);
}

bool Value::find(const Value& key, Value& found, std::int64_t& steps) const {
    if (std::holds_alternative<const json::Object*>(m_store)) return key.isText() && find(key.view(), found, steps);
    for (const auto& item : std::get<std::shared_ptr<const Mapping>>(m_store)->items) {
        if (!areEqual(item.first, key, steps)) continue;
        found = item.second;
        return true;
    }
    return false;
}

const Sequence* Value::sequence() const {
    const auto* list = std::get_if<std::shared_ptr<const Sequence>>(&m_store);
    return list ? list->get() : nullptr;
}

int Value::depth() const {
    if (const auto* list = std::get_if<std::shared_ptr<const Sequence>>(&m_store)) return (*list)->depth;
    if (const auto* map = std::get_if<std::shared_ptr<const Mapping>>(&m_store)) return (*map)->depth;
    return 0;
}

bool Loop::find(std::string_view name, Value& found) const {
    if (name == "index") return found = index0 + 1, true;
    if (name == "index0") return found = index0, true;
    if (name == "revindex") return found = length - index0, true;
    if (name == "revindex0") return found = length - index0 - 1, true;
    if (name == "first") return found = index0 == 0, true;
    if (name == "last") return found = index0 + 1 == length, true;
    if (name == "length") return found = length, true;
    if (name == "depth") return found = depth0 + 1, true;
    if (name == "depth0") return found = depth0, true;
    if (name == "previtem") return found = previous, true;
    if (name == "nextitem") return found = next, true;
    return false;
}

bool isTrue(const Value& value) {
    switch (value.kind()) {
        case Value::Kind::Bool: return value.boolean();
        case Value::Kind::Int: return value.integer() != 0;
        case Value::Kind::Float: return value.real() != 0;
        case Value::Kind::Text: return !value.view().empty();
        case Value::Kind::List:
        case Value::Kind::Map: return value.size() > 0;
        case Value::Kind::Loop: return true;
        default: return false;
    }
}

bool areEqual(const Value& a, const Value& b, std::int64_t& steps) {
    if (--steps < 0) return false;
    if (a.isNumber() && b.isNumber()) return orderOfNumbers(a, b) == Order::Equal;
    if (a.kind() != b.kind()) return false;
    switch (a.kind()) {
        case Value::Kind::Text:
            if (a.view().size() != b.view().size()) return false;
            steps -= static_cast<std::int64_t>(a.view().size() / 16);
            return a.view() == b.view();
        case Value::Kind::List:
            if (a.size() != b.size() || formOf(a) != formOf(b)) return false;
            for (std::size_t i = 0; i < a.size(); ++i)
                if (!areEqual(a.at(i), b.at(i), steps)) return false;
            return true;
        case Value::Kind::Map: return areEqualMaps(a, b, steps);
        case Value::Kind::Loop: return &a.loop() == &b.loop();
        default: return true;
    }
}

Order compare(const Value& a, const Value& b, std::int64_t& steps) {
    if (--steps < 0) return Order::Equal;
    if (a.isNumber() && b.isNumber()) return orderOfNumbers(a, b);
    if (a.isText() && b.isText()) {
        steps -= static_cast<std::int64_t>(std::min(a.view().size(), b.view().size()) / 16);
        const int order = a.view().compare(b.view());
        return order < 0 ? Order::Less : order > 0 ? Order::Greater : Order::Equal;
    }
    if (a.kind() != Value::Kind::List || b.kind() != Value::Kind::List || formOf(a) != formOf(b) ||
        formOf(a) == Sequence::Form::Range)
        return Order::Incomparable;
    for (std::size_t i = 0; i < a.size() && i < b.size(); ++i)
        if (!areEqual(a.at(i), b.at(i), steps)) return compare(a.at(i), b.at(i), steps);
    return ordered(a.size(), b.size());
}

bool isKey(const Value& value) {
    if (const Sequence* sequence = value.sequence()) return sequence->isKey;
    return value.kind() != Value::Kind::List && value.kind() != Value::Kind::Map;
}

const char* kindName(const Value& value) {
    switch (value.kind()) {
        case Value::Kind::Undefined: return "an undefined value";
        case Value::Kind::None: return "none";
        case Value::Kind::Bool: return "a truth value";
        case Value::Kind::Int: return "an integer";
        case Value::Kind::Float: return "a float";
        case Value::Kind::Text: return "text";
        case Value::Kind::List: return "a list";
        case Value::Kind::Map: return "a mapping";
        case Value::Kind::Loop: return "loop";
    }
    return "";
}

}  // namespace postroom::content::templates
