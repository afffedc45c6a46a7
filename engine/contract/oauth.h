// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// How an account's provider is asked for access (OAuth 2.0), as the API shows it, and the body its route takes.

#include "engine/contract/codec.h"
#include "engine/contract/schema.h"

namespace postroom::contract {

/// Where asking for access stands. Never a token: those are shown to nobody.
struct AccountAuthorization {
    std::string state = {};     ///< needed, pending, authorized, denied, expired, failed
    std::string provider = {};  ///< google, microsoft, generic
    std::string userCode = {};  ///< with pending: what a person types at verificationUri
    std::string verificationUri = {};
    std::string verificationUriComplete = {};  ///< with the code in it; empty where the provider has none
    std::optional<TimePoint> expiresAt = {};   ///< with pending: when the code ends
    std::int64_t interval_ms = 0;              ///< with pending: how often it makes sense to look
    std::optional<TimePoint> authorizedAt = {};
    std::string reason = {};  ///< why not: account.authorization_needed, oauth.denied, oauth.code_expired, ...
    std::string detail = {};  ///< English
    static void fields(auto& self, auto&& visit) {
        visit("state", self.state), visit("provider", self.provider), visit("user_code", self.userCode);
        visit("verification_uri", self.verificationUri);
        visit("verification_uri_complete", self.verificationUriComplete);
        visit("expires_at", self.expiresAt), visit("interval_ms", self.interval_ms);
        visit("authorized_at", self.authorizedAt), visit("reason", self.reason), visit("detail", self.detail);
    }
};

[[nodiscard]] const Schema& authorizeSchema();

}  // namespace postroom::contract
