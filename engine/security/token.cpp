// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/security/token.h"

#include "engine/base/text.h"
#include "engine/contract/json.h"

namespace postroom::security {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t leastKey = 32;
constexpr std::size_t longestToken = 4096;
constexpr auto leeway = 5s;
// {"alg":"HS256","typ":"JWT"}: the header of every token we sign.
constexpr std::string_view ourHeader = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

tl::unexpected<Error> refused(std::string_view why) {
    return fail(ErrorCode::Unauthorized, std::string(why));
}

// Ours in other spellings: whoever signs for us with another library orders its members differently.
bool isHeader(std::string_view text) {
    const auto decoded = fromBase64Url(text);
    const auto header = decoded ? json::parse(*decoded, 1) : fail(ErrorCode::JsonInvalid);
    if (!header || !header->is_object()) return false;
    for (const auto& [name, value] : header->get_object())
        if (name != "alg" && name != "typ") return false;  // kid, jku, x5u, jwk, crit: none of them decides here
    const json::Object& object = header->get_object();
    return json::text(object, "alg") == "HS256" && (!object.contains("typ") || json::text(object, "typ") == "JWT");
}

std::int64_t seconds(TimePoint at) {
    return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

// A claim that says when, in whole seconds up to the year 9999; nothing if it is missing or of another type.
std::optional<TimePoint> timeIn(const json::Object& claims, std::string_view name) {
    const json::Value* value = claims.if_contains(name);
    const std::int64_t* number = value ? value->if_int64() : nullptr;
    if (!number || *number < 0 || *number > 253'402'300'799) return std::nullopt;
    return TimePoint{std::chrono::seconds{*number}};
}

// A claim that is a string and not empty; nothing otherwise.
std::optional<std::string_view> textIn(const json::Object& claims, std::string_view name) {
    const json::Value* value = claims.if_contains(name);
    const auto* text = value ? value->if_string() : nullptr;
    if (!text || text->empty()) return std::nullopt;
    return std::string_view(text->data(), text->size());
}

std::vector<std::string> wordsOf(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (end > 0) words.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

}  // namespace

TokenSigner::TokenSigner(Secret key, std::string issuer, std::string audience)
    : m_mac(key), m_usable(key.size() >= leastKey), m_issuer(std::move(issuer)), m_audience(std::move(audience)) {}

std::string TokenSigner::sign(const Claims& claims) const {
    if (!m_usable) return {};
    std::string scope;
    for (const std::string& name : claims.scopes) scope.append(scope.empty() ? "" : " ").append(name);
    json::Object payload{{"iss", m_issuer},
                         {"aud", m_audience},
                         {"sub", claims.subject},
                         {"typ", claims.type},
                         {"jti", claims.jti.text()},
                         {"iat", seconds(claims.issuedAt)},
                         {"nbf", seconds(claims.notBefore)},
                         {"exp", seconds(claims.expiresAt)},
                         {"scope", scope}};
    if (claims.test) payload.emplace("test", true);
    if (claims.family) payload.emplace("sid", claims.family->text());
    if (claims.secretVersion > 0) payload.emplace("ver", claims.secretVersion);
    std::string token = std::string(ourHeader) + '.' + toBase64Url(json::serialise(payload));
    token += '.' + toBase64Url(m_mac.of(token));
    return token;
}

Result<Claims> TokenSigner::verify(std::string_view token, TimePoint now, std::string_view type) const {
    if (!m_usable) return refused("no token is valid: the signing key is too short");
    if (token.size() > longestToken) return refused("the token is too long");
    const std::size_t first = token.find('.');
    const std::size_t last = token.rfind('.');
    if (first == token.npos || first == last || token.find('.', first + 1) != last)
        return refused("the token does not have three parts");
    const std::string_view header = token.substr(0, first);
    if (header != ourHeader && !isHeader(header)) return refused("the token's header is not HS256's");
    // Compared as text: so a signature has one spelling only.
    if (!equalInConstantTime(toBase64Url(m_mac.of(token.substr(0, last))), token.substr(last + 1)))
        return refused("the token's signature does not match");
    return claimsIn(token.substr(first + 1, last - first - 1), now, type);
}

Result<Claims> TokenSigner::claimsIn(std::string_view payload, TimePoint now, std::string_view type) const {
    const auto decoded = fromBase64Url(payload);
    if (!decoded) return refused("the token's claims are not base64url");
    const auto value = json::parse(*decoded, 4);
    if (!value || !value->is_object()) return refused("the token's claims are not a JSON object");
    const json::Object& object = value->get_object();

    const auto issuer = textIn(object, "iss"), audience = textIn(object, "aud"), subject = textIn(object, "sub"),
               kind = textIn(object, "typ"), jti = textIn(object, "jti");
    const auto issued = timeIn(object, "iat"), begins = timeIn(object, "nbf"), ends = timeIn(object, "exp");
    const auto id = jti ? Id::parse(*jti) : std::nullopt;
    if (!issuer || !audience || !subject || !kind || !id || !issued || !begins || !ends)
        return refused("the token lacks a claim, or one is of another type");
    if (*issuer != m_issuer || *audience != m_audience) return refused("the token was made for another place");
    if (*kind != type) return refused("the token is of another type");
    if (now >= *ends) return refused("the token has expired");
    if (*begins > now + leeway || *issued > now + leeway) return refused("the token is not valid yet");

    const json::Value* scope = object.if_contains("scope");
    const json::Value* test = object.if_contains("test");
    const auto sid = textIn(object, "sid");
    const auto family = sid ? Id::parse(*sid) : std::nullopt;
    const json::Value* version = object.if_contains("ver");
    const std::int64_t* made = version ? version->if_int64() : nullptr;
    if ((scope && !scope->is_string()) || (test && !test->is_bool()) || (object.contains("sid") && !family) ||
        (version && (!made || *made < 1)))
        return refused("the token lacks a claim, or one is of another type");
    return Claims{.subject = std::string(*subject),
                  .type = std::string(*kind),
                  .jti = *id,
                  .issuedAt = *issued,
                  .notBefore = *begins,
                  .expiresAt = *ends,
                  .scopes = scope ? wordsOf(json::text(object, "scope")) : std::vector<std::string>{},
                  .test = test && test->get_bool(),
                  .family = family,
                  .secretVersion = made ? *made : 0};
}

}  // namespace postroom::security
