// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/contract/envelope.h"

#include "engine/base/text.h"

namespace postroom::contract {

namespace {

json::Array details(const Error& error) {
    json::Array rows;
    for (const FieldError& field : error.fields)
        rows.push_back(json::Object{{"field", field.field}, {"reason", field.reason}, {"detail", field.detail}});
    return rows;
}

// What the code is about, where it says.
void addParams(json::Object& body, const Error& error) {
    if (error.params.empty()) return;
    json::Object params;
    for (const auto& [name, value] : error.params) params[name] = value;
    body["params"] = std::move(params);
}

std::string message(const Error& error) {
    std::string text{title(error.code)};
    // What went wrong inside is for the log: paths, SQL and hosts of ours are no business of a caller's.
    if (!error.detail.empty() && httpStatus(error.code) < 500) text.append(": ").append(error.detail);
    return text;
}

std::optional<ErrorCode> codeNamed(std::string_view wire) {
    for (const ErrorCode code : allErrorCodes())
        if (wireName(code) == wire) return code;
    return std::nullopt;
}

}  // namespace

std::string successBody(const json::Value& data, std::string_view requestId) {
    std::string out = R"({"code":0,"message":"success","data":)";
    out.append(json::serialise(data)).append(R"(,"request_id":")").append(requestId).append("\"}");
    return out;
}

std::string errorBody(const Error& error, std::string_view requestId) {
    json::Object body{{"code", httpStatus(error.code)}, {"message", message(error)}, {"error", wireName(error.code)}};
    body["details"] = details(error);
    addParams(body, error);
    body["request_id"] = requestId;
    return json::serialise(body);
}

std::string problemBody(const Error& error, std::string_view requestId) {
    json::Object body{{"type", "about:blank"},    {"title", title(error.code)},     {"status", httpStatus(error.code)},
                      {"detail", message(error)}, {"code", httpStatus(error.code)}, {"error", wireName(error.code)},
                      {"details", details(error)}};
    addParams(body, error);
    body["request_id"] = requestId;
    return json::serialise(body);
}

Result<json::Value> openEnvelope(int status, std::string_view body) {
    const auto broken = [&](const std::string& why) {
        return fail(ErrorCode::ProtocolViolated, "HTTP " + std::to_string(status) + ": " + why);
    };
    auto parsed = json::parse(body, 64);
    if (!parsed) return broken(parsed.error().detail);
    if (!parsed->is_object()) return broken("the answer is not a JSON object");
    json::Object& envelope = parsed->get_object();
    if (status >= 200 && status < 300) {
        json::Value* data = envelope.if_contains("data");
        if (!data || json::integer(envelope, "code", -1) != 0) return broken("the answer has no data");
        return std::move(*data);
    }
    const auto code = codeNamed(json::text(envelope, "error"));
    if (!code) return broken("an error this version does not know: " + printable(json::text(envelope, "message"), 200));
    Error error{.code = *code, .params = {}, .detail = json::text(envelope, "message"), .fields = {}};
    for (const json::Value& row : json::array(envelope, "details"))
        if (row.is_object())
            error.fields.push_back({json::text(row.get_object(), "field"), json::text(row.get_object(), "reason"),
                                    json::text(row.get_object(), "detail")});
    for (const auto& member : json::object(envelope, "params"))
        if (member.value().is_string()) error.params.emplace_back(member.key(), member.value().get_string());
    return fail(std::move(error));
}

}  // namespace postroom::contract
