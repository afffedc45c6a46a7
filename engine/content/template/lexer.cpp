// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/template/lexer.h"

#include "engine/content/template/fault.h"
#include "engine/content/template/letters.h"

#include <array>

namespace postroom::content::templates {

namespace {

using Kind = Token::Kind;

constexpr bool isDigit(char c) {
    return c >= '0' && c <= '9';
}
constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

class Lexer {
public:
    explicit Lexer(std::string_view source) : m_source(source) {}

    Result<std::vector<Token>> read() {
        while (m_at < m_source.size() && !m_fault) readData();
        if (m_fault) return fail(std::move(*m_fault));
        push(Kind::End, 0);
        return std::move(m_tokens);
    }

private:
    [[nodiscard]] std::string_view rest() const { return m_source.substr(m_at); }

    void advance(std::size_t bytes) {
        for (const std::size_t end = m_at + bytes; m_at < end; ++m_at) {
            const auto byte = static_cast<unsigned char>(m_source[m_at]);
            if (byte == '\n')
                ++m_place.line, m_place.column = 1;
            else if ((byte & 0xC0) != 0x80)
                ++m_place.column;
        }
    }

    void push(Kind kind, std::size_t bytes) {
        m_tokens.push_back({kind, m_place, m_source.substr(m_at, bytes)});
        advance(bytes);
    }

    void refuse(const std::string& detail) { refuse(m_place, detail); }
    void refuse(const Place& place, const std::string& detail) {
        if (!m_fault) m_fault = templateFault(SyntaxReason, place, detail);
    }

    /// Text up to the next tag, then the tag.
    void readData() {
        std::size_t end = m_at;
        for (;; ++end) {
            end = m_source.find('{', end);
            if (end == m_source.npos || end + 1 >= m_source.size()) return push(Kind::Data, m_source.size() - m_at);
            const char next = m_source[end + 1];
            if (next == '{' || next == '%' || next == '#') break;
        }
        const char mark = end + 2 < m_source.size() ? m_source[end + 2] : '\0';
        std::size_t length = end - m_at;
        if (mark == '-') length -= trailingSpace(m_source.substr(m_at, length));
        if (length > 0) push(Kind::Data, length);
        advance(end - m_at);
        const std::size_t opening = mark == '-' || mark == '+' ? 3 : 2;
        switch (m_source[m_at + 1]) {
            case '#': return skipComment(opening);
            case '%':
                if (const std::size_t raw = rawTag(opening); raw > 0) return readRaw(raw);
                return readTag(Kind::TagBegin, opening, Kind::TagEnd);
            default: return readTag(Kind::OutputBegin, opening, Kind::OutputEnd);
        }
    }

    void skipComment(std::size_t opening) {
        const std::size_t end = m_source.find("#}", m_at + opening);
        if (end == m_source.npos) return refuse("this comment has no end");
        const bool strips = end > m_at + opening && m_source[end - 1] == '-';
        advance(end + 2 - m_at);
        if (strips) advance(leadingSpace(rest()));
    }

    /// How long `%}` or `-%}` is here, with the space it takes away; 0 if there is none.
    [[nodiscard]] static std::size_t tagEnd(std::string_view text, char brace) {
        std::size_t at = !text.empty() && (text[0] == '-' || (text[0] == '+' && brace == '%')) ? 1 : 0;
        const bool strips = at == 1 && text[0] == '-';
        if (text.size() < at + 2 || text[at] != brace || text[at + 1] != '}') return 0;
        at += 2;
        return strips ? at + leadingSpace(text.substr(at)) : at;
    }

    /// How long `{% word %}` is here, 0 if it is something else.
    [[nodiscard]] std::size_t simpleTag(std::size_t from, std::size_t opening, std::string_view word) const {
        std::size_t at = from + opening;
        at += leadingSpace(m_source.substr(at));
        if (!m_source.substr(at).starts_with(word)) return 0;
        at += word.size();
        at += leadingSpace(m_source.substr(at));
        const std::size_t end = tagEnd(m_source.substr(at), '%');
        return end > 0 ? at + end - from : 0;
    }
    [[nodiscard]] std::size_t rawTag(std::size_t opening) const { return simpleTag(m_at, opening, "raw"); }

