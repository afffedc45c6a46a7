// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/encoded_word.h"

#include "engine/base/text.h"

#include <algorithm>

namespace postroom::content {

namespace {

constexpr std::size_t wordLimit = 75;             // RFC 2047 §2
constexpr std::size_t tokenLimit = 900;           // with a header's name before it still below RFC 5322's 998
constexpr std::string_view opening = "=?utf-8?";  // then "B?" or "Q?"
constexpr std::size_t frame = opening.size() + 4;

constexpr bool isPhraseSafe(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '!' || c == '*' ||
           c == '+' || c == '-' || c == '/';
}
constexpr std::size_t widthInQ(char c) {
    return isPhraseSafe(c) || c == ' ' ? 1 : 3;
}

void appendQ(std::string& out, std::string_view text) {
    static constexpr char digits[] = "0123456789ABCDEF";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == ' ')
            out.push_back('_');
        else if (isPhraseSafe(c))
            out.push_back(c);
        else
            out.append({'=', digits[byte >> 4], digits[byte & 15]});
    }
}

/// The length of the character that starts the text. Broken UTF-8 goes byte by byte: it must not go back in one piece.
std::size_t characterLength(std::string_view text) {
    std::size_t length = 1;
    if (static_cast<unsigned char>(text[0]) >= 0xC0)
        while (length < std::min<std::size_t>(text.size(), 4) &&
               (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80)
            ++length;
    return length;
}

/// How much of the text, whole characters, an encoded word of `room` characters holds. In base64 a word that others
/// follow takes a multiple of three bytes where it can: there are readers that join the words first and stop at
/// padding.
std::size_t fitting(std::string_view text, bool inQ, std::size_t room) {
    std::size_t taken = 0, unpadded = 0, width = 0;
    while (taken < text.size()) {
        const std::size_t length = characterLength(text.substr(taken));
        if (inQ)
            for (std::size_t i = 0; i < length; ++i) width += widthInQ(text[taken + i]);
        else
            width = (taken + length + 2) / 3 * 4;
        if (width + frame > room) return inQ || unpadded == 0 ? taken : unpadded;
        taken += length;
        if (taken % 3 == 0) unpadded = taken;
    }
    return taken;
}

}  // namespace

bool isPlain(std::string_view text) {
    std::size_t word = 0;
    char before = ' ';
    for (const char c : text) {
        if (c < ' ' || c > '~' || (c == ' ' && before == ' ') || (c == '?' && before == '=')) return false;
        word = c == ' ' ? 0 : word + 1;
        if (word > tokenLimit) return false;
        before = c;
    }
    return text.empty() || before != ' ';
}

FoldedLine::FoldedLine(std::string_view name) : m_column(name.size() + 1) {
    m_lines.reserve(128);
    m_lines.append(name).push_back(':');
}

void FoldedLine::fold() {
    m_lines += "\r\n ";
    m_column = 1;
}

void FoldedLine::put(std::string_view token) {
    // A first token never folds: some readers take "Name:" with nothing behind it for an empty header.
    if (m_column + 1 + token.size() > columns && m_lines.back() != ':') {
        fold();
    } else {
        m_lines.push_back(' ');
        ++m_column;
    }
    append(token);
}

void FoldedLine::append(std::string_view tail) {
    m_lines.append(tail);
    m_column += tail.size();
}

void FoldedLine::putParameter(std::string_view token) {
    m_lines.push_back(';');
    fold();
    append(token);
}

void FoldedLine::putText(std::string_view text) {
    if (!isPlain(text)) return putEncoded(text);
    if (text.empty()) return put({});
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        put(text.substr(at, end - at));
        at = end + 1;
    }
}

void FoldedLine::putEncoded(std::string_view text) {
    std::size_t inQ = 0;
    for (const char c : text) inQ += widthInQ(c);
    const bool q = inQ <= (text.size() + 2) / 3 * 4;
    // One word where one is enough: there are readers that leave a blank between two of them in a name.
    const bool one = m_lines.back() != ':' && fitting(text, q, wordLimit) == text.size();
    while (!text.empty()) {
        // What fits behind the present column, or a whole line where that is nothing. Adjacent words are read as one,
        // the space between them dropped (§6.2), so the cut leaves no trace.
        const std::size_t left = m_column + 1 < columns ? columns - m_column - 1 : 0;
        std::size_t taken = fitting(text, q, std::min(left, wordLimit));
        if (taken == 0 || (one && taken < text.size())) {
            fold();
            taken = fitting(text, q, wordLimit);
        } else {
            append(" ");
        }
        append(opening);
        append(q ? "Q?" : "B?");
        const std::size_t start = m_lines.size();
        if (q)
            appendQ(m_lines, text.substr(0, taken));
        else
            m_lines += toBase64(text.substr(0, taken));
        m_column += m_lines.size() - start;
        append("?=");
        text.remove_prefix(taken);
    }
}

std::string FoldedLine::take() && {
    m_lines += "\r\n";
    return std::move(m_lines);
}

}  // namespace postroom::content
