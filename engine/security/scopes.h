// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What a principal may do. `send`: sends, reads its own messages; `read`: reads all; `admin`: everything. Any thread.

#include "engine/base/result.h"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::security {

enum class Scope { Send, Read, Admin };
[[nodiscard]] std::string_view name(Scope scope);
[[nodiscard]] std::optional<Scope> scopeNamed(std::string_view name);

class Scopes {
public:
    constexpr Scopes() = default;
    constexpr Scopes(std::initializer_list<Scope> scopes) {
        for (const Scope scope : scopes) m_bits |= bit(scope);
    }
    [[nodiscard]] static constexpr Scopes all() { return {Scope::Send, Scope::Read, Scope::Admin}; }
    /// ValidationFailed naming the first word that is no scope.
    [[nodiscard]] static Result<Scopes> fromNames(const std::vector<std::string>& names);

    /// Admin implies all.
    [[nodiscard]] constexpr bool has(Scope scope) const { return (m_bits & (bit(scope) | bit(Scope::Admin))) != 0; }
    [[nodiscard]] constexpr bool empty() const { return m_bits == 0; }
    /// As given, not as implied, in the order of the enumeration.
    [[nodiscard]] std::vector<std::string> names() const;
    constexpr bool operator==(const Scopes&) const = default;

private:
    static constexpr unsigned bit(Scope scope) { return 1u << static_cast<unsigned>(scope); }
    unsigned m_bits = 0;
};

}  // namespace postroom::security
