// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/front.h"

#include "engine/api/document.h"
#include "engine/api/gate.h"
#include "engine/api/uploads.h"
#include "engine/base/text.h"
#include "engine/contract/envelope.h"

namespace postroom::api {

namespace {

constexpr std::string_view jsonType = "application/json";

bool isOfType(std::string_view contentType, std::string_view type) {
    return equalsIgnoreCase(trimmed(contentType.substr(0, contentType.find(';'))), type);
}

// Why a body could not be read.
Error bodyError(Error error) {
    if (error.code == ErrorCode::JsonInvalid && error.fields.empty())
        error.fields.push_back({"body", "json.invalid", error.detail});
    return error;
}

bool wantsProblem(std::string_view accept) {
    return accept.find("application/problem+json") != accept.npos;
}

}  // namespace

struct Front::Admitted {
    Match match;
    Principal principal;
    std::string requestId;
    std::optional<std::string> idempotencyKey;
    std::shared_ptr<FileSink> sink;          // with the connection, which feeds it
    std::shared_ptr<DocumentSink> document;  // likewise
    std::string client;                      ///< its address, behind the trusted proxies
};

Front::Front(Services& services, Worker& api, Worker& heavy)
    : m_services(services),
      m_api(api),
      m_heavy(heavy),
      m_completions(api,
                    [](std::vector<Completion> batch) {
                        for (Completion& completion : batch)
                            completion.responder.respond(std::move(completion.response));
                    }),
      m_metricsAllow(services.settings.list("METRICS_ALLOW")),
      m_proxies(services.settings.list("TRUSTED_PROXIES")) {}

http::Admission Front::admit(const http::RequestHead& head) {
    auto admitted = std::make_shared<Admitted>();
    admitted->requestId = makeId(m_services.clock.now()).text();
    admitted->client = http::clientAddress(head, m_proxies);
    const auto refused = [&](Error error) {
        http::Admission admission;
        admission.refusal = failure(error, admitted->requestId, head.header("accept"));
        for (auto& header : rateHeaders(m_services, admitted->principal.keyId))
            admission.refusal->headers.push_back(std::move(header));
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
    const bool isScraper = route->access == Access::Metrics && m_metricsAllow.contains(admitted->client);
    if (route->access != Access::Open && !isScraper) {
        auto principal = authenticate(m_services, head, admitted->client);
        if (!principal) return refused(principal.error());
        admitted->principal = std::move(*principal);
        if (auto fine = charge(m_services, admitted->principal, 1); !fine) return refused(fine.error());
        if (!mayUse(admitted->principal, *route)) return refused({.code = ErrorCode::Forbidden});
    } else {
        admitted->principal.actor = "anonymous";
    }
    const std::string_view wanted = route->bodyType.empty() ? jsonType : route->bodyType;
    if (head.hasBody && !isOfType(head.header("content-type"), wanted))
        return refused({.code = ErrorCode::MediaTypeUnsupported, .detail = "the body must be " + std::string(wanted)});
    auto key = readIdempotencyKey(*route, head.headers);
    if (!key) return refused(key.error());
    admitted->idempotencyKey = std::move(*key);
    http::Admission admission{
        .refusal = {}, .bodyLimit_bytes = bodyLimit_bytes(*route), .context = admitted, .sink = {}};
    if (route->takesFile) {
        admission.bodyLimit_bytes = static_cast<std::uint64_t>(m_services.settings.integer("ATTACHMENT_MAX_SIZE"));
        admission.sink = admitted->sink = std::make_shared<FileSink>(m_services.files, m_heavy, m_api);
    } else if (route->takesAttachments && head.contentLength.value_or(admission.bodyLimit_bytes) > heavyBody_bytes) {
        admission.sink = admitted->document = std::make_shared<DocumentSink>(
            m_services.files, static_cast<std::uint64_t>(m_services.settings.integer("ATTACHMENT_MAX_SIZE")), m_heavy,
            m_api);
    }
    return admission;
}

void Front::handle(http::Request request, http::Responder responder) {
    const auto admitted = std::static_pointer_cast<Admitted>(std::move(request.context));
    const Route& route = *admitted->match.route;
    Call call{.route = &route,
              .principal = std::move(admitted->principal),
              .params = std::move(admitted->match.params),
              .query = {},
              .body = nullptr,
              .files = {},
              .bytes = {},
              .file = admitted->sink ? admitted->sink->arrived() : nullptr,
              .idempotencyKey = std::move(admitted->idempotencyKey),
              .requestId = admitted->requestId,
              .peer = admitted->client,
              .ifNoneMatch = std::string(request.head.header("if-none-match")),
              .accept = std::string(request.head.header("accept"))};
    Reply reply = [this, responder, requestId = admitted->requestId, accept = call.accept,
                   key = call.principal.keyId](Result<Answer> answer) {
        http::Response response;
        if (!answer) {
            response = failure(answer.error(), requestId, accept);
        } else if (response.headers = std::move(answer->headers); !answer->contentType.empty()) {
            response.status = answer->status;
            response.contentType = std::move(answer->contentType);
            response.body = std::move(answer->bare);
        } else {
            response.status = answer->status;
            response.contentType = jsonType;
            response.body = contract::successBody(answer->data, requestId);
        }
        for (auto& header : rateHeaders(m_services, key)) response.headers.push_back(std::move(header));
        if (m_api.isCurrent())
            responder.respond(std::move(response));
        else
            m_completions.push({responder, std::move(response)});
    };
    auto query = parseQuery(request.head.query);
    if (!query) return reply(fail(query.error()));
    call.query = std::move(*query);
    if (admitted->document) {
        m_heavy.post([this, document = admitted->document, call = std::move(call), reply = std::move(reply)]() mutable {
            auto read = document->finish();
            if (!read) return reply(fail(bodyError(read.error())));
            call.body = std::move(read->body);
            call.files = std::move(read->files);
            dispatch(m_services, std::move(call), std::move(reply));
        });
        return;
    }
    if (request.body.empty()) {
        // A body that is required and absent is as good as an empty object: the schema then names what is missing.
        if (route.body) call.body = json::Object{};
        return dispatch(m_services, std::move(call), std::move(reply));
    }
    const auto read = [this](Call call, std::string body, Reply reply) {
        if (!call.route->bodyType.empty()) {
            call.bytes = std::move(body);
            return dispatch(m_services, std::move(call), std::move(reply));
        }
        auto parsed = json::parse(body);
        if (!parsed) return reply(fail(bodyError(parsed.error())));
        call.body = std::move(*parsed);
        dispatch(m_services, std::move(call), std::move(reply));
    };
    if (request.body.size() <= heavyBody_bytes) return read(std::move(call), std::move(request.body), std::move(reply));
    m_heavy.post([read, call = std::move(call), body = std::move(request.body), reply = std::move(reply)]() mutable {
        read(std::move(call), std::move(body), std::move(reply));
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

http::Response Front::failure(const Error& error, const std::string& requestId, std::string_view accept) const {
    http::Response response;
    response.status = httpStatus(error.code);
    const bool problem = wantsProblem(accept);
    response.contentType = problem ? "application/problem+json" : jsonType;
    response.body = problem ? contract::problemBody(error, requestId) : contract::errorBody(error, requestId);
    if (response.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
    // Who comes too early with a repetition is told when the first one has surely been answered.
    const auto retryAfter = std::find_if(error.params.begin(), error.params.end(),
                                         [](const auto& param) { return param.first == "retry_after"; });
    if (retryAfter != error.params.end())
        response.headers.emplace_back("Retry-After", retryAfter->second);
    else if (response.status == 503 || response.status == 429 || response.status == 507)
        response.headers.emplace_back("Retry-After", "5");
    return response;
}

}  // namespace postroom::api
