// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/openapi.h"

#include "engine/base/text.h"

#include <algorithm>

namespace postroom::api {

namespace {

json::Object reference(std::string_view kind, std::string_view name) {
    return {{"$ref", "#/components/" + std::string(kind) + "/" + std::string(name)}};
}

// The rows are ours and a test reads each of them: what does not parse is left out.
json::Value parsed(std::string_view text) {
    auto value = json::parse(text);
    return value ? std::move(*value) : json::Value(nullptr);
}

json::Object envelope(json::Object data) {
    return {{"type", "object"},
            {"required", json::Array{"code", "message", "data", "request_id"}},
            {"properties", json::Object{{"code", json::Object{{"const", 0}}},
                                        {"message", json::Object{{"const", "success"}}},
                                        {"data", std::move(data)},
                                        {"request_id", json::Object{{"type", "string"}, {"format", "uuid"}}}}}};
}

// ---- parameters

json::Object pathParameter(std::string_view name) {
    json::Object schema{{"type", "string"}, {"minLength", 1}};
    // An id is one of ours wherever it stands; other names are names.
    if (name == "id") schema = {{"type", "string"}, {"format", "uuid"}};
    return {{"name", name}, {"in", "path"}, {"required", true}, {"schema", std::move(schema)}};
}

json::Object queryParameter(const QueryParameter& parameter) {
    json::Object schema{{"type", parameter.least == INT64_MIN ? "string" : "integer"}};
    if (parameter.least != INT64_MIN) schema["minimum"] = parameter.least;
    if (parameter.greatest != INT64_MAX) schema["maximum"] = parameter.greatest;
    if (parameter.shortest > 0) schema["minLength"] = parameter.shortest;
    if (parameter.longest > 0) schema["maxLength"] = parameter.longest;
    if (!parameter.oneOf.empty()) {
        json::Array words;
        for (const auto word : parameter.oneOf) words.emplace_back(word);
        schema["enum"] = std::move(words);
    }
    if (parameter.repeats) schema = {{"type", "array"}, {"items", std::move(schema)}};
    json::Object out{{"name", parameter.name}, {"in", "query"}, {"description", parameter.doc}};
    if (parameter.required) out["required"] = true;
    out["schema"] = std::move(schema);
    return out;
}

bool isPaging(const QueryParameter& parameter) {
    return parameter.name == "limit" || parameter.name == "cursor";
}

json::Array parametersOf(const Route& route, json::Object& shared) {
    json::Array out;
    for (std::size_t at = route.path.find('{'); at != route.path.npos; at = route.path.find('{', at + 1)) {
        const auto name = route.path.substr(at + 1, route.path.find('}', at) - at - 1);
        if (!shared.contains(name)) shared[name] = pathParameter(name);
        out.push_back(reference("parameters", name));
    }
    for (const QueryParameter& parameter : route.query) {
        if (!isPaging(parameter)) {
            out.push_back(queryParameter(parameter));
            continue;
        }
        if (!shared.contains(parameter.name)) shared[parameter.name] = queryParameter(parameter);
        out.push_back(reference("parameters", parameter.name));
    }
    if (!route.takesKey) return out;
    constexpr std::string_view key = "Idempotency-Key";
    if (!shared.contains(key))
        shared[key] = json::Object{
            {"name", key},
            {"in", "header"},
            {"description",
             "A name for this request, the caller's choice. The same request sent again with it within 24 hours is "
             "answered as the first was and does nothing; another request with it is refused."},
            {"schema", json::Object{{"type", "string"}, {"minLength", 1}, {"maxLength", 255}}}};
    out.push_back(reference("parameters", key));
    return out;
}

// ---- bodies

json::Object bodyOf(const Route& route, json::Object& schemas) {
    if (!route.bodyType.empty()) {
        const json::Object bytes{{"type", "string"}, {"contentMediaType", route.bodyType}};
        return {{"required", true}, {"content", json::Object{{route.bodyType, json::Object{{"schema", bytes}}}}}};
    }
    const contract::Schema& schema = *route.body();
    json::Object media{{"schema", contract::describe(schema, schemas)}};
    json::Object examples;
    for (const BodyRow& row : bodyRows())
        if (row.schema == schema.name)
            examples[row.name] = json::Object{{"summary", row.summary}, {"value", parsed(row.example)}};
    if (!examples.empty()) media["examples"] = std::move(examples);
    return {{"required", true}, {"content", json::Object{{"application/json", std::move(media)}}}};
}

// ---- answers

std::string_view successText(int status) {
    switch (status) {
        case 201: return "Created";
        case 202: return "Accepted: it is on disk";
        case 302: return "It is elsewhere";
        default: return "Success";
    }
}

json::Object successOf(const Route& route, const RouteRow& row, json::Object& schemas) {
    json::Object answer = route.answer ? route.answer(schemas) : json::Object{{"type", "null"}};
    json::Object media;
    std::string_view type = "application/json";
    if (route.bareType.empty()) {
        media["schema"] = envelope(std::move(answer));
        if (!row.example.empty())
            media["example"] =
                json::Object{{"code", 0},
                             {"message", "success"},
                             {"data", row.complete ? row.complete(parsed(row.example)) : parsed(row.example)},
                             {"request_id", "0193a5c0-7d6b-7c3e-9f21-5b0e4a8d1c77"}};
    } else {
        type = route.bareType.substr(0, route.bareType.find(';'));
        media["schema"] = route.answer ? std::move(answer) : json::Object{{"type", "string"}};
        if (!row.example.empty()) media["example"] = parsed(row.example);
    }
    json::Object kinds{{type, std::move(media)}};
    if (!row.alsoAs.empty()) kinds[row.alsoAs] = json::Object{{"schema", json::Object{{"type", "string"}}}};
    json::Object out{{"description", successText(route.success)}, {"content", std::move(kinds)}};
    json::Object headers;
    const bool limited = route.access != Access::Open && route.access != Access::Metrics;
    if (limited)
        for (const auto name : {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "RateLimit"})
            headers[name] = reference("headers", name);
    if (route.takesKey) headers["Idempotency-Replayed"] = reference("headers", "Idempotency-Replayed");
    if (route.success == 302) headers["Location"] = reference("headers", "Location");
    if (route.revalidates) headers["ETag"] = reference("headers", "ETag");
    if (!headers.empty()) out["headers"] = std::move(headers);
    return out;
}

json::Object responsesOf(const Route& route, const RouteRow& row, json::Object& schemas) {
    json::Object success = successOf(route, row, schemas);
    json::Object out{{std::to_string(route.success), success}};
    if (route.revalidates) out["304"] = json::Object{{"description", "What `If-None-Match` names is still current"}};
    std::set<int> statuses;
    for (const ErrorCode code : errorsOf(route)) statuses.insert(httpStatus(code));
    for (const int status : statuses) {
        const std::string text = std::to_string(status);
        out[text] = reference("responses", "Error" + text);
    }
    if (row.alsoAnswers == 0) return out;
    json::Object& schema = success["content"].as_object()["application/json"].as_object()["schema"].as_object();
    schema = {{"anyOf", json::Array{json::Object(schema), reference("schemas", "Error")}}};
    success["description"] = "Not so; or an error of the engine, in the form of all errors";
    out[std::to_string(row.alsoAnswers)] = std::move(success);
    return out;
}

// ---- who may

std::vector<std::string_view> scopesOf(const Route& route) {
    switch (route.access) {
        case Access::Send:
            if (route.method == http::Method::Get) return {"send", "read"};
            return {"send"};
        case Access::Read:
        case Access::Metrics: return {"read"};
        case Access::Admin: return {"admin"};
        case Access::Open: break;
    }
    return {};
}

std::string scopeText(const Route& route) {
    switch (route.access) {
        case Access::Open: return "Needs no key.";
        case Access::Metrics: return "Open to the networks of `METRICS_ALLOW`; others need scope `read`.";
        case Access::Send:
            if (route.method == http::Method::Get)
                return "Needs scope `send`, which sees its own messages, or `read`, which sees all.";
            return "Needs scope `send`.";
        case Access::Read: return "Needs scope `read`.";
        case Access::Admin: break;
    }
    return "Needs scope `admin`.";
}

json::Array securityOf(const Route& route) {
    json::Array out;
    if (route.access == Access::Metrics) out.push_back(json::Object{});
    for (const auto scope : scopesOf(route))
        for (const auto scheme : {"bearer", "basic"}) out.push_back(json::Object{{scheme, json::Array{scope}}});
    return out;
}

json::Object operation(const Route& route, json::Object& parameters, json::Object& schemas) {
    const auto& rows = routeRows();
    const auto at = std::find_if(rows.begin(), rows.end(), [&](const RouteRow& r) { return r.route == route.name; });
    const RouteRow row = at == rows.end() ? RouteRow{} : *at;
    json::Array codes;
    for (const ErrorCode code : errorsOf(route)) codes.emplace_back(wireName(code));
    json::Object out{{"operationId", route.name},
                     {"tags", json::Array{tagOf(route)}},
                     {"summary", route.summary},
                     {"description", scopeText(route)},
                     {"security", securityOf(route)}};
    if (auto all = parametersOf(route, parameters); !all.empty()) out["parameters"] = std::move(all);
    if (route.body || !route.bodyType.empty()) out["requestBody"] = bodyOf(route, schemas);
    out["responses"] = responsesOf(route, row, schemas);
    out["x-error-codes"] = std::move(codes);
    return out;
}

constexpr std::string_view about =
    "Hands mail to Postroom and follows it.\n\n"
    "A success is `{\"code\":0,\"message\":\"success\",\"data\":...,\"request_id\":...}`, an error has its HTTP status "
    "and `{\"code\":...,\"message\":...,\"error\":...,\"details\":[...],\"request_id\":...}`; with `Accept: "
    "application/problem+json` an RFC 9457 body with the same code. `error` is one of the closed list **ErrorCode** "
    "below, `details` name the fields at fault and their reasons.\n\n"
    "Fields that are not listed, and those the engine sets itself, are refused with 422. Lengths count bytes of UTF-8. "
    "Times are UTC, ISO 8601 with milliseconds. Lists are pages: `next_cursor` of one is `cursor` of the next. A PATCH "
    "carries the `revision` it saw. `HEAD` answers what `GET` would, without its body.";

}  // namespace

const std::string& openApi(const std::string& version) {
    static const std::string document = [&] {
        json::Object paths, schemas, parameters;
        describeErrors(schemas);
        for (const Route& route : routes()) {
            if (!paths.contains(route.path)) paths[route.path] = json::Object{};
            paths[route.path].as_object()[toLowerAscii(name(route.method))] = operation(route, parameters, schemas);
        }
        return json::serialise(json::Object{
            {"openapi", "3.1.0"},
            {"info",
             json::Object{{"title", "Postroom"},
                          {"version", version},
                          {"summary", "Sends an organisation's notification mail"},
                          {"description", about},
                          {"license", json::Object{{"name", "GPL-3.0-or-later"}, {"identifier", "GPL-3.0-or-later"}}}}},
            {"servers", json::Array{json::Object{{"url", "/"}, {"description", "This engine"}}}},
            {"tags", describeTags()},
            {"paths", std::move(paths)},
            {"components", json::Object{{"securitySchemes", describeSecurity()},
                                        {"parameters", std::move(parameters)},
                                        {"headers", describeHeaders()},
                                        {"responses", describeResponses()},
                                        {"schemas", std::move(schemas)}}}});
    }();
    return document;
}

}  // namespace postroom::api
