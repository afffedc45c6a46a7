// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/plain_text.h"

#include "engine/base/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace postroom::content {

namespace {

using namespace std::string_view_literals;

constexpr std::array entities{
    std::pair{"amp"sv, "&"sv},         std::pair{"lt"sv, "<"sv},          std::pair{"gt"sv, ">"sv},
    std::pair{"quot"sv, "\""sv},       std::pair{"apos"sv, "'"sv},        std::pair{"nbsp"sv, " "sv},
    std::pair{"copy"sv, "\u00A9"sv},   std::pair{"reg"sv, "\u00AE"sv},    std::pair{"trade"sv, "\u2122"sv},
    std::pair{"hellip"sv, "\u2026"sv}, std::pair{"mdash"sv, "\u2014"sv},  std::pair{"ndash"sv, "\u2013"sv},
    std::pair{"lsquo"sv, "\u2018"sv},  std::pair{"rsquo"sv, "\u2019"sv},  std::pair{"ldquo"sv, "\u201C"sv},
    std::pair{"rdquo"sv, "\u201D"sv},  std::pair{"laquo"sv, "\u00AB"sv},  std::pair{"raquo"sv, "\u00BB"sv},
    std::pair{"bull"sv, "\u2022"sv},   std::pair{"middot"sv, "\u00B7"sv}, std::pair{"euro"sv, "\u20AC"sv},
    std::pair{"yen"sv, "\u00A5"sv},    std::pair{"pound"sv, "\u00A3"sv},  std::pair{"cent"sv, "\u00A2"sv},
    std::pair{"sect"sv, "\u00A7"sv},   std::pair{"deg"sv, "\u00B0"sv},    std::pair{"times"sv, "\u00D7"sv},
    std::pair{"ensp"sv, " "sv},        std::pair{"emsp"sv, " "sv},
};
constexpr std::array paragraphs{"p"sv,          "h1"sv, "h2"sv, "h3"sv, "h4"sv,    "h5"sv,  "h6"sv,
                                "blockquote"sv, "ul"sv, "ol"sv, "dl"sv, "table"sv, "pre"sv, "hr"sv};
constexpr std::array lines{"div"sv,    "tr"sv,     "li"sv,   "br"sv,   "dt"sv,   "dd"sv,      "section"sv, "article"sv,
                           "header"sv, "footer"sv, "body"sv, "html"sv, "form"sv, "address"sv, "caption"sv};
constexpr std::array dropped{"script"sv, "style"sv, "head"sv, "title"sv, "template"sv};

template <typename List>
bool isIn(const List& list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
}
constexpr bool isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}
constexpr bool isAlpha(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void appendCharacter(std::string& out, char32_t value) {
    const bool wrong = value < 0x20
                           ? value != '\t' && value != '\n'
                           : (value >= 0x7F && value < 0xA0) || (value >= 0xD800 && value < 0xE000) || value > 0x10FFFF;
    if (wrong) value = 0xFFFD;
    const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
    if (value < 0x80) return put(value);
    if (value < 0x800) return put(0xC0 | value >> 6), put(0x80 | (value & 63));
    if (value < 0x10000) return put(0xE0 | value >> 12), put(0x80 | (value >> 6 & 63)), put(0x80 | (value & 63));
    put(0xF0 | value >> 18), put(0x80 | (value >> 12 & 63)), put(0x80 | (value >> 6 & 63)), put(0x80 | (value & 63));
}

/// Reads the entity that starts at the '&' of `text`, appends what it means; how long it is, 0 if it is none.
std::size_t readEntity(std::string_view text, std::string& out) {
    const std::size_t end = text.substr(0, 12).find(';');
    if (end == text.npos || end < 2) return 0;
    std::string_view name = text.substr(1, end - 1);
    if (name[0] != '#') {
        const auto* found =
            std::find_if(entities.begin(), entities.end(), [&](const auto& entity) { return entity.first == name; });
        if (found == entities.end()) return 0;
        out += found->second;
        return end + 1;
    }
    name.remove_prefix(1);
    const bool hex = name.starts_with('x') || name.starts_with('X');
    if (hex) name.remove_prefix(1);
    if (name.empty()) return 0;
    char32_t value = 0;
    for (const char c : name) {
        const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
        const bool digit = c >= '0' && c <= '9';
        if (!digit && !(hex && lower >= 'a' && lower <= 'f')) return 0;
        value = std::min<char32_t>(value, 0x110000) * (hex ? 16 : 10) +
                static_cast<char32_t>(digit ? c - '0' : lower - 'a' + 10);
    }
    appendCharacter(out, value);
    return end + 1;
}

std::string decoded(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = text[at] == '&' ? readEntity(text.substr(at), out) : 0;
        if (length == 0) out.push_back(text[at]);
        at += std::max<std::size_t>(length, 1);
    }
    return out;
}

