// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The chunked framing of a request's body (RFC 9112 §7.1), read strictly.
//
// Pure, any thread. Beast's reader takes chunk extensions of any length and sizes of any number of digits; lenient
// readers of this framing are how requests have been smuggled past proxies. Verdicts do not depend on how the bytes
// were cut into pieces.

#include "engine/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace postroom::http {

class ChunkReader {
public:
    explicit ChunkReader(std::uint64_t bodyLimit_bytes) : m_left(bodyLimit_bytes) {}

    /// Takes bytes from the front, appends what is body to `body`, returns how many were taken: fewer than given only
    /// when the body is complete. RequestMalformed, or BodyTooLarge as soon as a size goes beyond the limit.
    [[nodiscard]] Result<std::size_t> read(std::string_view bytes, std::string& body);
    [[nodiscard]] bool isComplete() const { return m_at == At::End; }

private:
    enum class At {
        Size,
        Extension,
        SizeLineFeed,
        Content,
        ContentReturn,
        ContentLineFeed,
        TrailerStart,
        TrailerName,
        TrailerValue,
        TrailerLineFeed,
        LastLineFeed,
        End
    };
    [[nodiscard]] Result<void> readFraming(unsigned char c);
    [[nodiscard]] Result<void> readSize(unsigned char c);

    std::uint64_t m_left;      // how much more body is allowed
    std::uint64_t m_size = 0;  // of this chunk; what is left of it while its content is read
    std::size_t m_extra = 0;   // bytes of extensions, in all chunks together
    std::size_t m_trailer = 0;
    int m_digits = 0;
    At m_at = At::Size;
};

}  // namespace postroom::http
