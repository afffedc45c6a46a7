// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/handlers.h"
#include "engine/api/services.h"
#include "engine/base/text.h"
#include "engine/contract/resources.h"
#include "engine/security/api_key.h"
#include "engine/store/keys.h"

namespace postroom::api {

void getLocalProof(Services& services, Call call, Reply reply) {
    const std::string nonce = call.queryValue("nonce").value_or("");
    if (nonce.size() < 16 || nonce.size() > 128)
        return reply(fail(invalidField("nonce", "field.required", "a nonce of 16 to 128 characters is required")));
    const std::string proof = toHex(security::hmacSha256(services.localToken, nonce));
    reply(Answer{.data = contract::toJson(contract::LocalProof{proof})});
}

void postToken(Services& services, Call call, Reply reply) {
    const json::Object& body = call.body.get_object();
    const std::string key = json::text(body, "api_key"), secret = json::text(body, "api_secret");
    const auto keys = services.keys.get();
    const auto at = std::find_if(keys->begin(), keys->end(), [&](const auto& row) { return row.key == key; });
    // The same work and the same answer for an unknown key, a revoked one and a wrong secret.
    const bool known = at != keys->end();
    const bool right = security::verifySecret(services.keyPepper, secret,
                                              known ? std::string_view(at->secretHash) : std::string_view{});
    if (!known || !right || !at->isActive) return reply(fail(ErrorCode::CredentialsRejected));

    const TimePoint now = services.clock.now();
    const auto lifetime = std::chrono::minutes{services.settings.integer("JWT_EXPIRE_MINUTES")};
    const auto refreshLifetime = std::chrono::days{services.settings.integer("JWT_REFRESH_EXPIRE_DAYS")};
    security::Claims claims{.subject = at->id.text(),
                            .type = "access",
                            .jti = makeId(now),
                            .issuedAt = now,
                            .notBefore = now,
                            .expiresAt = now + lifetime,
                            .scopes = at->scopes,
                            .test = at->isTest};
    contract::Tokens tokens;
    tokens.accessToken = services.signer.sign(claims);
    tokens.expiresIn = std::chrono::seconds{lifetime}.count();
    claims.type = "refresh";
    claims.jti = makeId(now);
    claims.expiresAt = now + refreshLifetime;
    tokens.refreshToken = services.signer.sign(claims);
    services.writer.submit(store::Write{
        [id = at->id, now](store::Transaction& transaction) { return store::keys::touch(transaction, id, now); },
        [&services, id = at->id](const Result<void>& result) {
            if (result) services.events.note(observe::Topic::Keys, id);
        }});
    reply(Answer{.data = contract::toJson(tokens)});
}

}  // namespace postroom::api