struct Tag {
    std::string name;  // lower case, without the slash
    bool closing = false;
    std::string_view rest;  // its attributes
};

/// The attribute's value, entities decoded.
std::string attribute(std::string_view rest, std::string_view wanted) {
    for (std::size_t at = 0; at < rest.size();) {
        while (at < rest.size() && (isSpace(rest[at]) || rest[at] == '/')) ++at;
        const std::size_t start = at;
        while (at < rest.size() && !isSpace(rest[at]) && rest[at] != '=' && rest[at] != '/') ++at;
        const std::string_view name = rest.substr(start, at - start);
        while (at < rest.size() && isSpace(rest[at])) ++at;
        std::string_view value;
        if (at < rest.size() && rest[at] == '=') {
            ++at;
            while (at < rest.size() && isSpace(rest[at])) ++at;
            if (at == rest.size()) return {};
            const bool isQuoted = rest[at] == '"' || rest[at] == '\'';
            const std::size_t from = isQuoted ? at + 1 : at;
            const std::size_t end =
                std::min(isQuoted ? rest.find(rest[at], from) : rest.find_first_of(" \t\r\n\f", from), rest.size());
            value = rest.substr(from, end - from);
            at = end + (isQuoted ? 1 : 0);
        }
        if (equalsIgnoreCase(name, wanted)) return decoded(value);
    }
    return {};
}

class TextMaker {
public:
    explicit TextMaker(std::string_view html) : m_html(html) {}

    std::string make() {
        while (m_at < m_html.size()) {
            if (m_html[m_at] == '<' && skipMarkup()) continue;
            takeText();
        }
        return std::move(m_out);
    }

private:
    /// At a '<': moves behind the markup and acts on it; false if it is only a '<'.
    bool skipMarkup() {
        const std::string_view rest = m_html.substr(m_at);
        if (rest.starts_with("<!--")) return skipTo("-->", 4);
        if (rest.size() > 1 && (rest[1] == '!' || rest[1] == '?')) return skipTo(">", 1);
        Tag tag;
        std::size_t at = 1;
        if (rest.substr(at).starts_with('/')) tag.closing = true, ++at;
        if (at >= rest.size() || !isAlpha(rest[at])) return false;
        while (at < rest.size() && !isSpace(rest[at]) && rest[at] != '>' && rest[at] != '/')
            tag.name.push_back(rest[at++]);
        tag.name = toLowerAscii(tag.name);
        const std::size_t start = at;
        // A '>' inside quotes belongs to the attribute.
        for (char quote = 0; at < rest.size() && (quote != 0 || rest[at] != '>'); ++at)
            if (quote == 0 ? rest[at] == '"' || rest[at] == '\'' : rest[at] == quote)
                quote = quote == 0 ? rest[at] : '\0';
        tag.rest = rest.substr(start, at - start);
        m_at = std::min(m_at + at + 1, m_html.size());
        act(tag);
        return true;
    }

