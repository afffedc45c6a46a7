// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/contract/json.h"

#include "engine/base/text.h"

#include <algorithm>
#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <charconv>
#include <cmath>
#include <unordered_map>

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
    std::optional<std::string> duplicate;  // the path of a key that was there before
    std::optional<Error> failure;          // of whoever takes the long texts

    void divert(LongTexts* to) { m_longTexts = to; }

    bool on_document_begin(bj::error_code&) { return stack.reset(), true; }
    bool on_document_end(bj::error_code&) { return true; }
    bool on_object_begin(bj::error_code&) { return open(false); }
    bool on_object_end(std::size_t count, bj::error_code&) {
        stack.push_object(count);
        m_levels.pop_back();
        return true;
    }
    bool on_array_begin(bj::error_code&) { return open(true); }
    bool on_array_end(std::size_t count, bj::error_code&) {
        stack.push_array(count);
        m_levels.pop_back();
        return true;
    }
    bool on_key_part(bj::string_view part, std::size_t, bj::error_code&) {
        stack.push_chars(part);
        m_key.append(part);
        return true;
    }
    bool on_key(bj::string_view part, std::size_t, bj::error_code& error) {
        m_key.append(part);
        Level& level = m_levels.back();
        level.key.swap(m_key);
        m_key.clear();
        if (!level.keys.insert(level.key)) {
            duplicate = path();
            return refuse("duplicate key", error);
        }
        stack.push_key(part);
        return true;
    }
    bool on_string_part(bj::string_view part, std::size_t size, bj::error_code& error) {
        if (m_text == Text::None) {
            item();
            m_text = m_longTexts ? Text::Undecided : Text::Held;
        }
        if (m_text == Text::Undecided && size > LongTexts::least_bytes) {
            m_text = m_longTexts->wants(path()) ? Text::Diverted : Text::Held;
            if (m_text == Text::Held) stack.push_chars(m_begun);
            if (m_text == Text::Diverted && !give(m_begun, error)) return false;
            m_begun.clear();
        }
        switch (m_text) {
            case Text::Undecided: m_begun.append(part); break;
            case Text::Diverted: return give(part, error);
            default: stack.push_chars(part);
        }
        return true;
    }
    bool on_string(bj::string_view part, std::size_t size, bj::error_code& error) {
        if (m_text == Text::None) return item(), stack.push_string(part), true;
        if (!on_string_part(part, size, error)) return false;
        if (m_text == Text::Diverted) {
            auto inItsPlace = m_longTexts->end();
            if (!inItsPlace) return stop(inItsPlace.error(), error);
            m_begun = std::move(*inItsPlace);
        }
        stack.push_string(m_begun);
        m_begun.clear();
        m_text = Text::None;
        return true;
    }
    bool on_number_part(bj::string_view part, bj::error_code&) { return m_number.append(part), true; }
    bool on_int64(std::int64_t value, bj::string_view, bj::error_code&) {
        m_number.clear();
        return item(), stack.push_int64(value), true;
    }
    bool on_uint64(std::uint64_t value, bj::string_view, bj::error_code&) {
        m_number.clear();
        return item(), stack.push_uint64(value), true;
    }
    bool on_double(double value, bj::string_view part, bj::error_code& error) {
        const std::string text = std::exchange(m_number, {}).append(part);
        // The library's own conversion may be off in the last place.
        std::from_chars(text.data(), text.data() + text.size(), value);
        if (!std::isfinite(value)) return refuse("number out of range", error);
        // An integer that did not fit 64 bits arrives here without a point or exponent.
        if (text.find_first_of(".eE") == text.npos) return refuse("integer out of range", error);
        item();
        stack.push_double(value);
        return true;
    }
    bool on_bool(bool value, bj::error_code&) { return item(), stack.push_bool(value), true; }
    bool on_null(bj::error_code&) { return item(), stack.push_null(), true; }
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

    // An object or array that is open.
    struct Level {
        bool isArray = false;
        std::size_t items = 0;  // of an array, the one being read included
        std::string key;        // of an object, the last one read
        Keys keys;
    };

    // A value begins.
    void item() {
        if (!m_levels.empty()) ++m_levels.back().items;
    }
    bool open(bool isArray) {
        item();
        m_levels.emplace_back().isArray = isArray;
        return true;
    }
    [[nodiscard]] std::string path() const {
        std::string out;
        for (const Level& level : m_levels) {
            if (level.isArray)
                out.append("[").append(std::to_string(level.items - 1)).append("]");
            else
                out.append(out.empty() ? "" : ".").append(printable(level.key, 64));
        }
        return out;
    }

    bool refuse(const char* why, bj::error_code& error) {
        refusal = why;
        error = make_error_code(bj::error::syntax);
        return false;
    }
    bool stop(Error why, bj::error_code& error) {
        failure = std::move(why);
        error = make_error_code(bj::error::syntax);
        return false;
    }
    bool give(std::string_view piece, bj::error_code& error) {
        auto taken = m_longTexts->take(piece);
        return taken || stop(taken.error(), error);
    }

    std::vector<Level> m_levels;
    std::string m_key;     // as far as it has come
    std::string m_number;  // likewise
    LongTexts* m_longTexts = nullptr;
    enum class Text { None, Undecided, Held, Diverted } m_text = Text::None;  // the one that comes in parts
    std::string m_begun;                                                      // of one that is undecided
};

// Writes values as people read them: the library's own serialiser prints a double as 1.2E0.
class Printer {
public:
    explicit Printer(bool pretty) : m_pretty(pretty) {}

