// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/openapi.h"

#include <algorithm>
#include <map>

namespace postroom::api {

namespace {

struct Tag {
    std::string_view name;
    std::string_view doc;
    std::vector<std::string_view> paths;  ///< beginnings; the first tag that has the path's wins
};

const std::vector<Tag>& tags() {
    static const std::vector<Tag> all{
        {"Sign-in", "From a key and its secret to a token.", {"/api/v1/auth/"}},
        {"Messages", "Sending, following, cancelling.", {"/api/v1/messages"}},
        {"Attachments", "Files that are uploaded once and sent often.", {"/api/v1/attachments"}},
        {"Templates", "Mail that is written once and filled in often.", {"/api/v1/templates"}},
        {"Accounts", "The mail accounts that mail leaves by.", {"/api/v1/admin/email-accounts"}},
        {"Keys", "Who may use this API.", {"/api/v1/admin/api-keys"}},
        {"Suppressions", "Addresses and domains that get no mail.", {"/api/v1/admin/suppressions"}},
        {"Sandbox", "A mail server inside Postroom that keeps what it gets.", {"/api/v1/admin/sandbox"}},
        {"Operation",
         "The queue, what happened, and who did it.",
         {"/api/v1/admin/", "/api/v1/stats", "/api/v1/events"}},
        {"Engine", "Health, metrics, version and these pages.", {"/"}},
    };
    return all;
}

json::Object text(std::string_view doc) {
    return {{"type", "string"}, {"description", doc}};
}

json::Object header(std::string_view doc, std::string_view type = "string") {
    return {{"description", doc}, {"schema", json::Object{{"type", type}}}};
}

json::Object headerReference(std::string_view name) {
    return {{"$ref", "#/components/headers/" + std::string(name)}};
}

bool asksToComeAgain(int status) {
    return status == 429 || status == 503 || status == 507;
}

json::Object details() {
    const json::Object row{
        {"type", "object"},
        {"required", json::Array{"field", "reason", "detail"}},
        {"properties",
         json::Object{{"field", text("A path like `to[3]` or `attachments[0].content`; empty for the whole body.")},
                      {"reason", text("A closed word like `field.unknown` or `address.invalid`.")},
                      {"detail", text("English.")}}}};
    return {{"type", "array"}, {"description", "What is wrong, field by field."}, {"items", row}};
}

}  // namespace

std::string_view tagOf(const Route& route) {
    for (const Tag& tag : tags())
        if (std::any_of(tag.paths.begin(), tag.paths.end(), [&](auto path) { return route.path.starts_with(path); }))
            return tag.name;
    return {};
}

json::Array describeTags() {
    json::Array out;
    for (const Tag& tag : tags()) {
        const bool used =
            std::any_of(routes().begin(), routes().end(), [&](const Route& r) { return tagOf(r) == tag.name; });
        if (used) out.push_back(json::Object{{"name", tag.name}, {"description", tag.doc}});
    }
    return out;
}

json::Object describeSecurity() {
    return {{"bearer", json::Object{{"type", "http"},
                                    {"scheme", "bearer"},
                                    {"bearerFormat", "JWT"},
                                    {"description", "`access_token` of `POST /api/v1/auth/token`."}}},
            {"basic",
             json::Object{{"type", "http"},
                          {"scheme", "basic"},
                          {"description", "The key as user name, its secret as password: one line of curl sends."}}}};
}

json::Object describeHeaders() {
    return {{"Retry-After", header("Seconds after which it is worth asking again.", "integer")},
            {"X-RateLimit-Limit",
             header("Requests a minute this key may make; absent where there is no limit.", "integer")},
            {"X-RateLimit-Remaining", header("How many of them are left.", "integer")},
            {"X-RateLimit-Reset", header("Seconds until all of them are back.", "integer")},
            {"RateLimit", header("The same as `\"minute\";r=...;t=...`: left, and seconds until all are back.")},
            {"Idempotency-Replayed", header("`true`: the answer to an earlier request with this Idempotency-Key.")},
            {"WWW-Authenticate", header("`Bearer`.")},
            {"Location", header("Where it is.")},
            {"ETag", header("Changes when the content does.")}};
}

json::Object describeResponses() {
    std::map<int, std::vector<ErrorCode>> byStatus;
    for (const ErrorCode code : allErrorCodes()) byStatus[httpStatus(code)].push_back(code);
    json::Object out;
    for (const auto& [status, codes] : byStatus) {
        std::string description;
        for (const ErrorCode code : codes)
            description.append(description.empty() ? "`" : "  \n`")
                .append(wireName(code))
                .append("`: ")
                .append(title(code));
        json::Object headers;
        if (asksToComeAgain(status)) headers["Retry-After"] = headerReference("Retry-After");
        if (status == 401) headers["WWW-Authenticate"] = headerReference("WWW-Authenticate");
        json::Object response{
            {"description", std::move(description)},
            {"content",
             json::Object{
                 {"application/json", json::Object{{"schema", json::Object{{"$ref", "#/components/schemas/Error"}}}}},
                 {"application/problem+json",
                  json::Object{{"schema", json::Object{{"$ref", "#/components/schemas/Problem"}}}}}}}};
        if (!headers.empty()) response["headers"] = std::move(headers);
        out["Error" + std::to_string(status)] = std::move(response);
    }
    return out;
}

void describeErrors(json::Object& schemas) {
    json::Array codes, table;
    std::string description = "| code | status | meaning |\n|---|---|---|\n";
    for (const ErrorCode code : allErrorCodes()) {
        codes.emplace_back(wireName(code));
        table.push_back(json::Object{{"code", wireName(code)}, {"status", httpStatus(code)}, {"meaning", title(code)}});
        description.append("| `").append(wireName(code)).append("` | ").append(std::to_string(httpStatus(code)));
        description.append(" | ").append(title(code)).append(" |\n");
    }
    schemas["ErrorCode"] = json::Object{{"type", "string"},
                                        {"description", std::move(description)},
                                        {"enum", std::move(codes)},
                                        {"x-error-codes", std::move(table)}};
    const json::Object errorCode{{"$ref", "#/components/schemas/ErrorCode"}};
    const json::Object status{{"type", "integer"}, {"description", "The HTTP status."}};
    schemas["Error"] = json::Object{
        {"type", "object"},
        {"required", json::Array{"code", "message", "error", "details", "request_id"}},
        {"properties",
         json::Object{{"code", status},
                      {"message", text("English; for people.")},
                      {"error", errorCode},
                      {"details", details()},
                      {"params", json::Object{{"type", "object"},
                                              {"description", "What the code is about; for whoever translates it."},
                                              {"additionalProperties", json::Object{{"type", "string"}}}}},
                      {"request_id", text("Names this request in the engine's log.")}}}};
    schemas["Problem"] = json::Object{
        {"type", "object"},
        {"description", "RFC 9457, for who asks with `Accept: application/problem+json`."},
        {"required", json::Array{"type", "title", "status", "detail", "code", "error", "details", "request_id"}},
        {"properties",
         json::Object{{"type", json::Object{{"const", "about:blank"}}},
                      {"title", text("The code's meaning.")},
                      {"status", status},
                      {"detail", text("English; for people.")},
                      {"code", status},
                      {"error", errorCode},
                      {"details", json::Object{{"$ref", "#/components/schemas/Error/properties/details"}}},
                      {"params", json::Object{{"$ref", "#/components/schemas/Error/properties/params"}}},
                      {"request_id", text("Names this request in the engine's log.")}}}};
}

}  // namespace postroom::api
