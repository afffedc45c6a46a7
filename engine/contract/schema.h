// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What a request's body may hold, as rows: the same rows validate it, name its faults and describe it in the OpenAPI
// document.
//
// Any thread. Reasons are closed words: field.unknown, field.read_only, field.not_available, field.required,
// field.type, field.empty, field.too_long, field.too_many, field.too_small, field.too_large, field.not_allowed,
// field.control_character.

#include "engine/contract/json.h"

#include <string_view>
#include <vector>

namespace postroom::contract {

/// `Objects` is a list whose entries are held against `of` one by one, by the handler: each is its own request.
enum class FieldType { Text, Integer, Number, Boolean, Object, List, Objects, TextOrList, Map };
enum class Need { Optional, Required, ReadOnly, NotAvailable };

struct Schema;

struct Field {
    std::string_view name;
    FieldType type = FieldType::Text;
    Need need = Need::Optional;
    std::string_view unless = {};  ///< not required where this other field is given
    std::string_view doc = {};     ///< one English sentence, Markdown allowed
    bool nullable = false;
    bool blankAllowed = true;        ///< "" passes
    bool multiline = false;          ///< all but NUL passes: a body's other controls are encoded, never interpreted
    std::size_t longest = 1000;      ///< bytes of a text (also of each in a list)
    std::size_t most = 1000;         ///< entries of a list or map
    std::int64_t least = INT64_MIN;  ///< of an integer or a number
    std::int64_t greatest = INT64_MAX;
    std::vector<std::string_view> oneOf = {};
    const Schema* of = nullptr;     ///< the object's members, or those of each list entry
    std::string_view example = {};  ///< JSON
};

struct Schema {
    std::string_view name;
    std::vector<Field> fields;
};

/// ValidationFailed with a FieldError per fault (at most 50), or nothing. `body` must be an object.
[[nodiscard]] Result<void> check(const Schema& schema, const json::Value& body);
/// Puts the OpenAPI 3.1 form of the schema, and of those its fields hold, into `components`, each by its name; a
/// reference to it.
[[nodiscard]] json::Object describe(const Schema& schema, json::Object& components);

}  // namespace postroom::contract
