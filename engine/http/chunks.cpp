// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/http/chunks.h"

#include <algorithm>
#include <QtGlobal>

namespace postroom::http {

namespace {

constexpr int digitsLimit = 16;
constexpr std::size_t extensionLimit_bytes = 256;
constexpr std::size_t trailerLimit_bytes = 4096;
// Nobody sends chunks of 2 GiB; sizes from here on are attempts at some parser's signed integers, not large bodies.
constexpr std::uint64_t absurdSize = 0x80000000U;

auto malformed(const char* detail) {
    return fail(ErrorCode::RequestMalformed, detail);
}

bool isText(unsigned char c) {
    return (c >= 0x20 && c != 0x7f) || c == '\t';
}

bool isNameCharacter(unsigned char c) {
    return c > 0x20 && c < 0x7f;
}

int hexDigit(unsigned char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

Result<std::size_t> ChunkReader::read(std::string_view bytes, std::string& body) {
    std::size_t taken = 0;
    while (taken < bytes.size() && m_at != At::End) {
        if (m_at == At::Content) {
            const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(m_size, bytes.size() - taken));
            body.append(bytes.substr(taken, piece));
            taken += piece;
            m_size -= piece;
            if (m_size == 0) m_at = At::ContentReturn;
            continue;
        }
        if (auto framing = readFraming(static_cast<unsigned char>(bytes[taken])); !framing)
            return fail(std::move(framing.error()));
        ++taken;
    }
    return taken;
}

Result<void> ChunkReader::readSize(unsigned char c) {
    if (const int digit = hexDigit(c); digit >= 0) {
        if (++m_digits > digitsLimit) return malformed("a chunk's size has too many digits");
        m_size = m_size * 16 + static_cast<std::uint64_t>(digit);
        return {};
    }
    if (m_digits == 0) return malformed("a chunk has no size");
    if (c != ';' && c != '\r') return malformed("a chunk's size is not hexadecimal");
    if (m_size >= absurdSize) return malformed("a chunk's size is out of range");
    if (m_size > m_left) return fail(ErrorCode::BodyTooLarge, "the body is larger than this route takes");
    m_left -= m_size;
    m_digits = 0;
    m_at = c == ';' ? At::Extension : At::SizeLineFeed;
    return {};
}

Result<void> ChunkReader::readFraming(unsigned char c) {
    switch (m_at) {
        case At::Size: return readSize(c);
        case At::Extension:
            if (c == '\r')
                m_at = At::SizeLineFeed;
            else if (!isText(c))
                return malformed("a control character in a chunk extension");
            else if (++m_extra > extensionLimit_bytes)
                return malformed("chunk extensions are too long");
            return {};
        case At::SizeLineFeed:
            if (c != '\n') return malformed("a chunk's size line does not end with CR LF");
            m_at = m_size == 0 ? At::TrailerStart : At::Content;
            return {};
        case At::ContentReturn:
            if (c != '\r') return malformed("a chunk is longer than its size");
            m_at = At::ContentLineFeed;
            return {};
        case At::ContentLineFeed:
            if (c != '\n') return malformed("a chunk does not end with CR LF");
            m_at = At::Size;
            return {};
        // Trailers are read over: nothing here would be decided by them (RFC 9110 §6.5.1).
        case At::TrailerStart:
            if (c == '\r') {
                m_at = At::LastLineFeed;
                return {};
            }
            m_at = At::TrailerName;
            [[fallthrough]];
        case At::TrailerName:
            if (++m_trailer > trailerLimit_bytes) return fail(ErrorCode::HeadersTooLarge, "the trailers are too large");
            if (c == ':')
                m_at = At::TrailerValue;
            else if (!isNameCharacter(c))
                return malformed("a trailer is not a header");
            return {};
        case At::TrailerValue:
            if (++m_trailer > trailerLimit_bytes) return fail(ErrorCode::HeadersTooLarge, "the trailers are too large");
            if (c == '\r')
                m_at = At::TrailerLineFeed;
            else if (!isText(c))
                return malformed("a control character in a trailer");
            return {};
        case At::TrailerLineFeed:
            if (c != '\n') return malformed("a trailer does not end with CR LF");
            m_at = At::TrailerStart;
            return {};
        case At::LastLineFeed:
            if (c != '\n') return malformed("the body does not end with CR LF");
            m_at = At::End;
            return {};
        case At::Content:
        case At::End: break;
    }
    Q_UNREACHABLE();
}

}  // namespace postroom::http