    void readRaw(std::size_t opening) {
        const Place start = m_place;
        advance(opening);
        for (std::size_t end = m_at;; ++end) {
            end = m_source.find("{%", end);
            if (end == m_source.npos) return refuse(start, "this raw has no endraw");
            const char mark = end + 2 < m_source.size() ? m_source[end + 2] : '\0';
            const std::size_t tag = simpleTag(end, mark == '-' || mark == '+' ? 3 : 2, "endraw");
            if (tag == 0) continue;
            std::size_t length = end - m_at;
            if (mark == '-') length -= trailingSpace(m_source.substr(m_at, length));
            if (length > 0) push(Kind::Data, length);
            return advance(end + tag - m_at);
        }
    }

    void readTag(Kind opening, std::size_t length, Kind closing) {
        const Place start = m_place;
        push(opening, length);
        std::string brackets;
        while (!m_fault) {
            advance(leadingSpace(rest()));
            if (m_at >= m_source.size()) return refuse(start, "this tag has no end");
            const std::size_t end = brackets.empty() ? tagEnd(rest(), closing == Kind::TagEnd ? '%' : '}') : 0;
            if (end > 0) return push(closing, end);
            if (isDigit(rest()[0]))
                readNumber();
            else if (beginsName(letterAt(m_source, m_at)))
                readName();
            else if (rest()[0] == '"' || rest()[0] == '\'')
                readText();
            else
                readSign(brackets);
        }
    }

    void readName() {
        std::size_t length = 0;
        const std::string_view text = rest();
        while (length < text.size() && continuesName(letterAt(text, length))) length += letterLength(text, length);
        push(Kind::Name, length);
    }

    void readText() {
        const std::string_view text = rest();
        std::size_t end = 1;
        while (end < text.size() && text[end] != text[0]) end += text[end] == '\\' ? 2 : 1;
        if (end >= text.size()) return refuse("this text has no closing quote");
        push(Kind::Text, end + 1);
    }

    /// Digits with single underscores between them.
    [[nodiscard]] static std::size_t digits(std::string_view text, std::size_t at, std::string_view allowed) {
        std::size_t end = at;
        while (end < text.size()) {
            if (allowed.find(lower(text[end])) != allowed.npos)
                ++end;
            else if (text[end] == '_' && end > at && end + 1 < text.size() &&
                     allowed.find(lower(text[end + 1])) != allowed.npos)
                ++end;
            else
                break;
        }
        return end;
    }

    void readNumber() {
        constexpr std::string_view decimal = "0123456789";
        const std::string_view text = rest();
        // Behind a point a number is an index: `list.0.1` has no float in it.
        const bool isIndex = m_at > 0 && m_source[m_at - 1] == '.';
        std::size_t end = digits(text, 0, decimal);
        bool isFloat = false;
        if (!isIndex) {
            if (end + 1 < text.size() && text[end] == '.' && isDigit(text[end + 1]))
                end = digits(text, end + 1, decimal), isFloat = true;
            if (end < text.size() && lower(text[end]) == 'e') {
                std::size_t from = end + 1;
                if (from < text.size() && (text[from] == '+' || text[from] == '-')) ++from;
                if (const std::size_t to = digits(text, from, decimal); to > from) end = to, isFloat = true;
            }
        }
        if (isFloat) return push(Kind::Float, end);
        if (text[0] == '0') {
            const char base = text.size() > 1 ? lower(text[1]) : '\0';
            const std::string_view allowed = base == 'x'   ? "0123456789abcdef"
                                             : base == 'o' ? "01234567"
                                             : base == 'b' ? "01"
                                                           : "";
            const std::size_t from = !allowed.empty() && text.size() > 2 && text[2] == '_' ? 3 : 2;
            if (const std::size_t to = allowed.empty() ? from : digits(text, from, allowed); to > from)
                return push(Kind::Int, to);
            end = digits(text, 0, "0");
        }
        push(Kind::Int, end);
    }

