// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/router.h"
#include "engine/base/text.h"

#include <mutex>

namespace postroom::api {

namespace {

json::Object envelope(json::Object data) {
    return {{"type", "object"},
            {"properties", json::Object{{"code", json::Object{{"const", 0}}},
                                        {"message", json::Object{{"type", "string"}}},
                                        {"data", std::move(data)},
                                        {"request_id", json::Object{{"type", "string"}}}}}};
}

json::Object errorSchema() {
    json::Array codes;
    for (const ErrorCode code : allErrorCodes()) codes.emplace_back(wireName(code));
    const json::Object detail{{"type", "object"},
                              {"properties", json::Object{{"field", json::Object{{"type", "string"}}},
                                                          {"reason", json::Object{{"type", "string"}}},
                                                          {"detail", json::Object{{"type", "string"}}}}}};
    return {{"type", "object"},
            {"required", json::Array{"code", "message", "error", "request_id"}},
            {"properties", json::Object{{"code", json::Object{{"type", "integer"}}},
                                        {"message", json::Object{{"type", "string"}}},
                                        {"error", json::Object{{"type", "string"}, {"enum", std::move(codes)}}},
                                        {"details", json::Object{{"type", "array"}, {"items", detail}}},
                                        {"request_id", json::Object{{"type", "string"}}}}}};
}

json::Object content(std::string_view type, json::Object schema) {
    return {{type, json::Object{{"schema", std::move(schema)}}}};
}

std::string_view scopeName(Access access) {
    switch (access) {
        case Access::Send: return "send";
        case Access::Read:
        case Access::Metrics: return "read";
        case Access::Admin: return "admin";
        case Access::Open: break;
    }
    return "";
}

json::Object operation(const Route& route) {
    json::Object out{{"operationId", route.name}, {"summary", route.summary}};
    json::Array parameters;
    for (std::size_t at = route.path.find('{'); at != route.path.npos; at = route.path.find('{', at + 1))
        parameters.push_back(json::Object{{"name", route.path.substr(at + 1, route.path.find('}', at) - at - 1)},
                                          {"in", "path"},
                                          {"required", true},
                                          {"schema", json::Object{{"type", "string"}}}});
    for (const QueryParameter& parameter : route.query)
        parameters.push_back(json::Object{{"name", parameter.name},
                                          {"in", "query"},
                                          {"description", parameter.doc},
                                          {"schema", json::Object{{"type", "string"}}}});
    if (route.takesKey)
        parameters.push_back(
            json::Object{{"name", "Idempotency-Key"},
                         {"in", "header"},
                         {"description", "Repeated under the same key, the request is answered as the first time"},
                         {"schema", json::Object{{"type", "string"}, {"minLength", 1}, {"maxLength", 255}}}});
    if (!parameters.empty()) out["parameters"] = std::move(parameters);
    if (route.body)
        out["requestBody"] = json::Object{
            {"required", true},
            {"content",
             content("application/json", {{"$ref", "#/components/schemas/" + std::string(route.body()->name)}})}};
    if (!route.bodyType.empty())
        out["requestBody"] =
            json::Object{{"required", true}, {"content", content(route.bodyType, {{"type", "string"}})}};
    json::Object answer = route.answer ? route.answer() : json::Object{{"type", "null"}};
    json::Object success{{"description", "Success"}};
    if (route.bareType.empty())
        success["content"] = content("application/json", envelope(std::move(answer)));
    else
        success["content"] = content(route.bareType.substr(0, route.bareType.find(';')),
                                     route.answer ? answer : json::Object{{"type", "string"}});
    const json::Object failure{{"description", "Anything else, in one form"},
                               {"content", content("application/json", {{"$ref", "#/components/schemas/Error"}})}};
    out["responses"] = json::Object{{std::to_string(route.success), std::move(success)}, {"default", failure}};
    if (route.access == Access::Open)
        out["security"] = json::Array{};
    else
        out["security"] = json::Array{json::Object{{"bearer", json::Array{scopeName(route.access)}}}};
    return out;
}

}  // namespace

const std::string& openApi(const std::string& version) {
    static const std::string document = [&] {
        json::Object paths, schemas{{"Error", errorSchema()}};
        for (const Route& route : routes()) {
            if (!paths.contains(route.path)) paths[route.path] = json::Object{};
            paths[route.path].as_object()[toLowerAscii(name(route.method))] = operation(route);
            if (route.body) schemas[route.body()->name] = contract::describe(*route.body());
        }
        return json::serialise(json::Object{
            {"openapi", "3.1.0"},
            {"info",
             json::Object{{"title", "Postroom"},
                          {"version", version},
                          {"license", json::Object{{"name", "GPL-3.0-or-later"}, {"identifier", "GPL-3.0-or-later"}}}}},
            {"paths", std::move(paths)},
            {"components",
             json::Object{
                 {"securitySchemes", json::Object{{"bearer", json::Object{{"type", "http"}, {"scheme", "bearer"}}}}},
                 {"schemas", std::move(schemas)}}}});
    }();
    return document;
}

}  // namespace postroom::api
