// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// JSON, everywhere: strict in what is read, deterministic in what is written. The only file that names the library.
//
// Strict means: UTF-8 checked, lone surrogates, duplicate keys, numbers beyond 64 bits or infinite, depth beyond the
// limit and anything after the value are errors. Any thread.

#include "engine/base/id.h"
#include "engine/base/result.h"

#include <boost/json/fwd.hpp>
#include <boost/json/value.hpp>
#include <memory>
#include <string>
#include <string_view>

namespace postroom::json {

using Value = boost::json::value;
using Object = boost::json::object;
using Array = boost::json::array;

/// Reads one document. JsonInvalid, with the byte offset in the detail; for a duplicate key with its path, as check()
/// of schema.h writes it, in the fields (json.duplicate_key).
[[nodiscard]] Result<Value> parse(std::string_view text, std::size_t depth = 32);
/// Takes texts that are too long to be held in a value.
class LongTexts {
public:
    static constexpr std::size_t least_bytes = 64 * 1024;

    virtual ~LongTexts() = default;
    /// Asked of a text that has grown beyond that; `path` as check() of schema.h writes it.
    [[nodiscard]] virtual bool wants(std::string_view path) = 0;
    /// The next piece of it, without escapes.
    [[nodiscard]] virtual Result<void> take(std::string_view piece) = 0;
    /// After the last one: what stands in the value in its place.
    [[nodiscard]] virtual Result<std::string> end() = 0;
};

/// One document that comes in pieces, cut anywhere. One thread at a time.
class Reading {
public:
    /// `longTexts` outlives this.
    explicit Reading(std::size_t depth = 32, LongTexts* longTexts = nullptr);
    ~Reading();
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

    /// As parse() fails, or with what a LongTexts fails with. Nothing may come after that.
    [[nodiscard]] Result<void> add(std::string_view piece);
    [[nodiscard]] Result<Value> finish(std::string_view last = {});

private:
    struct Inside;
    [[nodiscard]] Result<void> read(std::string_view piece, bool isMore);
    std::unique_ptr<Inside> m_inside;
};

/// One line. Numbers read back to the same value and kind: a double has the shortest digits that do, 3 is "3.0".
[[nodiscard]] std::string serialise(const Value& value);
/// With line breaks and two blanks of indent, for people.
[[nodiscard]] std::string serialisePretty(const Value& value);

/// The member's text, or `otherwise` if it is absent or no string.
[[nodiscard]] std::string text(const Object& object, std::string_view name, std::string_view otherwise = {});
/// The member's integer, or `otherwise` if it is absent or no integer.
[[nodiscard]] std::int64_t integer(const Object& object, std::string_view name, std::int64_t otherwise = 0);
[[nodiscard]] bool boolean(const Object& object, std::string_view name, bool otherwise = false);
/// The member unless it is absent or null.
[[nodiscard]] const Value* present(const Object& object, std::string_view name);
/// An object or array member; an empty one if it is absent or of another kind.
[[nodiscard]] const Object& object(const Object& object, std::string_view name);
[[nodiscard]] const Array& array(const Object& object, std::string_view name);

/// A string, or null for nothing.
[[nodiscard]] inline Value orNull(const std::string& text) {
    return text.empty() ? Value(nullptr) : Value(text);
}
template <typename T>
[[nodiscard]] Value orNull(const std::optional<T>& value) {
    return value ? Value(*value) : Value(nullptr);
}

}  // namespace postroom::json
