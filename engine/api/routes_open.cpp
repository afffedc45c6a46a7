// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/route_rows.h"
#include "engine/contract/requests.h"
#include "engine/contract/resources.h"

namespace postroom::api {

namespace {

json::Object bareObject(json::Object&) {
    return {{"type", "object"}};
}

json::Object wordOf(json::Array words) {
    return {{"type", "string"}, {"enum", std::move(words)}};
}

json::Object health(json::Object&) {
    return {{"type", "object"},
            {"required", json::Array{"status"}},
            {"properties", json::Object{{"status", json::Object{{"const", "healthy"}}}}}};
}

json::Object readiness(json::Object&) {
    const json::Object check{{"type", "object"},
                             {"required", json::Array{"status", "ms"}},
                             {"properties", json::Object{{"status", wordOf({"ok", "failed", "unused"})},
                                                         {"ms", json::Object{{"type", "number"}}},
                                                         {"detail", json::Object{{"type", "string"}}}}}};
    return {
        {"type", "object"},
        {"required", json::Array{"status", "checks"}},
        {"properties", json::Object{{"status", wordOf({"ready", "degraded", "not_ready"})},
                                    {"checks", json::Object{{"type", "object"}, {"additionalProperties", check}}}}}};
}

}  // namespace

using http::Method;
using namespace contract;

std::vector<Route> openRoutes() {
    return {{.method = Method::Get,
             .path = "/health",
             .name = "getHealth",
             .summary = "Alive",
             .access = Access::Open,
             .handle = getHealth,
             .answer = health,
             .bareType = "application/json"},
            {.method = Method::Get,
             .path = "/health/ready",
             .name = "getReady",
             .summary = "Ready to take and deliver mail; 503 if not",
             .access = Access::Open,
             .handle = getReady,
             .answer = readiness,
             .bareType = "application/json"},
            {.method = Method::Get,
             .path = "/metrics",
             .name = "getMetrics",
             .summary = "Metrics in Prometheus text",
             .access = Access::Metrics,
             .handle = getMetrics,
             .bareType = "text/plain; version=0.0.4; charset=utf-8"},
            {.method = Method::Get,
             .path = "/openapi.json",
             .name = "getOpenApi",
             .summary = "This document",
             .access = Access::Open,
             .handle = getOpenApi,
             .answer = bareObject,
             .bareType = "application/json",
             .revalidates = true},
            {.method = Method::Get,
             .path = "/",
             .name = "getRoot",
             .summary = "Leads to the page below",
             .access = Access::Open,
             .handle = getRoot,
             .success = 302,
             .bareType = "text/plain"},
            {.method = Method::Get,
             .path = "/docs",
             .name = "getDocs",
             .summary = "This document as a page to read and try out",
             .access = Access::Open,
             .handle = getDocs,
             .bareType = "text/html; charset=utf-8",
             .revalidates = true},
            {.method = Method::Get,
             .path = "/docs/{file}",
             .name = "getDocsFile",
             .summary = "What that page is made of",
             .access = Access::Open,
             .handle = getDocsFile,
             .bareType = "*/*",
             .revalidates = true},
            {.method = Method::Get,
             .path = "/api/v1/version",
             .name = "getVersion",
             .summary = "Version and capabilities",
             .access = Access::Open,
             .handle = getVersion,
             .answer = schemaOf<VersionAnswer>},
            {.method = Method::Get,
             .path = "/api/v1/auth/local",
             .name = "getLocalProof",
             .summary = "Proves to a program on this machine that it speaks to the engine of its data folder",
             .access = Access::Open,
             .handle = getLocalProof,
             .answer = schemaOf<LocalProof>,
             .query = {{.name = "nonce",
                        .doc = "16 to 128 characters of the caller's choice",
                        .shortest = 16,
                        .longest = 128,
                        .required = true}}},
            {.method = Method::Post,
             .path = "/api/v1/auth/token",
             .name = "createToken",
             .summary = "Exchanges a key and its secret for a token",
             .access = Access::Open,
             .handle = postToken,
             .body = body<tokenSchema>,
             .answer = schemaOf<Tokens>},
            {.method = Method::Post,
             .path = "/api/v1/auth/refresh",
             .name = "refreshToken",
             .summary = "Exchanges a refresh token, once, for new tokens; one that was used ends all of its login",
             .access = Access::Open,
             .handle = postRefresh,
             .body = body<refreshSchema>,
             .answer = schemaOf<Tokens>},
            {.method = Method::Post,
             .path = "/api/v1/auth/revoke",
             .name = "revokeToken",
             .summary = "Ends a token and all that came from the same login; 200 whatever was given",
             .access = Access::Open,
             .handle = postRevokeToken,
             .body = body<revokeTokenSchema>}};
}

}  // namespace postroom::api
