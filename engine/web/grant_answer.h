// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What a provider's answers say (RFC 6749 §5, RFC 8628 §3.2 and §3.5). Pure, any thread.
//
// A stranger wrote them: what is used must be of its kind and size, and nothing of a token ever gets into a detail.

#include "engine/base/secret.h"
#include "engine/web/outbound.h"

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace postroom::web {

/// Why there is no token.
enum class Refusal {
    Pending,        ///< nobody has decided yet: ask again after the interval
    SlowDown,       ///< the same, and with 5 s more between two questions
    CodeExpired,    ///< nobody decided in time
    Denied,         ///< somebody said no
    GrantInvalid,   ///< the refresh token is no good (any more): a person has to consent anew
    ClientInvalid,  ///< the client id or secret, or what the application may do
    ScopeInvalid,   ///< the provider does not give this scope, or not this way
    Unavailable,    ///< it can't answer now, or could not be reached
    Garbled         ///< the answer makes no sense
};
/// "oauth.denied": the word on the wire.
[[nodiscard]] std::string_view name(Refusal refusal);
/// True where asking again later may be answered otherwise, with nobody doing anything.
[[nodiscard]] bool passes(Refusal refusal);

struct Refused {
    Refusal why = Refusal::Unavailable;
    std::string detail;                  ///< English, one line; never a secret
    std::chrono::seconds retryAfter{0};  ///< as asked for; 0: it is not
};

struct Tokens {
    Secret access;
    Secret refresh;                ///< empty: the one before stays good
    std::chrono::seconds lasts{};  ///< 10 s to a week; an hour where the provider does not say
};
struct DeviceCode {
    Secret code;
    std::string userCode;
    std::string verificationUri;
    std::string verificationUriComplete;  ///< with the code in it; empty: there is none
    std::chrono::seconds lasts{};         ///< 1 s to an hour
    std::chrono::seconds interval{};      ///< 1 s to a minute
};

/// A provider may quote what it was asked: takes these out of its words.
[[nodiscard]] std::string without(std::string text, std::initializer_list<std::string_view> secrets);

[[nodiscard]] tl::expected<Tokens, Refused> readTokens(const Result<Answer>& answer);
[[nodiscard]] tl::expected<DeviceCode, Refused> readDeviceCode(const Result<Answer>& answer);

}  // namespace postroom::web
