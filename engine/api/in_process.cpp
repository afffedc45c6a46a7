// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/in_process.h"

#include "engine/api/router.h"
#include "engine/contract/envelope.h"

namespace postroom::api {

namespace {

http::Method methodNamed(std::string_view text) {
    for (const auto method : {http::Method::Get, http::Method::Head, http::Method::Post, http::Method::Put, http::Method::Patch, http::Method::Delete})
        if (name(method) == text) return method;
    return http::Method::Other;
}

client::ClientReply wrapped(Result<Answer> answer, const std::string& requestId) {
    if (!answer)
        return {.status = httpStatus(answer.error().code), .contentType = "application/json", .body = contract::errorBody(answer.error(), requestId)};
    if (!answer->contentType.empty())
        return {.status = answer->status, .contentType = answer->contentType, .body = std::move(answer->bare)};
    return {.status = answer->status, .contentType = "application/json", .body = contract::successBody(answer->data, requestId)};
}

}  // namespace

void InProcessTransport::send(client::ClientRequest request, Done done) {
    const bool posted = m_api.post([this, request = std::move(request), done]() mutable {
        const std::string requestId = makeId(m_services.clock.now()).text();
        const Reply reply = [done, requestId](Result<Answer> answer) { done(wrapped(std::move(answer), requestId)); };
        const std::string_view target{request.path};
        const auto mark = target.find('?');
        Match found = match(methodNamed(request.method), target.substr(0, mark));
        if (!found.route) return reply(fail(found.allowed.empty() ? ErrorCode::RouteUnknown : ErrorCode::MethodNotAllowed));
        auto query = parseQuery(mark == target.npos ? std::string_view{} : target.substr(mark + 1));
        if (!query) return reply(fail(query.error()));
        Call call{.route = found.route, .principal = {.actor = "local-admin", .keyId = {}, .scopes = security::Scopes::all(), .test = false},
                  .params = std::move(found.params), .query = std::move(*query), .body = nullptr, .requestId = requestId, .peer = "in-process"};
        if (request.body)
            call.body = std::move(*request.body);
        else if (found.route->body)
            call.body = json::Object{};
        dispatch(m_services, std::move(call), reply);
    });
    if (!posted) done(fail(ErrorCode::Stopping));
}

}  // namespace postroom::api
