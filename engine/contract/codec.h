// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The one way a struct becomes JSON and comes back: each resource lists its members once, in a static `fields(self,
// visit)`, and the same list writes it, reads it and (describe.h) describes it in the OpenAPI document.
//
// Reading is strict about types and lenient about members it does not know: an older window may talk to a newer engine.
// What a request may hold is checked before, against its Schema (schema.h).

#include "engine/contract/json.h"
#include "engine/contract/states.h"

#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace postroom::contract {

template <typename T>
concept Described = requires(T& value) {
    T::fields(value, [](const char*, auto&) {});
};

// ---- writing ----
inline json::Value toJson(bool value) {
    return value;
}
inline json::Value toJson(double value) {
    return value;
}
inline json::Value toJson(int value) {
    return value;
}
inline json::Value toJson(std::int64_t value) {
    return value;
}
inline json::Value toJson(const std::string& value) {
    return json::Value(value);
}
inline json::Value toJson(const Id& value) {
    return json::Value(value.text());
}
inline json::Value toJson(TimePoint value) {
    return json::Value(toIso(value));
}
inline json::Value toJson(const json::Value& value) {
    return value;
}
template <typename T>
requires std::is_enum_v<T> json::Value toJson(T value) {
    return json::Value(name(value));
}
template <Described T>
json::Value toJson(const T& value);
template <typename T>
json::Value toJson(const std::optional<T>& value) {
    return value ? toJson(*value) : json::Value(nullptr);
}
template <typename T>
json::Value toJson(const std::vector<T>& values) {
    json::Array array;
    array.reserve(values.size());
    for (const T& value : values) array.push_back(toJson(value));
    return array;
}
template <typename T>
json::Value toJson(const std::map<std::string, T>& values) {
    json::Object object;
    for (const auto& [key, value] : values) object.emplace(key, toJson(value));
    return object;
}
template <Described T>
json::Value toJson(const T& value) {
    json::Object object;
    T::fields(const_cast<T&>(value), [&](const char* name, auto& member) { object.emplace(name, toJson(member)); });
    return object;
}

// ---- reading: false leaves the target as it was; `where` collects the path of the first member that did not fit ----
inline bool read(const json::Value& from, bool& to, std::string&) {
    return from.is_bool() ? (to = from.get_bool(), true) : false;
}
inline bool read(const json::Value& from, std::int64_t& to, std::string&) {
    if (from.is_int64()) return to = from.get_int64(), true;
    if (from.is_uint64() && from.get_uint64() <= std::uint64_t(INT64_MAX))
        return to = std::int64_t(from.get_uint64()), true;
    return false;
}
inline bool read(const json::Value& from, int& to, std::string& where) {
    std::int64_t wide = 0;
    if (!read(from, wide, where) || wide < INT32_MIN || wide > INT32_MAX) return false;
    return to = static_cast<int>(wide), true;
}
inline bool read(const json::Value& from, double& to, std::string&) {
    if (from.is_double()) return to = from.get_double(), true;
    if (from.is_int64()) return to = static_cast<double>(from.get_int64()), true;
    if (from.is_uint64()) return to = static_cast<double>(from.get_uint64()), true;
    return false;
}
inline bool read(const json::Value& from, std::string& to, std::string&) {
    return from.is_string() ? (to.assign(from.get_string().data(), from.get_string().size()), true) : false;
}
inline bool read(const json::Value& from, Id& to, std::string&) {
    const auto id = from.is_string() ? Id::parse(from.get_string()) : std::nullopt;
    return id ? (to = *id, true) : false;
}
inline bool read(const json::Value& from, TimePoint& to, std::string&) {
    if (!from.is_string()) return false;
    const auto at = fromIso(from.get_string());
    return at ? (to = *at, true) : false;
}
inline bool read(const json::Value& from, json::Value& to, std::string&) {
    return to = from, true;
}
inline bool read(const json::Value& from, State& to, std::string&) {
    const auto state = from.is_string() ? stateNamed(from.get_string()) : std::nullopt;
    return state ? (to = *state, true) : false;
}
inline bool read(const json::Value& from, OnUnknown& to, std::string&) {
    const auto choice = from.is_string() ? onUnknownNamed(from.get_string()) : std::nullopt;
    return choice ? (to = *choice, true) : false;
}
inline bool read(const json::Value& from, RecipientKind& to, std::string&) {
    const auto kind = from.is_string() ? recipientKindNamed(from.get_string()) : std::nullopt;
    return kind ? (to = *kind, true) : false;
}
inline bool read(const json::Value& from, Security& to, std::string&) {
    const auto security = from.is_string() ? securityNamed(from.get_string()) : std::nullopt;
    return security ? (to = *security, true) : false;
}
inline bool read(const json::Value& from, Auth& to, std::string&) {
    const auto auth = from.is_string() ? authNamed(from.get_string()) : std::nullopt;
    return auth ? (to = *auth, true) : false;
}
template <Described T>
bool read(const json::Value& from, T& to, std::string& where);
template <typename T>
bool read(const json::Value& from, std::optional<T>& to, std::string& where) {
    if (from.is_null()) return to.reset(), true;
    T value{};
    return read(from, value, where) ? (to = std::move(value), true) : false;
}
template <typename T>
bool read(const json::Value& from, std::vector<T>& to, std::string& where) {
    if (!from.is_array()) return false;
    std::vector<T> values;
    for (const json::Value& item : from.get_array())
        if (!read(item, values.emplace_back(), where)) {
            where.insert(0, "[" + std::to_string(values.size() - 1) + "]");
            return false;
        }
    return to = std::move(values), true;
}
template <typename T>
bool read(const json::Value& from, std::map<std::string, T>& to, std::string& where) {
    if (!from.is_object()) return false;
    std::map<std::string, T> values;
    for (const auto& member : from.get_object())
        if (!read(member.value(), values[std::string(member.key())], where)) {
            where.insert(0, "." + std::string(member.key()));
            return false;
        }
    return to = std::move(values), true;
}
template <Described T>
bool read(const json::Value& from, T& to, std::string& where) {
    if (!from.is_object()) return false;
    bool fits = true;
    T::fields(to, [&](const char* name, auto& member) {
        const json::Value* value = fits ? from.get_object().if_contains(name) : nullptr;
        if (value && !read(*value, member, where)) {
            where.insert(0, std::string(".") + name);
            fits = false;
        }
    });
    return fits;
}

/// Reads one described struct; ValidationFailed naming the first member whose type does not fit.
template <typename T>
[[nodiscard]] Result<T> fromJson(const json::Value& value) {
    T out{};
    std::string where;
    if (read(value, out, where)) return out;
    if (where.starts_with('.')) where.erase(0, 1);
    return fail(invalidField(where, "field.type", "has the wrong type or form"));
}

}  // namespace postroom::contract
