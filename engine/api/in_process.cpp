// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/in_process.h"

#include "engine/api/router.h"
#include "engine/contract/envelope.h"
#include "engine/http/head.h"

namespace postroom::api {

namespace {

http::Method methodNamed(std::string_view text) {
    for (const auto method : {http::Method::Get, http::Method::Head, http::Method::Post, http::Method::Put,
                              http::Method::Patch, http::Method::Delete})
        if (name(method) == text) return method;
    return http::Method::Other;
}

client::ClientReply wrapped(Result<Answer> answer, const std::string& requestId) {
    if (!answer)
        return {.status = httpStatus(answer.error().code),
                .contentType = "application/json",
                .body = contract::errorBody(answer.error(), requestId)};
    if (!answer->contentType.empty())
        return {.status = answer->status, .contentType = answer->contentType, .body = std::move(answer->bare)};
    return {.status = answer->status,
            .contentType = "application/json",
            .body = contract::successBody(answer->data, requestId)};
}

}  // namespace

void InProcessTransport::send(client::ClientRequest request, Done done) {
    auto ticket = m_services.inProcess.enter();
    const auto late = [done, api = &m_api] {
        // Never from inside send(), not even this answer.
        if (!api->post([done] { done(fail(ErrorCode::Stopping)); })) done(fail(ErrorCode::Stopping));
    };
    if (!ticket) return late();
    const bool posted = m_api.post([this, request = std::move(request), done, ticket = std::move(ticket)]() mutable {
        const std::string requestId = makeId(m_services.clock.now()).text();
        const Reply reply = [done, requestId, ticket = std::move(ticket)](Result<Answer> answer) {
            done(wrapped(std::move(answer), requestId));
        };
        http::RequestHead head;
        head.method = methodNamed(request.method);
        head.target = request.path.empty() ? "/" : std::move(request.path);
        if (auto read = http::readTarget(head, {}); !read) return reply(fail(read.error()));
        Match found = match(head.method, head.path);
        if (!found.route)
            return reply(fail(found.allowed.empty() ? ErrorCode::RouteUnknown : ErrorCode::MethodNotAllowed));
        auto query = parseQuery(head.query);
        if (!query) return reply(fail(query.error()));
        Call call{.route = found.route,
                  .principal = {.actor = "local-admin", .keyId = {}, .scopes = security::Scopes::all(), .test = false},
                  .params = std::move(found.params),
                  .query = std::move(*query),
                  .body = nullptr,
                  .requestId = requestId,
                  .peer = "in-process"};
        if (request.body)
            call.body = std::move(*request.body);
        else if (found.route->body)
            call.body = json::Object{};
        dispatch(m_services, std::move(call), reply);
    });
    if (!posted) late();
}

}  // namespace postroom::api
