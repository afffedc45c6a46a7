// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/gate.h"

#include "engine/base/text.h"
#include "engine/store/keys.h"

namespace postroom::api {

namespace {

constexpr std::int64_t failuresPerMinute = 10;

std::int64_t wholeSeconds(std::chrono::nanoseconds time) {
    return std::chrono::ceil<std::chrono::seconds>(time).count();
}

tl::unexpected<Error> limited(const policy::RateVerdict& verdict, const char* detail) {
    const std::string seconds = std::to_string(std::max<std::int64_t>(wholeSeconds(verdict.retryIn), 1));
    return fail(Error{.code = ErrorCode::RateLimited, .params = {{"retry_after", seconds}}, .detail = detail});
}

std::string counterOf(const Id& key) {
    return {reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size()};
}

// What follows the scheme, in any case (RFC 9110 §11.1).
std::optional<std::string_view> after(std::string_view scheme, std::string_view given) {
    if (given.size() <= scheme.size() || !equalsIgnoreCase(given.substr(0, scheme.size()), scheme)) return std::nullopt;
    return trimmed(given.substr(scheme.size()));
}

Principal principalOf(const LiveKey& key) {
    return {.actor = "key:" + key.record.key,
            .keyId = key.record.id,
            .scopes = key.scopes,
            .test = key.record.isTest,
            .rules = key.rules};
}

Result<Principal> bearer(Services& services, std::string_view token, std::string_view client) {
    if (services.localToken.equals(token))
        return Principal{.actor = "local-admin", .keyId = {}, .scopes = security::Scopes::all(), .test = false};
    const TimePoint now = services.clock.now();
    const auto claims = services.signer.verify(token, now, "access");
    if (!claims) return fail(ErrorCode::Unauthorized);
    const auto id = Id::parse(claims->subject);
    const auto ring = services.keys.get();
    // The row decides, not the token: a key that was revoked or lost a scope has lost it now.
    const LiveKey* key = id ? ring->byId(*id) : nullptr;
    if (!key || !key->isUsable(now) || !key->honours(claims->secretVersion, now) || !key->mayComeFrom(client) ||
        services.endedFamilies.has(endingId(*claims)))
        return fail(ErrorCode::Unauthorized);
    return principalOf(*key);
}

Result<Principal> basic(Services& services, std::string_view credentials, std::string_view client) {
    const std::string pair = fromBase64(credentials).value_or(std::string{});
    const std::size_t colon = std::min(pair.find(':'), pair.size());
    const std::string_view key = std::string_view(pair).substr(0, colon);
    const std::string_view secret = std::string_view(pair).substr(std::min(colon + 1, pair.size()));
    const auto proven = proveKey(services, key, secret, client);
    // The same answer as to a bad token: it is the route that is closed.
    if (!proven && proven.error().code == ErrorCode::CredentialsRejected) return fail(ErrorCode::Unauthorized);
    if (!proven) return fail(proven.error());
    return principalOf(*proven->key);
}

}  // namespace

Result<ProvenKey> proveKey(Services& services, std::string_view key, std::string_view secret, std::string_view client) {
    const TimePoint now = services.clock.now();
    auto ring = services.keys.get();
    const LiveKey* known = ring->byKey(key);
    const auto match = security::matchSecret(services.keyPepper, secret,
                                             known ? std::string_view(known->record.secretHash) : std::string_view{},
                                             known ? known->oldHash(now) : std::string_view{});
    if (known && match != security::SecretMatch::None && known->isUsable(now) && known->mayComeFrom(client)) {
        const std::int64_t version = known->record.secretVersion - (match == security::SecretMatch::Old ? 1 : 0);
        return ProvenKey{.ring = std::move(ring), .key = known, .secretVersion = version};
    }
    const auto verdict =
        services.failures.take(http::addressBlock(client), failuresPerMinute, 1, services.clock.steady());
    if (!verdict.allowed) return limited(verdict, "too many failed attempts from this address");
    return fail(ErrorCode::CredentialsRejected);
}

Result<Principal> authenticate(Services& services, const http::RequestHead& head, std::string_view client) {
    const std::string_view given = head.header("authorization");
    const auto token = after("bearer ", given);
    const auto pair = token ? std::nullopt : after("basic ", given);
    if (!token && !pair) return fail(ErrorCode::Unauthorized);
    auto principal = token ? bearer(services, *token, client) : basic(services, *pair, client);
    if (principal && principal->keyId) noteUse(services, *principal->keyId);
    return principal;
}

Result<void> charge(Services& services, const Principal& principal, std::int64_t requests, std::int64_t counted) {
    if (!principal.keyId || services.requestsPerMinute == 0) return {};
    const auto verdict = services.keyRates->take(counterOf(*principal.keyId), services.requestsPerMinute, requests,
                                                 services.clock.steady(), counted);
    if (verdict.allowed) return {};
    return limited(verdict, "this key has had its requests of the minute");
}

Result<void> chargeToken(Services& services, const Id& key) {
    if (services.requestsPerMinute == 0) return {};
    const auto verdict =
        services.keyRates->take("token:" + counterOf(key), services.requestsPerMinute, 1, services.clock.steady());
    if (verdict.allowed) return {};
    return limited(verdict, "this key has had its tokens of the minute");
}

std::vector<std::pair<std::string, std::string>> rateHeaders(Services& services, const std::optional<Id>& key) {
    if (!key || services.requestsPerMinute == 0) return {};
    const auto verdict =
        services.keyRates->take(counterOf(*key), services.requestsPerMinute, 0, services.clock.steady());
    const std::string remaining = std::to_string(verdict.remaining),
                      reset = std::to_string(wholeSeconds(verdict.fullIn));
    return {{"X-RateLimit-Limit", std::to_string(verdict.limit)},
            {"X-RateLimit-Remaining", remaining},
            {"X-RateLimit-Reset", reset},
            {"RateLimit", "\"minute\";r=" + remaining + ";t=" + reset}};
}

void noteUse(Services& services, const Id& key) {
    if (!services.lastUses.due(key, services.clock.steady())) return;
    services.writer.submit(store::Write{[key, now = services.clock.now()](store::Transaction& transaction) {
                                            return store::keys::touch(transaction, key, now);
                                        },
                                        [&services, key](const Result<void>& result) {
                                            if (result) services.events.note(observe::Topic::Keys, key);
                                        }});
}

Id endingId(const security::Claims& claims) {
    return claims.family.value_or(claims.jti);
}

}  // namespace postroom::api
