// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/front.h"

#include "engine/base/text.h"
#include "engine/contract/envelope.h"

namespace postroom::api {

namespace {

constexpr std::string_view jsonType = "application/json";

bool isJson(std::string_view contentType) {
    return equalsIgnoreCase(trimmed(contentType.substr(0, contentType.find(';'))), jsonType);
}

bool wantsProblem(std::string_view accept) {
    return accept.find("application/problem+json") != accept.npos;
}

}  // namespace

struct Front::Admitted {
    Match match;
    Principal principal;
    std::string requestId;
};

Front::Front(Services& services, Worker& api, Worker& heavy)
    : m_services(services), m_api(api), m_heavy(heavy), m_completions(api, [](std::vector<Completion> batch) {
          for (Completion& completion : batch) completion.responder.respond(std::move(completion.response));
      }) {
    for (const std::string& network : services.settings.list("METRICS_ALLOW"))
        m_metricsAllow.push_back(QHostAddress::parseSubnet(toQString(network)));
}

http::Admission Front::admit(const http::RequestHead& head) {
    auto admitted = std::make_shared<Admitted>();
    admitted->requestId = makeId(m_services.clock.now()).text();
    const auto refused = [&](Error error) {
        http::Admission admission;
        admission.refusal = failure(error, admitted->requestId, head.header("accept"));
        return admission;
    };
    admitted->match = match(head.method, head.path);
    const Route* route = admitted->match.route;
    const bool hidden = route && route->access == Access::Metrics && !m_services.settings.boolean("PROMETHEUS_ENABLED");
    if (hidden || (!route && admitted->match.allowed.empty())) return refused({.code = ErrorCode::RouteUnknown});
    if (!route) {
        auto admission = refused({.code = ErrorCode::MethodNotAllowed});
        std::string allow;
        for (const http::Method method : admitted->match.allowed)
            allow.append(allow.empty() ? "" : ", ").append(name(method));
        admission.refusal->headers.emplace_back("Allow", allow);
        return admission;
    }
    if (route->access != Access::Open && !(route->access == Access::Metrics && mayReadMetrics(head))) {
        auto principal = authenticate(head);
        if (!principal) return refused(principal.error());
        admitted->principal = std::move(*principal);
        if (!mayUse(admitted->principal, *route)) return refused({.code = ErrorCode::Forbidden});
    } else {
        admitted->principal.actor = "anonymous";
    }
    if (head.hasBody && !isJson(head.header("content-type"))) return refused({.code = ErrorCode::MediaTypeUnsupported});
    if (auto fine = checkHeaders(*route, head.headers); !fine) return refused(fine.error());
    return {.refusal = {}, .bodyLimit_bytes = bodyLimit_bytes(*route), .context = std::move(admitted)};
}

void Front::handle(http::Request request, http::Responder responder) {
    const auto admitted = std::static_pointer_cast<Admitted>(std::move(request.context));
    const Route& route = *admitted->match.route;
    Call call{.route = &route,
              .principal = std::move(admitted->principal),
              .params = std::move(admitted->match.params),
              .query = {},
              .body = nullptr,
              .requestId = admitted->requestId,
              .peer = request.head.peer,
              .accept = std::string(request.head.header("accept"))};
    std::string accept = call.accept;
    Reply reply = [this, responder, requestId = admitted->requestId,
                   accept = std::move(accept)](Result<Answer> answer) {
        http::Response response;
        if (!answer) {
            response = failure(answer.error(), requestId, accept);
        } else if (!answer->contentType.empty()) {
            response.status = answer->status;
            response.contentType = std::move(answer->contentType);
            response.body = std::move(answer->bare);
        } else {
            response.status = answer->status;
            response.contentType = jsonType;
            response.body = contract::successBody(answer->data, requestId);
        }
        if (answer) response.headers = std::move(answer->headers);
        if (m_api.isCurrent())
            responder.respond(std::move(response));
        else
            m_completions.push({responder, std::move(response)});
    };
    auto query = parseQuery(request.head.query);
    if (!query) return reply(fail(query.error()));
    call.query = std::move(*query);
    if (request.body.empty()) {
        // A body that is required and absent is as good as an empty object: the schema then names what is missing.
        if (route.body) call.body = json::Object{};
        return dispatch(m_services, std::move(call), std::move(reply));
    }
    const auto read = [this](Call call, const std::string& body, Reply reply) {
        auto parsed = json::parse(body);
        if (!parsed) {
            Error error = parsed.error();
            if (error.fields.empty()) error.fields.push_back({"body", "json.invalid", error.detail});
            return reply(fail(std::move(error)));
        }
        call.body = std::move(*parsed);
        dispatch(m_services, std::move(call), std::move(reply));
    };
    if (request.body.size() <= heavyBody_bytes) return read(std::move(call), request.body, std::move(reply));
    m_heavy.post([read, call = std::move(call), body = std::move(request.body), reply = std::move(reply)]() mutable {
        read(std::move(call), body, std::move(reply));
    });
}

http::Response Front::refuse(ErrorCode code, std::string_view detail, const http::RequestHead* head) {
    return failure({.code = code, .detail = std::string(detail)}, makeId(m_services.clock.now()).text(),
                   head ? head->header("accept") : std::string_view{});
}

void Front::answered(const http::RequestHead& head, int status, std::chrono::microseconds took) {
    const Match found = match(head.method, head.path);
    const std::string_view route = found.route ? found.route->path : "unknown";
    m_services.metrics.httpRequest(route, name(head.method), status, std::chrono::duration<double>(took).count());
}

Result<Principal> Front::authenticate(const http::RequestHead& head) {
    const std::string_view given = head.header("authorization");
    constexpr std::string_view scheme = "bearer ";
    if (given.size() <= scheme.size() || !equalsIgnoreCase(given.substr(0, scheme.size()), scheme))
        return fail(ErrorCode::Unauthorized);
    return bearer(trimmed(given.substr(scheme.size())));
}

Result<Principal> Front::bearer(std::string_view token) {
    if (m_services.localToken.equals(token))
        return Principal{.actor = "local-admin", .keyId = {}, .scopes = security::Scopes::all(), .test = false};
    const auto claims = m_services.signer.verify(token, m_services.clock.now(), "access");
    if (!claims) return fail(ErrorCode::Unauthorized);
    const auto id = Id::parse(claims->subject);
    const auto keys = m_services.keys.get();
    // The row decides, not the token: a key that was revoked or lost a scope has lost it now.
    const auto key = std::find_if(keys->begin(), keys->end(), [&](const auto& row) { return id && row.id == *id; });
    if (key == keys->end() || !key->isActive) return fail(ErrorCode::Unauthorized);
    auto scopes = security::Scopes::fromNames(key->scopes);
    if (!scopes) return fail(ErrorCode::Unauthorized);
    return Principal{.actor = "key:" + key->key, .keyId = key->id, .scopes = *scopes, .test = key->isTest};
}

bool Front::mayReadMetrics(const http::RequestHead& head) const {
    const QHostAddress peer{toQString(head.peer)};
    return std::any_of(m_metricsAllow.begin(), m_metricsAllow.end(),
                       [&](const auto& network) { return peer.isInSubnet(network); });
}

http::Response Front::failure(const Error& error, const std::string& requestId, std::string_view accept) const {
    http::Response response;
    response.status = httpStatus(error.code);
    const bool problem = wantsProblem(accept);
    response.contentType = problem ? "application/problem+json" : jsonType;
    response.body = problem ? contract::problemBody(error, requestId) : contract::errorBody(error, requestId);
    if (response.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
    if (response.status == 503 || response.status == 429 || response.status == 507)
        response.headers.emplace_back("Retry-After", "5");
    return response;
}

}  // namespace postroom::api
