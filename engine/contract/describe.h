// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The JSON Schema (OpenAPI 3.1) of what is answered, from the same list of members that writes and reads it.
//
// A struct is described once, among the components, and referred to wherever it stands. Any thread.

#include "engine/contract/resources.h"

namespace postroom::contract {

/// The words of a closed list, in its order; none for an enum whose words are not closed.
template <typename E>
inline constexpr auto everyOf = std::array<E, 0>{};
template <>
inline constexpr auto everyOf<State> = allStates;
template <>
inline constexpr auto everyOf<OnUnknown> = std::array{OnUnknown::Retry, OnUnknown::Hold};
template <>
inline constexpr auto everyOf<RecipientKind> = std::array{RecipientKind::To, RecipientKind::Cc, RecipientKind::Bcc};
template <>
inline constexpr auto everyOf<Security> = std::array{Security::Tls, Security::StartTls, Security::None};
template <>
inline constexpr auto everyOf<Auth> = std::array{Auth::Password, Auth::XOAuth2, Auth::None};

/// A struct's name without its namespace, as its component is called: "Message", "ReceiptRecipient" for one inside
/// another. Every compiler writes the type's name into that of the function, between its own decorations;
/// std::source_location would give the same, but clang 14 has none.
template <typename T>
[[nodiscard]] std::string componentName() {
#ifdef _MSC_VER
    std::string_view text = __FUNCSIG__;
    constexpr std::string_view before = "componentName<struct ";
#else
    std::string_view text = __PRETTY_FUNCTION__;
    constexpr std::string_view before = "T = ";
#endif
    text.remove_prefix(text.find(before) + before.size());
    // g++ leaves out the namespace that the function is in, the others don't.
    constexpr std::string_view home = "postroom::contract::";
    if (text.starts_with(home)) text.remove_prefix(home.size());
    std::string name;
    for (const char c : text.substr(0, text.find_first_of("];,>( "))) {
        if (c != ':') name.push_back(c);
    }
    return name;
}
template <typename T>
requires requires(T& page) {
    page.items, page.nextCursor;
}
[[nodiscard]] std::string componentName() {
    return componentName<typename decltype(T::items)::value_type>() + "Page";
}

/// Whether a value may also be null. A simple type says so itself, a reference can't.
inline json::Object orNullSchema(json::Object schema) {
    const json::Value* type = schema.if_contains("type");
    if (type && type->is_string() && !schema.contains("enum")) {
        schema["type"] = json::Array{*type, "null"};
        return schema;
    }
    return {{"anyOf", json::Array{std::move(schema), json::Object{{"type", "null"}}}}};
}

/// The schema of T. Structs are put into `components` by name, if they are not there, and answered as a reference.
template <typename T>
[[nodiscard]] json::Object describe(json::Object& components) {
    if constexpr (Described<T>) {
        const std::string name = componentName<T>();
        if (!components.contains(name)) {
            components[name] = nullptr;  // a struct that holds itself ends here
            json::Object properties;
            json::Array required;
            T value{};
            T::fields(value, [&](const char* member, auto& of) {
                properties.emplace(member, describe<std::remove_cvref_t<decltype(of)>>(components));
                required.emplace_back(member);
            });
            components[name] = json::Object{
                {"type", "object"}, {"properties", std::move(properties)}, {"required", std::move(required)}};
        }
        return {{"$ref", "#/components/schemas/" + name}};
    } else if constexpr (std::is_same_v<T, bool>) {
        return {{"type", "boolean"}};
    } else if constexpr (std::is_integral_v<T>) {
        return {{"type", "integer"}};
    } else if constexpr (std::is_same_v<T, double>) {
        return {{"type", "number"}};
    } else if constexpr (std::is_same_v<T, Id>) {
        return {{"type", "string"}, {"format", "uuid"}};
    } else if constexpr (std::is_same_v<T, TimePoint>) {
        return {{"type", "string"}, {"format", "date-time"}};
    } else if constexpr (std::is_same_v<T, json::Value>) {
        return {};
    } else if constexpr (requires { typename T::mapped_type; }) {
        return {{"type", "object"}, {"additionalProperties", describe<typename T::mapped_type>(components)}};
    } else if constexpr (requires(T t) { t.has_value(); }) {
        return orNullSchema(describe<typename T::value_type>(components));
    } else if constexpr (std::is_enum_v<T>) {
        json::Object out{{"type", "string"}};
        json::Array words;
        for (const T each : everyOf<T>) words.emplace_back(name(each));
        if (!words.empty()) out["enum"] = std::move(words);
        return out;
    } else if constexpr (std::is_same_v<T, std::string>) {
        return {{"type", "string"}};
    } else {
        return {{"type", "array"}, {"items", describe<typename T::value_type>(components)}};
    }
}

}  // namespace postroom::contract
