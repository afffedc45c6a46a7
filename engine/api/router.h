// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The one table of routes, and the way of a call through it: found, allowed, checked, handled.
//
// From the table come the scope and field checks, /openapi.json (openapi.h) and the test of every role on every route.

#include "engine/api/call.h"
#include "engine/contract/schema.h"
#include "engine/http/message.h"

#include <string_view>
#include <vector>

namespace postroom::api {

struct Services;

/// Whom a route serves: `Open` needs no key; `Metrics` is open to METRICS_ALLOW, else it is Read.
enum class Access { Open, Metrics, Send, Read, Admin };

/// The handler reads and refuses it; what stands here is for the document, and says the same.
struct QueryParameter {
    std::string_view name;
    std::string_view doc;
    std::int64_t least = INT64_MIN;  ///< with `greatest`: an integer within these
    std::int64_t greatest = INT64_MAX;
    std::vector<std::string_view> oneOf = {};
    std::size_t shortest = 0;  ///< characters of a text
    std::size_t longest = 0;   ///< 0: no limit of its own
    bool required = false;
    bool repeats = false;  ///< may be given more than once
};

struct Route {
    http::Method method = http::Method::Get;
    std::string_view path;  ///< "/api/v1/messages/{id}"
    std::string_view name;  ///< operationId
    std::string_view summary;
    Access access = Access::Admin;
    void (*handle)(Services&, Call, Reply) = nullptr;
    const contract::Schema* (*body)() = nullptr;                 ///< null: takes none
    json::Object (*answer)(json::Object& components) = nullptr;  ///< JSON Schema of `data`; its structs are components
    int success = 200;
    std::uint64_t largestBody_bytes = 0;  ///< 0: what bodyLimit_bytes() says for its kind
    std::vector<QueryParameter> query = {};
    bool takesKey = false;           ///< honours Idempotency-Key
    std::string_view bodyType = {};  ///< the media type of a body that is not JSON
    bool takesFile = false;          ///< the body goes to a file as it comes; at most ATTACHMENT_MAX_SIZE
    bool takesAttachments = false;   ///< so do the large files in a JSON body
    std::string_view bareType = {};  ///< the media type of an answer without the envelope
    bool revalidates = false;        ///< carries an ETag: 304 to who has it
};

[[nodiscard]] const std::vector<Route>& routes();

struct Match {
    const Route* route = nullptr;  ///< null: no such path, or not this method
    std::vector<std::string> params;
    std::vector<http::Method> allowed;  ///< methods the path knows
};
/// HEAD finds GET's route.
[[nodiscard]] Match match(http::Method method, std::string_view path);

/// True if the principal may use the route.
[[nodiscard]] bool mayUse(const Principal& principal, const Route& route);

/// A larger body is refused unread. Whoever has shown no key may make the engine hold a few KiB and no more; a route
/// without a body takes the `{}` that many clients send with an action, once it knows who asks.
[[nodiscard]] std::uint64_t bodyLimit_bytes(const Route& route);

/// The request's Idempotency-Key, if it has one and the route takes one. ValidationFailed if it is not 1 to 255
/// printable ASCII characters, or is given twice.
[[nodiscard]] Result<std::optional<std::string>> readIdempotencyKey(
    const Route& route, const std::vector<std::pair<std::string, std::string>>& headers);

/// Checks the body and the query against the route and hands the call over. `reply` is called once, from any thread.
void dispatch(Services& services, Call call, Reply reply);

/// "a=1&b=%20" -> decoded pairs; RequestMalformed for bad escapes.
[[nodiscard]] Result<std::vector<std::pair<std::string, std::string>>> parseQuery(std::string_view query);

[[nodiscard]] std::string_view name(http::Method method);

}  // namespace postroom::api
