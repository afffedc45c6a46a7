// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A value while a template is rendered: a variable (borrowed from the caller's JSON), a literal (borrowed from the
// tree) or something made on the way (shared). Any thread, one rendering.
//
// It means what it means in Python: True is 1, an int and a float are equal if their sizes are, a text has characters.

#include "engine/contract/json.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace postroom::content::templates {

struct Expression;
struct Sequence;
struct Mapping;

/// What a loop's body sees as `loop`. It lives as long as the loop runs, and so does every value that points to it: a
/// name set in a loop ends with its turn.
struct Loop;

/// A value that isn't there, and how it was asked for: the path is only written down when somebody wants to know.
struct Undefined {
    const Expression* source = nullptr;  ///< the Name or Path, null if there is only a hint
    std::size_t steps = 0;               ///< how many of the Path's steps were taken
    const char* hint = nullptr;          ///< "the last item of an empty list"
    bool isMild = false;                 ///< empty without an error even where undefined variables are errors
};

struct Text {
    std::string_view view{};
    std::shared_ptr<const std::string> owner{};  ///< null where the text is borrowed
    bool isSafe = false;                         ///< markup already: escaping leaves it alone
};

class Value {
public:
    enum class Kind { Undefined, None, Bool, Int, Float, Text, List, Map, Loop };

    Value() = default;  ///< none
    Value(const Undefined& value) : m_store(value) {}
    Value(bool value) : m_store(value) {}
    Value(std::int64_t value) : m_store(value) {}
    Value(double value) : m_store(value) {}
    Value(Text value) : m_store(std::move(value)) {}
    Value(const json::Array* value) : m_store(value) {}
    Value(const json::Object* value) : m_store(value) {}
    Value(std::shared_ptr<const Sequence> value) : m_store(std::move(value)) {}
    Value(std::shared_ptr<const Mapping> value) : m_store(std::move(value)) {}
    Value(const Loop* value) : m_store(value) {}
    Value(const char*) = delete;

    /// A variable. An integer beyond 63 bits becomes text of the same digits.
    [[nodiscard]] static Value of(const json::Value& value);
    /// A text that outlives the rendering.
    [[nodiscard]] static Value borrowed(std::string_view text) { return Text{text, nullptr, false}; }

    [[nodiscard]] Kind kind() const;
    [[nodiscard]] bool isUndefined() const { return std::holds_alternative<Undefined>(m_store); }
    [[nodiscard]] bool isText() const { return std::holds_alternative<Text>(m_store); }
    /// Bool, Int or Float: what Python calls a number.
    [[nodiscard]] bool isNumber() const { return kind() >= Kind::Bool && kind() <= Kind::Float; }
    [[nodiscard]] bool isIntegral() const { return kind() == Kind::Bool || kind() == Kind::Int; }
    [[nodiscard]] bool isSafe() const { return isText() && text().isSafe; }

    // Each of these only for its kind.
    [[nodiscard]] const Undefined& undefined() const { return std::get<Undefined>(m_store); }
    [[nodiscard]] bool boolean() const { return std::get<bool>(m_store); }
    [[nodiscard]] const Text& text() const { return std::get<Text>(m_store); }
    [[nodiscard]] std::string_view view() const { return text().view; }
    [[nodiscard]] const Loop& loop() const { return *std::get<const Loop*>(m_store); }
    /// Of Bool and Int.
    [[nodiscard]] std::int64_t integer() const;
    /// Of a number.
    [[nodiscard]] double real() const;
    /// Of List and Map: how many items.
    [[nodiscard]] std::size_t size() const;
    /// Of List: the item, of Map: the key. `index` < size().
    [[nodiscard]] Value at(std::size_t index) const;
    /// Of Map: the value beside the key.
    [[nodiscard]] Value valueAt(std::size_t index) const;
    /// Of Map: what stands under the key; false if nothing does.
    [[nodiscard]] bool find(const Value& key, Value& found, std::int64_t& steps) const;
    [[nodiscard]] bool find(std::string_view key, Value& found, std::int64_t& steps) const;
    /// Of List: the items, if they were made here; null if they are borrowed.
    [[nodiscard]] const Sequence* sequence() const;
    /// How deep lists made here nest in it: 0 for anything else.
    [[nodiscard]] int depth() const;

private:
    std::variant<std::monostate, Undefined, bool, std::int64_t, double, Text, const json::Array*, const json::Object*,
                 std::shared_ptr<const Sequence>, std::shared_ptr<const Mapping>, const Loop*>
        m_store{};
};

struct Sequence {
    enum class Form { List, Tuple, Range };
    Form form = Form::List;
    std::vector<Value> items{};
    std::int64_t start = 0, stop = 0, step = 1;  ///< of Range
    int depth = 1;
    bool isKey = false;  ///< no list and no map anywhere in it; kept, since looking for one may take for ever
};

struct Mapping {
    std::vector<std::pair<Value, Value>> items{};
    int depth = 1;
};

struct Loop {
    Value previous{}, next{};
    std::int64_t index0 = 0, length = 0, depth0 = 0;
    /// `loop.NAME`; false if there is no such name.
    [[nodiscard]] bool find(std::string_view name, Value& found) const;
};

/// Python's truth. Not for Undefined and Loop.
[[nodiscard]] bool isTrue(const Value& value);
// Lists may share their items, so that looking at all of them is more work than anybody wrote down: what compares takes
// its steps from `steps`, and answers anything once they are used up.
/// Python's ==. An Undefined equals another one.
[[nodiscard]] bool areEqual(const Value& a, const Value& b, std::int64_t& steps);
enum class Order { Less, Equal, Greater, Unordered, Incomparable };
/// Python's <, for numbers, texts and lists. Incomparable: an error in Python.
[[nodiscard]] Order compare(const Value& a, const Value& b, std::int64_t& steps);
/// Whether it may be a key: no list, no map, and none in it.
[[nodiscard]] bool isKey(const Value& value);
/// "text", "a list": for messages.
[[nodiscard]] const char* kindName(const Value& value);

}  // namespace postroom::content::templates
