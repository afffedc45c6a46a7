// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/transfer.h"

#include "engine/base/text.h"

#include <algorithm>

namespace postroom::content {

namespace {

constexpr std::size_t lineLimit = 76;          // RFC 2045 §6.7 (5), the "=" of a soft break included
constexpr std::size_t sevenBitLineLimit = 78;  // RFC 5322 §2.1.1

/// Bytes that quoted-printable may leave alone anywhere in a line but at its edges.
constexpr bool isLiteral(char c) {
    return (c >= ' ' && c <= '~' && c != '=') || c == '\t';
}
constexpr bool isBlank(char c) {
    return c == ' ' || c == '\t';
}

std::size_t lineEnd(std::string_view text, std::size_t from) {
    return std::min(text.find("\r\n", from), text.size());
}

bool isSafeLine(std::string_view line) {
    if (line.empty()) return true;
    // "=_" opens our boundaries; a trailing blank, a leading dot and "From " are what relays and mailboxes are known to
    // alter.
    return line.size() <= sevenBitLineLimit && line.front() != '.' && !isBlank(line.back()) &&
           !line.starts_with("From ") && line.find("=_") == line.npos &&
           std::all_of(line.begin(), line.end(), [](char c) { return isLiteral(c) || c == '='; });
}

void appendEscaped(std::string& out, char c) {
    static constexpr char digits[] = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    out.push_back('=');
    out.push_back(digits[byte >> 4]);
    out.push_back(digits[byte & 15]);
}

void appendQuotedPrintableLine(std::string& out, std::string_view line) {
    std::size_t column = 0;
    for (std::size_t at = 0; at < line.size(); ++at) {
        const char c = line[at];
        const bool last = at + 1 == line.size();
        // Also after a soft break: every line of the wire starts safely.
        const bool edge = column == 0 && (c == '.' || line.substr(at).starts_with("From "));
        const bool literal = isLiteral(c) && !edge && !(last && isBlank(c));
        const std::size_t width = literal ? 1 : 3;
        if (column + width > (last ? lineLimit : lineLimit - 1)) {
            out += "=\r\n";
            column = 0;
            --at;
            continue;
        }
        if (literal)
            out.push_back(c);
        else
            appendEscaped(out, c);
        column += width;
    }
}

}  // namespace

std::string_view wireName(Transfer transfer) {
    switch (transfer) {
        case Transfer::SevenBit: return "7bit";
        case Transfer::QuotedPrintable: return "quoted-printable";
        case Transfer::Base64: break;
    }
    return "base64";
}

std::string withCrlf(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 32 + 2);
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find_first_of("\r\n", at), text.size());
        out.append(text.substr(at, end - at));
        if (end == text.size()) break;
        out += "\r\n";
        at = end + (text.substr(end, 2) == "\r\n" ? 2 : 1);
    }
    return out;
}

Transfer transferFor(std::string_view text) {
    bool safe = true;
    for (std::size_t at = 0; safe && at < text.size();) {
        const std::size_t end = lineEnd(text, at);
        safe = isSafeLine(text.substr(at, end - at));
        at = end + 2;
    }
    if (safe) return Transfer::SevenBit;
    const auto literal = static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return isLiteral(c) || c == '\r' || c == '\n'; }));
    // Three characters for each that is not literal, against four for every three: soft breaks and line ends are about
    // even.
    const std::size_t quoted = literal + 3 * (text.size() - literal);
    return 3 * quoted <= 4 * text.size() ? Transfer::QuotedPrintable : Transfer::Base64;
}

void appendEncoded(std::string& out, std::string_view text, Transfer transfer) {
    switch (transfer) {
        case Transfer::SevenBit: out.append(text); return;
        case Transfer::Base64: appendBase64(out, text); return;
        case Transfer::QuotedPrintable: break;
    }
    for (std::size_t at = 0;;) {
        const std::size_t end = lineEnd(text, at);
        appendQuotedPrintableLine(out, text.substr(at, end - at));
        if (end == text.size()) return;
        out += "\r\n";
        at = end + 2;
    }
}

void appendBase64(std::string& out, std::string_view bytes) {
    static constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const auto byte = [&](std::size_t at) { return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0u; };
    out.reserve(out.size() + base64LinesSize_bytes(bytes.size()));
    // Written here and not by toBase64(): lines are cut on the way, where a second pass would copy 20 MB once more.
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        if (at > 0 && at % base64LineInput_bytes == 0) out += "\r\n";
        const unsigned group = byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2);
        const char quad[] = {alphabet[group >> 18], alphabet[group >> 12 & 63],
                             at + 1 < bytes.size() ? alphabet[group >> 6 & 63] : '=',
                             at + 2 < bytes.size() ? alphabet[group & 63] : '='};
        out.append(quad, sizeof quad);
    }
}

std::uint64_t base64LinesSize_bytes(std::uint64_t size) {
    const std::uint64_t lines = (size + base64LineInput_bytes - 1) / base64LineInput_bytes;
    return (size + 2) / 3 * 4 + 2 * lines;
}

}  // namespace postroom::content
