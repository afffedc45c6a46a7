// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/text.h"

#include <algorithm>
#include <utility>

namespace postroom {

namespace {

// Reads one UTF-8 sequence at `at`; its length, or 0 if it is not well-formed (Unicode 15, table 3-7).
std::size_t sequenceLength(std::string_view text, std::size_t at, char32_t& value) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
    const auto follows = [&](std::size_t i) { return at + i < text.size() && (byte(i) & 0xC0) == 0x80; };
    const unsigned char lead = byte(0);
    if (lead < 0x80) return value = lead, 1;
    if (lead >= 0xC2 && lead <= 0xDF && follows(1)) return value = (lead & 0x1Fu) << 6 | (byte(1) & 0x3Fu), 2;
    if ((lead & 0xF0) == 0xE0 && follows(1) && follows(2)) {
        value = (lead & 0x0Fu) << 12 | (byte(1) & 0x3Fu) << 6 | (byte(2) & 0x3Fu);
        return value >= 0x800 && (value < 0xD800 || value > 0xDFFF) ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4 && follows(1) && follows(2) && follows(3)) {
        value = (lead & 0x07u) << 18 | (byte(1) & 0x3Fu) << 12 | (byte(2) & 0x3Fu) << 6 | (byte(3) & 0x3Fu);
        return value >= 0x10000 && value <= 0x10FFFF ? 4 : 0;
    }
    return 0;
}

constexpr auto isBlank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

std::optional<std::string> decode(std::string_view text, QByteArray::Base64Options options) {
    const auto decoded =
        QByteArray::fromBase64Encoding(viewOf(text), options | QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded) return std::nullopt;
    return decoded.decoded.toStdString();
}

}  // namespace

bool isValidUtf8(std::string_view text) {
    char32_t value;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = sequenceLength(text, at, value);
        if (length == 0) return false;
        at += length;
    }
    return true;
}

bool hasControls(std::string_view text) {
    char32_t value;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = sequenceLength(text, at, value);
        if (length == 0 || value < 0x20 || (value >= 0x7F && value <= 0x9F) || value == 0x2028 || value == 0x2029)
            return true;
        at += length;
    }
    return false;
}

bool isAscii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string toLowerAscii(std::string_view text) {
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(), lower);
    return out;
}

bool equalsIgnoreCase(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && isBlank(text.front())) text.remove_prefix(1);
    while (!text.empty() && isBlank(text.back())) text.remove_suffix(1);
    return text;
}

std::string toHex(std::string_view bytes) {
    return viewOf(bytes).toHex().toStdString();
}
std::string toBase64(std::string_view bytes) {
    return viewOf(bytes).toBase64().toStdString();
}
std::string toBase64Url(std::string_view bytes) {
    return viewOf(bytes).toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals).toStdString();
}

std::optional<std::string> fromBase64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    return decode(text, QByteArray::Base64Encoding);
}

std::optional<std::string> Base64Reader::read(std::string_view piece) {
    if (m_isPadded && !piece.empty()) return std::nullopt;
    std::string text = std::exchange(m_rest, {}).append(piece);
    const std::size_t whole = text.size() / 4 * 4;
    m_rest = text.substr(whole);
    text.resize(whole);
    m_isPadded = text.ends_with('=');
    if (m_isPadded && !m_rest.empty()) return std::nullopt;
    return fromBase64(text);
}

std::optional<std::string> fromBase64Url(std::string_view text) {
    if (text.size() % 4 == 1 || text.find('=') != text.npos) return std::nullopt;
    return decode(text, QByteArray::Base64UrlEncoding);
}

std::string printable(std::string_view text, std::size_t limit) {
    std::string out;
    char32_t value;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = sequenceLength(text, at, value);
        if (out.size() + std::max<std::size_t>(length, 1) > limit) return out += "...";
        const bool shown = length > 0 && value >= 0x20 && !(value >= 0x7F && value <= 0x9F);
        if (shown)
            out.append(text.substr(at, length));
        else
            out.push_back('?');
        at += std::max<std::size_t>(length, 1);
    }
    return out;
}

}  // namespace postroom
