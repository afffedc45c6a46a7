// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The closed words of the domain: states of deliveries and messages, and what the caller wants of an unknown outcome.

#include <array>
#include <optional>
#include <string_view>

namespace postroom::contract {

/// What a delivery is in. A message shows the first, in this order, that any of its deliveries has.
enum class State { Sending, Queued, Scheduled, Held, Failed, Expired, Cancelled, Sent };
inline constexpr std::array allStates{State::Sending, State::Queued,  State::Scheduled, State::Held,
                                      State::Failed,  State::Expired, State::Cancelled, State::Sent};

[[nodiscard]] std::string_view name(State state);
[[nodiscard]] std::optional<State> stateNamed(std::string_view name);
/// True once nothing will happen to it any more.
[[nodiscard]] bool isTerminal(State state);

/// What a sender may say of a message's urgency: 0, the default, to this; greater goes first.
inline constexpr int greatestPriority = 9;

/// What to do with a delivery whose final "." may have been taken and whose reply was never read.
enum class OnUnknown { Retry, Hold };
[[nodiscard]] std::string_view name(OnUnknown choice);
[[nodiscard]] std::optional<OnUnknown> onUnknownNamed(std::string_view name);

/// In which header a recipient stood.
enum class RecipientKind { To, Cc, Bcc };
[[nodiscard]] std::string_view name(RecipientKind kind);
[[nodiscard]] std::optional<RecipientKind> recipientKindNamed(std::string_view name);

/// How an account's connection is secured.
enum class Security { Tls, StartTls, None };
[[nodiscard]] std::string_view name(Security security);
[[nodiscard]] std::optional<Security> securityNamed(std::string_view name);

/// How an account logs in.
enum class Auth { Password, XOAuth2, None };
[[nodiscard]] std::string_view name(Auth auth);
[[nodiscard]] std::optional<Auth> authNamed(std::string_view name);

}  // namespace postroom::contract
