// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/contract/states.h"

#include <algorithm>
#include <cstddef>

namespace postroom::contract {

namespace {
constexpr std::array<std::string_view, 8> stateNames{"sending", "queued",  "scheduled", "held",
                                                     "failed",  "expired", "cancelled", "sent"};
constexpr std::array<std::string_view, 2> onUnknownNames{"retry", "hold"};
constexpr std::array<std::string_view, 3> kindNames{"to", "cc", "bcc"};
constexpr std::array<std::string_view, 3> securityNames{"tls", "starttls", "none"};
constexpr std::array<std::string_view, 3> authNames{"password", "xoauth2", "none"};

template <typename Enum, std::size_t N>
std::optional<Enum> find(const std::array<std::string_view, N>& names, std::string_view name) {
    const auto at = std::find(names.begin(), names.end(), name);
    if (at == names.end()) return std::nullopt;
    return static_cast<Enum>(at - names.begin());
}
}  // namespace

std::string_view name(State state) {
    return stateNames[static_cast<std::size_t>(state)];
}
std::optional<State> stateNamed(std::string_view name) {
    return find<State>(stateNames, name);
}
bool isTerminal(State state) {
    return state == State::Sent || state == State::Failed || state == State::Expired || state == State::Cancelled;
}

std::string_view name(OnUnknown choice) {
    return onUnknownNames[static_cast<std::size_t>(choice)];
}
std::optional<OnUnknown> onUnknownNamed(std::string_view name) {
    return find<OnUnknown>(onUnknownNames, name);
}

std::string_view name(RecipientKind kind) {
    return kindNames[static_cast<std::size_t>(kind)];
}
std::optional<RecipientKind> recipientKindNamed(std::string_view name) {
    return find<RecipientKind>(kindNames, name);
}

std::string_view name(Security security) {
    return securityNames[static_cast<std::size_t>(security)];
}
std::optional<Security> securityNamed(std::string_view name) {
    return find<Security>(securityNames, name);
}

std::string_view name(Auth auth) {
    return authNames[static_cast<std::size_t>(auth)];
}
std::optional<Auth> authNamed(std::string_view name) {
    return find<Auth>(authNames, name);
}

}  // namespace postroom::contract
