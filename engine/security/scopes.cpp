// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/security/scopes.h"

#include "engine/base/text.h"

#include <algorithm>
#include <array>

namespace postroom::security {

namespace {
constexpr std::array<std::string_view, 3> words{"send", "read", "admin"};
}  // namespace

std::string_view name(Scope scope) {
    return words[static_cast<std::size_t>(scope)];
}

std::optional<Scope> scopeNamed(std::string_view name) {
    const auto at = std::find(words.begin(), words.end(), name);
    if (at == words.end()) return std::nullopt;
    return static_cast<Scope>(at - words.begin());
}

Result<Scopes> Scopes::fromNames(const std::vector<std::string>& names) {
    Scopes scopes;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto scope = scopeNamed(names[i]);
        if (!scope)
            return fail(invalidField("scopes[" + std::to_string(i) + "]", "field.not_allowed",
                                     "'" + printable(names[i], 40) + "' must be send, read or admin"));
        scopes.m_bits |= bit(*scope);
    }
    return scopes;
}

std::vector<std::string> Scopes::names() const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < words.size(); ++i)
        if ((m_bits & bit(static_cast<Scope>(i))) != 0) names.emplace_back(words[i]);
    return names;
}

}  // namespace postroom::security
