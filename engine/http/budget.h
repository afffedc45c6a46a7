// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// How many bytes of request bodies may be held at once, and who waits for room. Small bodies are not asked for here
// (ServerSettings::ownBody_bytes).
//
// The server's thread. A body of known length takes all of it before its first byte is read, a chunked one takes pieces
// as it grows: so somebody may wait while holding something. When all that is held is held by those who wait, nobody
// would ever give any back; then the first in line may go over the limit, alone and until it is done.

#include <cstdint>
#include <deque>
#include <optional>

namespace postroom::http {

class BodyBudget {
public:
    explicit BodyBudget(std::uint64_t limit_bytes) : m_limit(limit_bytes) {}

    /// True if the bytes are taken. If not, the holder stands in line, with `held` bytes of an unfinished body.
    [[nodiscard]] bool take(std::uint64_t holder, std::uint64_t bytes, std::uint64_t held);
    void give(std::uint64_t bytes) { m_used -= bytes; }
    /// The holder no longer wants what it waits for.
    void leave(std::uint64_t holder);
    /// The first in line if there is room for it now: its bytes are taken. To be asked until it says nothing.
    [[nodiscard]] std::optional<std::uint64_t> next();
    [[nodiscard]] bool hasWaiting() const { return !m_line.empty(); }
    [[nodiscard]] std::uint64_t used() const { return m_used; }

private:
    struct Waiting {
        std::uint64_t holder;
        std::uint64_t bytes;
        std::uint64_t held;
    };
    [[nodiscard]] bool fits(std::uint64_t bytes) const;

    std::uint64_t m_limit;
    std::uint64_t m_used = 0;
    std::uint64_t m_stuck = 0;  // the part of m_used that is held by those in line
    std::deque<Waiting> m_line;
};

}  // namespace postroom::http