    bool skipTo(std::string_view end, std::size_t from) {
        const std::size_t found = m_html.find(end, m_at + from);
        m_at = found == m_html.npos ? m_html.size() : found + end.size();
        return true;
    }

    /// Behind an opening tag whose content nobody reads: moves to its closing tag.
    void skipContent(std::string_view name) {
        for (std::size_t at = m_html.find("</", m_at); at != m_html.npos; at = m_html.find("</", at + 2))
            if (equalsIgnoreCase(m_html.substr(at + 2, name.size()), name)) {
                m_at = at;
                return;
            }
        m_at = m_html.size();
    }

    void act(const Tag& tag) {
        if (!tag.closing && isIn(dropped, tag.name)) return skipContent(tag.name);
        if (isIn(paragraphs, tag.name)) breakLines(2);
        if (isIn(lines, tag.name)) breakLines(tag.name == "br" ? m_breaks + 1 : 1);
        if (tag.name == "pre") m_preformatted = !tag.closing;
        if (tag.name == "td" || tag.name == "th") m_space = true;
        if (tag.name == "li" && !tag.closing) write("- ");
        if (tag.name == "hr") write("----"), breakLines(2);
        if (tag.name == "img") write(attribute(tag.rest, "alt"));
        if (tag.name == "a") link(tag);
    }

    void link(const Tag& tag) {
        if (!m_link.empty()) {
            const std::string_view label = std::string_view{m_out}.substr(std::min(m_linkStart, m_out.size()));
            // A label that is the address itself needs no second one.
            const std::string_view bare = m_link.starts_with("mailto:") ? std::string_view{m_link}.substr(7) : m_link;
            if (trimmed(label) != bare && trimmed(label) != m_link) {
                m_space = true;
                write("(" + std::string{bare} + ")");
            }
        }
        m_link.clear();
        if (tag.closing) return;
        std::string target{trimmed(attribute(tag.rest, "href"))};
        const bool leads =
            target.starts_with("http://") || target.starts_with("https://") || target.starts_with("mailto:");
        if (leads && !hasControls(target)) m_link = std::move(target);
        m_linkStart = m_out.size();
    }

    void takeText() {
        const char c = m_html[m_at];
        if (isSpace(c) && !m_preformatted) {
            m_space = true;
            ++m_at;
        } else if (isSpace(c)) {
            if (c == '\n') ++m_breaks, m_space = false;
            if (c == ' ' || c == '\t') write({&c, 1});
            ++m_at;
        } else if (std::string character;
                   const std::size_t length = c == '&' ? readEntity(m_html.substr(m_at), character) : 0) {
            write(character);
            m_at += length;
        } else {
            const std::size_t end = std::min(m_html.find_first_of(" \t\n\r\f<&", m_at + 1), m_html.size());
            write(m_html.substr(m_at, end - m_at));
            m_at = end;
        }
    }

    void breakLines(int count) {
        m_breaks = std::max(m_breaks, count);
        m_space = false;
    }

    /// Writes text after the line ends and the space that are due.
    void write(std::string_view text) {
        if (text.empty()) return;
        if (!m_out.empty() && m_breaks > 0)
            m_out.append(static_cast<std::size_t>(std::min(m_breaks, 3)), '\n');
        else if (!m_out.empty() && m_space && m_out.back() != ' ')
            m_out.push_back(' ');
        m_breaks = 0;
        m_space = false;
        m_out += text;
    }

    std::string_view m_html;
    std::size_t m_at = 0;
    std::string m_out;
    int m_breaks = 0;      // line ends due before the next character
    bool m_space = false;  // a space due before the next character
    bool m_preformatted = false;
    std::string m_link;  // where the open link leads
    std::size_t m_linkStart = 0;
};

}  // namespace

std::string plainTextOf(std::string_view html) {
    std::string text = TextMaker{html}.make();
    while (!text.empty() && isSpace(text.back())) text.pop_back();
    return text;
}

}  // namespace postroom::content
