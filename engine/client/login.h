// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// How a client comes by the bearer token of its requests.
//
// A local token is shown only to who proves to know it: GET /api/v1/auth/local?nonce=N must answer HMAC-SHA-256(token,
// N), so that a stranger on the port learns nothing. A key and its secret are exchanged at POST /api/v1/auth/token.

#include "engine/base/secret.h"
#include "engine/client/transport.h"

#include <variant>

namespace postroom::client {

/// Nothing is shown: only the open routes answer.
struct NoCredentials {};
/// The token of control.json.
struct LocalToken {
    Secret token;
};
/// An API key with its secret.
struct KeyPair {
    std::string key;
    Secret secret;
};
using Credentials = std::variant<NoCredentials, LocalToken, KeyPair>;

/// HMAC-SHA-256(token, nonce) in hex: what the engine answers to /api/v1/auth/local.
[[nodiscard]] std::string localProof(const Secret& token, std::string_view nonce);

/// Asks through `send` (which shows no token) and gives the bearer token, empty for NoCredentials. ProtocolViolated
/// when a stranger answers on the port; CredentialsRejected when the engine refuses the key. `where` is for the error's
/// text.
void logIn(const Credentials& credentials, const std::string& where,
           const std::function<void(ClientRequest, Transport::Done)>& send, std::function<void(Result<Secret>)> done);

}  // namespace postroom::client
