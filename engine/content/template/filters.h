// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The filters (`value|name(...)`) and tests (`value is name`): two closed tables. A new one is a row here, a row in
// the handbook (templates.md) and rows in tst_template and template_cases.py.

#include "engine/content/template/work.h"

#include <array>
#include <span>

namespace postroom::content::templates {

struct Arguments {
    static constexpr std::size_t Most = 4;
    std::array<Value, Most> values{};
    std::array<bool, Most> given{};
    /// Null if it was left out.
    [[nodiscard]] const Value* operator[](std::size_t index) const { return given[index] ? &values[index] : nullptr; }
};

struct Filter {
    std::string_view name;
    std::array<std::string_view, Arguments::Most> parameters{};
    std::size_t required = 0;
    Value (*apply)(Work& work, const Value& input, const Arguments& arguments) = nullptr;

    [[nodiscard]] std::size_t parameterCount() const {
        std::size_t count = 0;
        while (count < parameters.size() && !parameters[count].empty()) ++count;
        return count;
    }
};

struct Trial {
    std::string_view name;
    bool hasArgument = false;
    bool (*holds)(Work& work, const Value& value, const Value& argument) = nullptr;
};

/// Null if there is none of this name.
[[nodiscard]] const Filter* findFilter(std::string_view name);
[[nodiscard]] const Trial* findTrial(std::string_view name);

// The table's parts, by file.
[[nodiscard]] std::span<const Filter> textFilters();
[[nodiscard]] std::span<const Filter> valueFilters();
[[nodiscard]] std::span<const Filter> localeFilters();

/// The item, attribute or character `key` names. False if there is none, or if `base` has no parts.
[[nodiscard]] bool findItem(Work& work, const Value& base, const Value& key, Value& found);

/// What a loop, join or first goes through: a list's items, a map's keys, a text's characters.
class Items {
public:
    /// Fails if there is nothing to go through in `value`; an undefined one is empty, or fails.
    Items(Work& work, const Value& value);
    [[nodiscard]] std::size_t size() const { return m_value.isText() ? m_starts.size() : m_value.size(); }
    [[nodiscard]] Value at(std::size_t index) const;

private:
    Value m_value;
    std::vector<std::uint32_t> m_starts;  // of a text's characters
};

/// The argument as an integer, `otherwise` where it was left out; fails if it is something else.
[[nodiscard]] std::int64_t integerOr(Work& work, const Value* argument, std::int64_t otherwise);
[[nodiscard]] bool truthOr(Work& work, const Value* argument, bool otherwise);

}  // namespace postroom::content::templates
