// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The carrier under EngineClient: the same request goes over HTTP or straight into an engine in this process, and
// everything above is written once.

#include "engine/contract/json.h"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace postroom::client {

struct ClientRequest {
    std::string method = "GET";
    std::string path;  ///< with its query, percent-encoded: "/api/v1/messages?limit=50"
    std::optional<json::Value> body = std::nullopt;
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string bytes = {};  ///< instead of `body`, of type `bytesType`
    std::string bytesType = {};
};

struct ClientReply {
    int status = 0;
    std::string contentType;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers = {};

    /// The first of this name, in any case; empty if there is none.
    [[nodiscard]] std::string header(std::string_view name) const;
};

class Transport {
public:
    using Done = std::function<void(Result<ClientReply>)>;

    /// Ends what is under way with Stopping. No `done` still runs when it returns.
    virtual ~Transport() = default;
    /// Any thread. `done` runs exactly once, never from inside send(), in a thread of the transport's choice; an answer
    /// of any HTTP status is a reply, and only what kept the answer away is an Error: NetworkFailed, TlsFailed,
    /// TimedOut, ProtocolViolated, Stopping; CredentialsRejected and the like where logging in came first.
    virtual void send(ClientRequest request, Done done) = 0;
    /// Where it leads, for people: "http://127.0.0.1:8000" or "the engine in this window".
    [[nodiscard]] virtual std::string describe() const = 0;
};

}  // namespace postroom::client
