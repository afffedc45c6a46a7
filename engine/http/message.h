// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Requests and responses as plain values, and the Port through which the server asks whoever uses it.
//
// The server's thread. Nothing here knows what a path means.

#include "engine/base/result.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postroom::http {

enum class Method { Get, Head, Post, Put, Patch, Delete, Options, Other };

struct RequestHead {
    Method method = Method::Other;
    std::string methodName;  ///< as sent
    std::string target;      ///< as sent
    std::string path;        ///< percent-decoded once: valid UTF-8 without controls, no slash came from an escape
    std::string query;       ///< what follows the '?', raw
    std::vector<std::pair<std::string, std::string>>
        headers;                                 ///< as sent, in order, without the white space around values
    std::string peer;                            ///< "127.0.0.1"
    std::string host;                            ///< the Host header without its port, lower case, "[::1]"
    bool secure = false;                         ///< came by TLS
    bool hasBody = false;                        ///< chunked, or a Content-Length above 0
    std::optional<std::uint64_t> contentLength;  ///< nothing if chunked or not given

    /// The first header of this name, in any case; empty if there is none.
    [[nodiscard]] std::string_view header(std::string_view name) const;
};

struct Request {
    RequestHead head;
    std::string body;
    std::shared_ptr<void>
        context;  ///< what admit() returned: shared because requests are copied and queued by handlers
};

/// The server adds Content-Length, Content-Type, Date, Connection, and, unless given here, `Cache-Control: no-store`
/// and `X-Content-Type-Options: nosniff`. Control characters in values become spaces, a header whose name is no token
/// or that belongs to the framing is left out: no value can split a response.
struct Response {
    int status = 200;
    std::string contentType;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    bool close = false;  ///< closes the connection after this response
};

/// Takes a body piece by piece, in place of Request::body: so a large one is never in memory whole.
class BodySink {
public:
    virtual ~BodySink() = default;
    /// The next piece, not empty. `taken` is called once, in the server's thread, when there may be another; until then
    /// nothing more is read from the client. An error ends the request with it. Where the client goes or fails, the
    /// sink is let go of without another word.
    virtual void take(std::string piece, std::function<void(Result<void>)> taken) = 0;
    /// What it keeps in memory of the pieces it has taken: it counts against the budget of bodies.
    [[nodiscard]] virtual std::uint64_t held_bytes() const { return 0; }
};

/// What is decided on the head alone.
struct Admission {
    std::optional<Response> refusal;      ///< answers at once; the body is never read
    std::uint64_t bodyLimit_bytes = 0;    ///< a larger body is answered with BodyTooLarge
    std::shared_ptr<void> context;        ///< handed on in Request::context
    std::shared_ptr<BodySink> sink = {};  ///< where the body goes; shared with the context, which knows what it became
};

class Connections;

/// The way back for one response. Small, copyable, may outlive the connection and the server. For the server's thread.
class Responder {
public:
    Responder() = default;
    Responder(std::weak_ptr<Connections> connections, std::uint64_t connection, std::uint64_t sequence)
        : m_connections(std::move(connections)), m_connection(connection), m_sequence(sequence) {}

    /// Sends the response when those of earlier requests on the connection have left. The second call and one after the
    /// connection is gone do nothing. A request that is never responded to keeps its connection until the client
    /// leaves.
    void respond(Response response) const;

private:
    std::weak_ptr<Connections> m_connections;
    std::uint64_t m_connection = 0;
    std::uint64_t m_sequence = 0;
};

/// What the server asks of whoever uses it, always in the server's thread.
class Port {
public:
    virtual ~Port() = default;
    /// Called when the head is complete and its host and origin are accepted, before the body is read.
    virtual Admission admit(const RequestHead& head) = 0;
    /// The request with its whole body. Respond now or later, through the responder.
    virtual void handle(Request request, Responder responder) = 0;
    /// Formats what the server itself finds wrong, with Retry-After where that belongs. `head` is null where it could
    /// not be read.
    virtual Response refuse(ErrorCode code, std::string_view detail, const RequestHead* head) = 0;
    /// After a response was handed to the socket. Where the head could not be read it is empty but for `peer`.
    virtual void answered(const RequestHead& head, int status, std::chrono::microseconds took) {
        static_cast<void>(head);
        static_cast<void>(status);
        static_cast<void>(took);
    }
};

}  // namespace postroom::http
