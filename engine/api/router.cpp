// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/router.h"

#include "engine/api/services.h"
#include "engine/base/text.h"

#include <algorithm>

namespace postroom::api {

namespace {

using http::Method;

// "/a/{id}/b" against "/a/x/b"; the parameters where it fits.
std::optional<std::vector<std::string>> fit(std::string_view pattern, std::string_view path) {
    std::vector<std::string> params;
    while (true) {
        const auto patternEnd = pattern.find('/', 1), pathEnd = path.find('/', 1);
        const auto part = pattern.substr(0, patternEnd), given = path.substr(0, pathEnd);
        if (part.starts_with("/{")) {
            if (given.size() < 2) return std::nullopt;
            params.emplace_back(given.substr(1));
        } else if (part != given) {
            return std::nullopt;
        }
        const bool last = patternEnd == pattern.npos;
        if (last != (pathEnd == path.npos)) return std::nullopt;
        if (last) return params;
        pattern.remove_prefix(patternEnd);
        path.remove_prefix(pathEnd);
    }
}

Result<void> checkQuery(const Call& call) {
    for (const auto& [name, value] : call.query) {
        const auto& known = call.route->query;
        const auto parameter = std::find_if(
            known.begin(), known.end(), [&, &name = name](const QueryParameter& each) { return each.name == name; });
        if (parameter == known.end())
            return fail(invalidField(printable(name, 64), "field.unknown", "is not a parameter of this request"));
        if (hasControls(value)) return fail(invalidField(name, "field.control_character", "holds a control character"));
        const auto& words = parameter->oneOf;
        if (words.empty() || std::find(words.begin(), words.end(), value) != words.end()) continue;
        std::string allowed;
        for (const auto word : words) allowed.append(allowed.empty() ? "" : ", ").append(word);
        return fail(invalidField(name, "field.not_allowed", "must be one of: " + allowed));
    }
    return {};
}

Result<void> checkBody(const Call& call) {
    if (!call.route->bodyType.empty()) return {};
    if (call.route->body) return contract::check(*call.route->body(), call.body);
    const json::Object* object = call.body.if_object();
    if (call.body.is_null() || (object && object->empty())) return {};
    return fail(invalidField("", "field.unknown", "this request takes no body"));
}

int hexDigit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

Result<std::string> decode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            out.push_back(' ');
        } else if (text[i] != '%') {
            out.push_back(text[i]);
        } else {
            const int high = i + 2 < text.size() ? hexDigit(text[i + 1]) : -1,
                      low = i + 2 < text.size() ? hexDigit(text[i + 2]) : -1;
            if (high < 0 || low < 0) return fail(ErrorCode::RequestMalformed, "a bad escape in the query");
            out.push_back(static_cast<char>(high << 4 | low));
            i += 2;
        }
    }
    if (!isValidUtf8(out)) return fail(ErrorCode::RequestMalformed, "the query is not UTF-8");
    return out;
}

}  // namespace

Match match(Method method, std::string_view path) {
    if (method == Method::Head) method = Method::Get;
    // Most requests name a path without parameters: those are found at once.
    static const std::unordered_map<std::string_view, std::vector<const Route*>> plain = [] {
        std::unordered_map<std::string_view, std::vector<const Route*>> byPath;
        for (const Route& route : routes())
            if (route.path.find('{') == route.path.npos) byPath[route.path].push_back(&route);
        return byPath;
    }();
    Match found;
    if (const auto at = plain.find(path); at != plain.end()) {
        for (const Route* route : at->second) {
            found.allowed.push_back(route->method);
            if (route->method == method) found.route = route;
        }
        return found;
    }
    for (const Route& route : routes()) {
        auto params = fit(route.path, path);
        if (!params) continue;
        found.allowed.push_back(route.method);
        if (route.method == method) {
            found.route = &route;
            found.params = std::move(*params);
        }
    }
    return found;
}

bool mayUse(const Principal& principal, const Route& route) {
    switch (route.access) {
        case Access::Open: return true;
        case Access::Metrics: return principal.scopes.has(security::Scope::Read);
        // Whoever may read or send may ask about messages; which ones they see is the handler's to say.
        case Access::Send:
            return principal.scopes.has(security::Scope::Send) ||
                   (route.method == Method::Get && principal.scopes.has(security::Scope::Read));
        case Access::Read: return principal.scopes.has(security::Scope::Read);
        case Access::Admin: break;
    }
    return principal.scopes.has(security::Scope::Admin);
}

std::uint64_t bodyLimit_bytes(const Route& route) {
    constexpr std::uint64_t little = 8U << 10U, usual = 1U << 20U;
    if (route.largestBody_bytes > 0) return route.largestBody_bytes;
    const bool isOpen = route.access == Access::Open || route.access == Access::Metrics;
    if (!route.body && route.bodyType.empty()) return isOpen ? 0 : little;
    return isOpen ? little : usual;
}

Result<std::optional<std::string>> readIdempotencyKey(const Route& route,
                                                      const std::vector<std::pair<std::string, std::string>>& headers) {
    constexpr std::string_view header = "Idempotency-Key";
    std::optional<std::string> key;
    if (!route.takesKey) return key;
    const auto refused = [&](const char* reason, const char* detail) {
        return fail(invalidField(std::string(header), reason, detail));
    };
    for (const auto& [name, value] : headers) {
        if (!equalsIgnoreCase(name, header)) continue;
        if (key) return refused("field.too_many", "is given twice");
        if (value.empty()) return refused("field.empty", "must not be empty");
        if (value.size() > 255) return refused("field.too_long", "is longer than 255 characters");
        if (std::any_of(value.begin(), value.end(), [](char c) { return c < ' ' || c > '~'; }))
            return refused("field.not_allowed", "must be printable ASCII");
        key = value;
    }
    return key;
}

void dispatch(Services& services, Call call, Reply reply) {
    services.rereads.tryAgain();
    if (auto fine = checkQuery(call); !fine) return reply(fail(fine.error()));
    if (auto fine = checkBody(call); !fine) {
        // What nobody keeps is gone before the answer leaves.
        call.files.clear();
        return reply(fail(fine.error()));
    }
    const auto handle = call.route->handle;
    handle(services, std::move(call), std::move(reply));
}

Result<std::vector<std::pair<std::string, std::string>>> parseQuery(std::string_view query) {
    std::vector<std::pair<std::string, std::string>> out;
    while (!query.empty()) {
        const auto part = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), part.size() + 1));
        if (part.empty()) continue;
        const auto equals = part.find('=');
        auto name = decode(part.substr(0, equals));
        auto value = equals == part.npos ? Result<std::string>{std::string{}} : decode(part.substr(equals + 1));
        if (!name || !value) return fail(name ? value.error() : name.error());
        out.emplace_back(std::move(*name), std::move(*value));
    }
    return out;
}

std::string_view name(Method method) {
    switch (method) {
        case Method::Get: return "GET";
        case Method::Head: return "HEAD";
        case Method::Post: return "POST";
        case Method::Put: return "PUT";
        case Method::Patch: return "PATCH";
        case Method::Delete: return "DELETE";
        case Method::Options: return "OPTIONS";
        case Method::Other: break;
    }
    return "other";
}

}  // namespace postroom::api
