// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Identifiers: UUIDv7 (RFC 9562 §5.7), so that sorting by id is sorting by time of birth.

#include "engine/base/clock.h"

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace postroom {

struct Id {
    std::array<std::uint8_t, 16> bytes{};

    auto operator<=>(const Id&) const = default;
    [[nodiscard]] bool isNull() const { return *this == Id{}; }
    /// 36 characters, lower case.
    [[nodiscard]] std::string text() const;
    /// The millisecond in its first 48 bits.
    [[nodiscard]] TimePoint bornAt() const;
    /// Any UUID in its 36-character form; nothing otherwise.
    [[nodiscard]] static std::optional<Id> parse(std::string_view text);
};

/// A new UUIDv7. Ids made by one process only ever grow, also within a millisecond and across a clock set back
/// (RFC 9562 §6.2, method 1: a 12-bit counter behind the time; when it is used up, the time is borrowed from).
[[nodiscard]] Id makeId(TimePoint now);

/// `count` bytes from the operating system's random source.
[[nodiscard]] std::string randomBytes(std::size_t count);

}  // namespace postroom

template <>
struct std::hash<postroom::Id> {
    std::size_t operator()(const postroom::Id& id) const noexcept {
        // The last eight bytes are random.
        std::size_t value;
        static_assert(sizeof value == 8);
        std::copy(id.bytes.begin() + 8, id.bytes.end(), reinterpret_cast<std::uint8_t*>(&value));
        return value;
    }
};