    void print(const Value& value, std::size_t indent) {
        switch (value.kind()) {
            case bj::kind::null: m_out.append("null"); break;
            case bj::kind::bool_: m_out.append(value.get_bool() ? "true" : "false"); break;
            case bj::kind::int64: number(value.get_int64()); break;
            case bj::kind::uint64: number(value.get_uint64()); break;
            case bj::kind::double_: real(value.get_double()); break;
            case bj::kind::string: string(value.get_string()); break;
            case bj::kind::array:
                items('[', ']', value.get_array(), indent, [&](const Value& item) { print(item, indent + 1); });
                break;
            case bj::kind::object:
                items('{', '}', value.get_object(), indent, [&](const bj::key_value_pair& member) {
                    string(member.key());
                    m_out.append(m_pretty ? ": " : ":");
                    print(member.value(), indent + 1);
                });
                break;
        }
    }

    [[nodiscard]] std::string take() { return std::move(m_out); }

private:
    void items(char open, char close, const auto& all, std::size_t indent, const auto& each) {
        m_out.push_back(open);
        bool first = true;
        for (const auto& item : all) {
            if (!std::exchange(first, false)) m_out.push_back(',');
            breakLine(indent + 1);
            each(item);
        }
        if (!first) breakLine(indent);
        m_out.push_back(close);
    }

    void breakLine(std::size_t indent) {
        if (m_pretty) m_out.append("\n").append(indent * 2, ' ');
    }

    void number(auto value) {
        std::array<char, 24> digits{};
        m_out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
    }

    // The shortest text that reads back to the same double, and as a double: 3 is written 3.0.
    void real(double value) {
        if (!std::isfinite(value)) {
            m_out.append("null");
            return;
        }
        std::array<char, 32> digits{};
        const double size = std::abs(value);
        const bool plain = size == 0 || (size >= 1e-6 && size < 1e16);
        const auto format = plain ? std::chars_format::fixed : std::chars_format::scientific;
        const char* end = std::to_chars(digits.data(), digits.data() + digits.size(), value, format).ptr;
        const std::string_view text{digits.data(), static_cast<std::size_t>(end - digits.data())};
        m_out.append(text);
        if (text.find_first_of(".e") == text.npos) m_out.append(".0");
    }

    // Copies runs: most strings hold nothing to escape, and a body may have 40 MiB.
    void string(std::string_view text) {
        m_out.push_back('"');
        std::size_t copied = 0;
        for (std::size_t i = 0; i < text.size(); ++i) {
            const auto c = static_cast<unsigned char>(text[i]);
            if (c >= 0x20 && c != '"' && c != '\\') continue;
            m_out.append(text, copied, i - copied);
            copied = i + 1;
            escaped(c);
        }
        m_out.append(text, copied).push_back('"');
    }

    void escaped(unsigned char c) {
        constexpr std::string_view hex = "0123456789abcdef";
        switch (c) {
            case '"': m_out.append("\\\""); break;
            case '\\': m_out.append("\\\\"); break;
            case '\b': m_out.append("\\b"); break;
            case '\f': m_out.append("\\f"); break;
            case '\n': m_out.append("\\n"); break;
            case '\r': m_out.append("\\r"); break;
            case '\t': m_out.append("\\t"); break;
            default: m_out.append("\\u00").append({hex[c >> 4], hex[c & 15]});
        }
    }

    const bool m_pretty;
    std::string m_out;
};

std::string printed(const Value& value, bool pretty) {
    Printer printer{pretty};
    printer.print(value, 0);
    return printer.take();
}

}  // namespace

struct Reading::Inside {
    static bj::parse_options options(std::size_t depth) {
        bj::parse_options options;
        options.max_depth = depth;
        return options;
    }
    explicit Inside(std::size_t depth) : parser(options(depth)) {}
    // What the pieces so far are wrong with.
    [[nodiscard]] Error refusal(std::size_t at, const bj::error_code& error) const {
        const Handler& handler = parser.handler();
        if (handler.failure) return *handler.failure;
        Error refused{.code = ErrorCode::JsonInvalid, .params = {}, .detail = {}, .fields = {}};
        refused.detail =
            "at byte " + std::to_string(at) + ": " + (handler.refusal ? std::string(handler.refusal) : error.message());
        if (handler.duplicate) refused.fields.push_back({*handler.duplicate, "json.duplicate_key", "is given twice"});
        return refused;
    }

    bj::basic_parser<Handler> parser;
    std::size_t read_bytes = 0;
};

Reading::Reading(std::size_t depth, LongTexts* longTexts) : m_inside(std::make_unique<Inside>(depth)) {
    m_inside->parser.handler().divert(longTexts);
}

Reading::~Reading() = default;

Result<void> Reading::add(std::string_view piece) {
    return read(piece, true);
}

Result<Value> Reading::finish(std::string_view last) {
    if (auto read = this->read(last, false); !read) return fail(read.error());
    return m_inside->parser.handler().stack.release();
}

Result<void> Reading::read(std::string_view piece, bool isMore) {
    bj::error_code error;
    if (piece.empty()) piece = "";  // nullptr means something to the parser
    const std::size_t used = m_inside->parser.write_some(isMore, piece.data(), piece.size(), error);
    if (!error && used < piece.size()) error = make_error_code(bj::error::extra_data);
    m_inside->read_bytes += used;
    if (error) return fail(m_inside->refusal(m_inside->read_bytes, error));
    return {};
}

Result<Value> parse(std::string_view text, std::size_t depth) {
    return Reading{depth}.finish(text);
}

std::string serialise(const Value& value) {
    return printed(value, false);
}

std::string serialisePretty(const Value& value) {
    return printed(value, true);
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
