// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/contract/json.h"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_stack.hpp>
#include <cmath>

namespace postroom::json {

namespace {

namespace bj = boost::json;

// Builds the value and refuses what the library would let pass: duplicate keys (it keeps the last), infinities.
class Handler {
public:
    static constexpr std::size_t max_object_size = std::size_t(-1);
    static constexpr std::size_t max_array_size = std::size_t(-1);
    static constexpr std::size_t max_key_size = 1 << 16;
    static constexpr std::size_t max_string_size = std::size_t(-1);

    bj::value_stack stack;
    const char* refusal = nullptr;

    bool on_document_begin(bj::error_code&) { return stack.reset(), true; }
    bool on_document_end(bj::error_code&) { return true; }
    bool on_object_begin(bj::error_code&) { return m_keys.emplace_back(), true; }
    bool on_object_end(std::size_t count, bj::error_code&) {
        stack.push_object(count);
        m_keys.pop_back();
        return true;
    }
    bool on_array_begin(bj::error_code&) { return true; }
    bool on_array_end(std::size_t count, bj::error_code&) { return stack.push_array(count), true; }
    bool on_key_part(bj::string_view part, std::size_t, bj::error_code&) {
        stack.push_chars(part);
        m_key.append(part);
        return true;
    }
    bool on_key(bj::string_view part, std::size_t, bj::error_code& error) {
        m_key.append(part);
        if (!m_keys.back().insert(m_key)) return refuse("duplicate key", error);
        m_key.clear();
        stack.push_key(part);
        return true;
    }
    bool on_string_part(bj::string_view part, std::size_t, bj::error_code&) { return stack.push_chars(part), true; }
    bool on_string(bj::string_view part, std::size_t, bj::error_code&) { return stack.push_string(part), true; }
    bool on_number_part(bj::string_view, bj::error_code&) { return true; }
    bool on_int64(std::int64_t value, bj::string_view, bj::error_code&) { return stack.push_int64(value), true; }
    bool on_uint64(std::uint64_t value, bj::string_view, bj::error_code&) { return stack.push_uint64(value), true; }
    bool on_double(double value, bj::string_view text, bj::error_code& error) {
        if (!std::isfinite(value)) return refuse("number out of range", error);
        // An integer that did not fit 64 bits arrives here without a point or exponent.
        if (text.find_first_of(".eE") == text.npos) return refuse("integer out of range", error);
        stack.push_double(value);
        return true;
    }
    bool on_bool(bool value, bj::error_code&) { return stack.push_bool(value), true; }
    bool on_null(bj::error_code&) { return stack.push_null(), true; }
    bool on_comment_part(bj::string_view, bj::error_code&) { return true; }
    bool on_comment(bj::string_view, bj::error_code&) { return true; }

private:
    // Few keys are compared one by one; many go through a sorted set.
    class Keys {
    public:
        bool insert(const std::string& key) {
            if (m_set.empty() && m_few.size() < 16) {
                if (std::find(m_few.begin(), m_few.end(), key) != m_few.end()) return false;
                m_few.push_back(key);
                return true;
            }
            if (m_set.empty())
                for (const std::string& few : m_few) m_set.emplace(few, true);
            return m_set.emplace(key, true).second;
        }

    private:
        std::vector<std::string> m_few;
        std::unordered_map<std::string, bool> m_set;
    };

    bool refuse(const char* why, bj::error_code& error) {
        refusal = why;
        error = make_error_code(bj::error::syntax);
        return false;
    }

    std::vector<Keys> m_keys;
    std::string m_key;
};

void writePretty(const Value& value, std::string& out, std::size_t indent) {
    const auto newline = [&](std::size_t depth) { out.append("\n").append(depth * 2, ' '); };
    const auto wrapped = [&](char open, char close, const auto& items, const auto& each) {
        out.push_back(open);
        bool first = true;
        for (const auto& item : items) {
            if (!std::exchange(first, false)) out.push_back(',');
            newline(indent + 1);
            each(item);
        }
        if (!first) newline(indent);
        out.push_back(close);
    };
    if (const Object* object = value.if_object())
        wrapped('{', '}', *object, [&](const auto& member) {
            out.append(bj::serialize(bj::string(member.key()))).append(": ");
            writePretty(member.value(), out, indent + 1);
        });
    else if (const Array* array = value.if_array())
        wrapped('[', ']', *array, [&](const Value& item) { writePretty(item, out, indent + 1); });
    else
        out.append(bj::serialize(value));
}

}  // namespace

Result<Value> parse(std::string_view text, std::size_t depth) {
    bj::parse_options options;
    options.max_depth = depth;
    bj::basic_parser<Handler> parser{options};
    bj::error_code error;
    const std::size_t used = parser.write_some(false, text.data(), text.size(), error);
    if (!error && used < text.size()) error = make_error_code(bj::error::extra_data);
    if (error) {
        const char* refusal = parser.handler().refusal;
        return fail(ErrorCode::JsonInvalid,
                    "at byte " + std::to_string(used) + ": " + (refusal ? std::string(refusal) : error.message()));
    }
    return parser.handler().stack.release();
}

std::string serialise(const Value& value) { return bj::serialize(value); }

std::string serialisePretty(const Value& value) {
    std::string out;
    writePretty(value, out, 0);
    return out;
}

std::string text(const Object& object, std::string_view name, std::string_view otherwise) {
    const Value* value = object.if_contains(name);
    const bj::string* string = value ? value->if_string() : nullptr;
    return string ? std::string(*string) : std::string(otherwise);
}

std::int64_t integer(const Object& object, std::string_view name, std::int64_t otherwise) {
    const Value* value = object.if_contains(name);
    if (!value) return otherwise;
    bj::error_code error;
    const auto number = value->to_number<std::int64_t>(error);
    return error ? otherwise : number;
}

bool boolean(const Object& object, std::string_view name, bool otherwise) {
    const Value* value = object.if_contains(name);
    const bool* flag = value ? value->if_bool() : nullptr;
    return flag ? *flag : otherwise;
}

const Value* present(const Object& object, std::string_view name) {
    const Value* value = object.if_contains(name);
    return value && !value->is_null() ? value : nullptr;
}

const Object& object(const Object& object, std::string_view name) {
    static const Object empty;
    const Value* value = object.if_contains(name);
    return value && value->is_object() ? value->get_object() : empty;
}

const Array& array(const Object& object, std::string_view name) {
    static const Array empty;
    const Value* value = object.if_contains(name);
    return value && value->is_array() ? value->get_array() : empty;
}

}  // namespace postroom::json