    void readSign(std::string& brackets) {
        constexpr std::array<std::string_view, 6> pairs{"**", "//", "==", "!=", ">=", "<="};
        const std::string_view text = rest();
        for (const std::string_view pair : pairs)
            if (text.starts_with(pair)) return push(Kind::Sign, 2);
        const char sign = text[0];
        if (std::string_view{"+-/*%~[](){}><=.:|,"}.find(sign) == std::string_view::npos)
            return refuse("'" + std::string{text.substr(0, letterLength(text, 0))} + "' has no meaning here");
        if (sign == '(' || sign == '[' || sign == '{') brackets.push_back(sign == '(' ? ')' : sign == '[' ? ']' : '}');
        if (sign == ')' || sign == ']' || sign == '}') {
            if (brackets.empty() || brackets.back() != sign)
                return refuse("'" + std::string(1, sign) + "' closes nothing");
            brackets.pop_back();
        }
        push(Kind::Sign, 1);
    }

    std::string_view m_source;
    std::size_t m_at = 0;
    Place m_place;
    std::vector<Token> m_tokens;
    std::optional<Error> m_fault;
};

/// Reads `count` hexadecimal digits; nothing if they are not there or mean no character.
std::optional<char32_t> hexLetter(std::string_view text, std::size_t count) {
    if (text.size() < count) return std::nullopt;
    char32_t value = 0;
    for (const char c : text.substr(0, count)) {
        const char digit = lower(c);
        if (!isDigit(digit) && (digit < 'a' || digit > 'f')) return std::nullopt;
        value = value * 16 + static_cast<char32_t>(isDigit(digit) ? digit - '0' : digit - 'a' + 10);
    }
    if (value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return std::nullopt;
    return value;
}

}  // namespace

std::string normalised(std::string_view source) {
    std::string out;
    out.reserve(source.size());
    for (std::size_t at = 0; at < source.size(); ++at) {
        if (source[at] != '\r') {
            out.push_back(source[at]);
            continue;
        }
        out.push_back('\n');
        if (at + 1 < source.size() && source[at + 1] == '\n') ++at;
    }
    if (out.ends_with('\n')) out.pop_back();
    return out;
}

Result<std::vector<Token>> tokensOf(std::string_view source) {
    return Lexer{source}.read();
}

std::optional<std::string> literalText(std::string_view quoted) {
    const std::string_view text = quoted.substr(1, quoted.size() - 2);
    constexpr std::string_view letters = "abfnrtv\\'\"", meanings = "\a\b\f\n\r\t\v\\'\"";
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '\\') {
            out.push_back(text[at]);
            continue;
        }
        const char c = text[++at];
        if (const std::size_t known = letters.find(c); known != letters.npos) {
            out.push_back(meanings[known]);
        } else if (c == 'x' || c == 'u' || c == 'U') {
            const std::size_t count = c == 'x' ? 2 : c == 'u' ? 4 : 8;
            const auto letter = hexLetter(text.substr(at + 1), count);
            if (!letter) return std::nullopt;
            appendLetter(out, *letter);
            at += count;
        } else if (c >= '0' && c <= '7') {
            char32_t value = 0;
            std::size_t count = 0;
            while (count < 3 && at + count < text.size() && text[at + count] >= '0' && text[at + count] <= '7')
                value = value * 8 + static_cast<char32_t>(text[at + count++] - '0');
            appendLetter(out, value);
            at += count - 1;
        } else if (c == 'N') {
            return std::nullopt;
        } else if (c != '\n') {
            out.push_back('\\');
            out.push_back(c);
        }
    }
    return out;
}

}  // namespace postroom::content::templates
