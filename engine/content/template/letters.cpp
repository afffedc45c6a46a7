// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/template/letters.h"

#include <QChar>

namespace postroom::content::templates {

char32_t letterAt(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
    const char32_t lead = byte(0);
    if (lead < 0x80) return lead;
    const std::size_t length = letterLength(text, at);
    if (length == 2) return (lead & 0x1F) << 6 | (byte(1) & 0x3Fu);
    if (length == 3 && lead >= 0xE0) return (lead & 0x0F) << 12 | (byte(1) & 0x3Fu) << 6 | (byte(2) & 0x3Fu);
    if (length == 4) return (lead & 0x07) << 18 | (byte(1) & 0x3Fu) << 12 | (byte(2) & 0x3Fu) << 6 | (byte(3) & 0x3Fu);
    return 0xFFFD;
}

std::size_t letterCount(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); at += letterLength(text, at)) ++count;
    return count;
}

std::size_t letterOffset(std::string_view text, std::size_t index) {
    std::size_t at = 0;
    while (index > 0 && at < text.size()) {
        at += letterLength(text, at);
        --index;
    }
    return at;
}

void appendLetter(std::string& out, char32_t letter) {
    const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
    if (letter < 0x80) return put(letter);
    if (letter < 0x800) return put(0xC0 | letter >> 6), put(0x80 | (letter & 63));
    if (letter < 0x10000) return put(0xE0 | letter >> 12), put(0x80 | (letter >> 6 & 63)), put(0x80 | (letter & 63));
    put(0xF0 | letter >> 18), put(0x80 | (letter >> 12 & 63)), put(0x80 | (letter >> 6 & 63));
    put(0x80 | (letter & 63));
}

bool isSpace(char32_t letter) {
    if (letter < 0x80) return (letter >= 9 && letter <= 13) || (letter >= 28 && letter <= 32);
    return letter == 0x85 || letter == 0xA0 || letter == 0x1680 || (letter >= 0x2000 && letter <= 0x200A) ||
           letter == 0x2028 || letter == 0x2029 || letter == 0x202F || letter == 0x205F || letter == 0x3000;
}

std::size_t leadingSpace(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size() && isSpace(letterAt(text, at))) at += letterLength(text, at);
    return at;
}

std::size_t trailingSpace(std::string_view text) {
    std::size_t end = text.size();
    while (end > 0) {
        std::size_t start = end - 1;
        while (start > 0 && end - start < 4 && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) --start;
        if (!isSpace(letterAt(text.substr(0, end), start))) break;
        end = start;
    }
    return text.size() - end;
}

bool isShown(char32_t letter) {
    if (letter < 0x80) return letter >= 0x20 && letter != 0x7F;
    switch (QChar::category(letter)) {
        case QChar::Other_Control:
        case QChar::Other_Format:
        case QChar::Other_Surrogate:
        case QChar::Other_PrivateUse:
        case QChar::Other_NotAssigned:
        case QChar::Separator_Line:
        case QChar::Separator_Paragraph:
        case QChar::Separator_Space: return false;
        default: return true;
    }
}

bool beginsName(char32_t letter) {
    if (letter < 0x80) return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_';
    return QChar::isLetter(letter);
}

bool continuesName(char32_t letter) {
    if (letter < 0x80) return beginsName(letter) || (letter >= '0' && letter <= '9');
    return QChar::isLetterOrNumber(letter) || QChar::isMark(letter);
}

}  // namespace postroom::content::templates
