// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/gate.h"
#include "engine/api/handlers.h"
#include "engine/base/text.h"
#include "engine/contract/resources.h"
#include "engine/observe/log.h"
#include "engine/store/audit.h"
#include "engine/store/keys.h"
#include "engine/store/token_families.h"

namespace postroom::api {

namespace {

constexpr int purgedAtOnce = 100;

// The two tokens of one step of a family, and what the family is after it.
struct Issue {
    store::TokenFamilyRecord family;
    contract::Tokens tokens;
};

Issue issue(const Services& services, const store::ApiKeyRecord& key, const Id& family, std::int64_t secretVersion) {
    const TimePoint now = services.clock.now();
    const auto lifetime = std::chrono::minutes{services.settings.integer("JWT_EXPIRE_MINUTES")};
    const auto refreshLifetime = std::chrono::days{services.settings.integer("JWT_REFRESH_EXPIRE_DAYS")};
    security::Claims claims{.subject = key.id.text(),
                            .type = "access",
                            .jti = makeId(now),
                            .issuedAt = now,
                            .notBefore = now,
                            .expiresAt = now + lifetime,
                            .scopes = key.scopes,
                            .test = key.isTest,
                            .family = family,
                            .secretVersion = secretVersion};
    Issue made;
    made.tokens.accessToken = services.signer.sign(claims);
    made.tokens.expiresIn = std::chrono::seconds{lifetime}.count();
    claims.type = "refresh";
    claims.jti = makeId(now);
    claims.expiresAt = now + refreshLifetime;
    made.tokens.refreshToken = services.signer.sign(claims);
    made.family = {.id = family,
                   .keyId = key.id,
                   .jti = claims.jti,
                   .accessUntil = now + lifetime,
                   .expiresAt = now + std::max<std::chrono::seconds>(lifetime, refreshLifetime),
                   .revokedAt = {}};
    return made;
}

// What a commit found, and what must be known in memory after it.
struct Ending {
    bool rotated = false;
    std::optional<store::TokenFamilyRecord> ended;
};

void remember(Services& services, const Ending& ending) {
    if (ending.ended) services.endedFamilies.add(ending.ended->id, ending.ended->accessUntil, services.clock.now());
}

// A refresh token that was used comes again: either its owner or a thief has the one that counts, and nobody can tell
// which. The whole family ends (RFC 9700 §4.14.2), and an administrator can read that it did.
Result<void> endReused(Services& services, const Call& call, store::Transaction& transaction, const Id& family,
                       Ending& ending) {
    auto found = store::token_families::find(transaction.connection(), family);
    if (!found) return fail(found.error());
    if (!*found || (*found)->revokedAt) return {};
    if (auto ended = store::token_families::revoke(transaction, family, services.clock.now()); !ended) return ended;
    ending.ended = **found;
    return audit(transaction, services, call, "token.reused", (*found)->keyId.text(),
                 {{"family", family.text()}, {"peer", call.peer}});
}

}  // namespace

void getLocalProof(Services& services, Call call, Reply reply) {
    const std::string nonce = call.queryValue("nonce").value_or("");
    if (nonce.size() < 16 || nonce.size() > 128)
        return reply(fail(invalidField("nonce", "field.required", "a nonce of 16 to 128 characters is required")));
    const std::string proof = toHex(security::hmacSha256(services.localToken, nonce));
    reply(Answer{.data = contract::toJson(contract::LocalProof{proof})});
}

void postToken(Services& services, Call call, Reply reply) {
    const json::Object& body = call.body.get_object();
    const auto proven = proveKey(services, json::text(body, "api_key"), json::text(body, "api_secret"), call.peer);
    if (!proven) return reply(fail(proven.error()));
    const Id id = proven->key->record.id;
    if (auto fine = chargeToken(services, id); !fine) return reply(fail(fine.error()));
    const auto made = std::make_shared<Issue>(
        issue(services, proven->key->record, makeId(services.clock.now()), proven->secretVersion));
    (void)services.lastUses.due(id, services.clock.steady());  // written below, so not again by its first request
    services.writer.submit(store::Write{
        [made, id, now = services.clock.now()](store::Transaction& transaction) -> Result<void> {
            if (auto purged = store::token_families::purge(transaction, now, purgedAtOnce); !purged) return purged;
            if (auto begun = store::token_families::insert(transaction, made->family); !begun) return begun;
            return store::keys::touch(transaction, id, now);
        },
        [&services, made, id, reply = std::move(reply)](const Result<void>& kept) {
            if (!kept && kept.error().code == ErrorCode::Stopping) return reply(fail(kept.error()));
            // Whoever comes to see why the disk is full must be let in: the tokens are good, they can't be refreshed.
            if (kept)
                services.events.note(observe::Topic::Keys, id);
            else
                qCWarning(observe::logSecurity, "a login was not written down: %s", kept.error().text().c_str());
            reply(Answer{.data = contract::toJson(made->tokens)});
        }});
}

void postRefresh(Services& services, Call call, Reply reply) {
    const TimePoint now = services.clock.now();
    const auto claims = services.signer.verify(json::text(call.body.get_object(), "refresh_token"), now, "refresh");
    const auto id = claims ? Id::parse(claims->subject) : std::nullopt;
    const auto ring = services.keys.get();
    const LiveKey* key = id ? ring->byId(*id) : nullptr;
    if (!key || !claims->family || !key->isUsable(now) || !key->honours(claims->secretVersion, now) ||
        !key->mayComeFrom(call.peer) || services.endedFamilies.has(*claims->family))
        return reply(fail(ErrorCode::Unauthorized));
    if (auto fine = chargeToken(services, *id); !fine) return reply(fail(fine.error()));
    call.principal.actor = "key:" + key->record.key;
    const auto made = std::make_shared<Issue>(issue(services, key->record, *claims->family, claims->secretVersion));
    const auto ending = std::make_shared<Ending>();
    answerAfter(
        services, std::move(reply),
        [&services, call, made, ending, used = claims->jti, id = *id](store::Transaction& transaction) -> Result<void> {
            *ending = {};
            auto rotated = store::token_families::rotate(transaction, made->family, used);
            if (!rotated) return fail(rotated.error());
            ending->rotated = *rotated;
            if (!*rotated) return endReused(services, call, transaction, made->family.id, *ending);
            return store::keys::touch(transaction, id, services.clock.now());
        },
        [&services, made, ending, actor = call.principal.actor]() -> Result<Answer> {
            remember(services, *ending);
            if (ending->ended)
                qCWarning(observe::logSecurity, "a used refresh token of %s came again: its family was ended",
                          actor.c_str());
            if (!ending->rotated) return fail(ErrorCode::Unauthorized);
            return Answer{.data = contract::toJson(made->tokens)};
        });
}

void postRevokeToken(Services& services, Call call, Reply reply) {
    const std::string token = json::text(call.body.get_object(), "token");
    const TimePoint now = services.clock.now();
    auto claims = services.signer.verify(token, now, "access");
    if (!claims) claims = services.signer.verify(token, now, "refresh");
    // Whatever was given is not valid after this answer: what never was valid needs nothing (RFC 7009 §2.2).
    const auto key = claims ? Id::parse(claims->subject) : std::nullopt;
    if (!key) return reply(Answer{});
    const auto ending = std::make_shared<Ending>();
    answerAfter(
        services, std::move(reply),
        [ending, now, key = *key, claims = *claims](store::Transaction& transaction) -> Result<void> {
            *ending = {};
            const Id id = endingId(claims);
            auto found = store::token_families::find(transaction.connection(), id);
            if (!found) return fail(found.error());
            if (*found && !(*found)->revokedAt) {
                ending->ended = **found;
                return store::token_families::revoke(transaction, id, now);
            }
            if (*found) return {};
            // Signed with our key by somebody else, or got when the disk was full: there is no row of it yet.
            ending->ended = store::TokenFamilyRecord{.id = id,
                                                     .keyId = key,
                                                     .jti = claims.jti,
                                                     .accessUntil = claims.expiresAt,
                                                     .expiresAt = claims.expiresAt,
                                                     .revokedAt = now};
            return store::token_families::insert(transaction, *ending->ended);
        },
        [&services, ending]() -> Result<Answer> {
            remember(services, *ending);
            return Answer{};
        });
}

void loadEndedFamilies(Services& services, Rereads::Done done) {
    services.rereads.submit(
        "the tokens that were ended",
        [&services](store::Connection& connection) -> Result<void> {
            const TimePoint now = services.clock.now();
            const auto ended = store::token_families::revoked(connection, now);
            if (!ended) return fail(ended.error());
            for (const store::TokenFamilyRecord& family : *ended)
                services.endedFamilies.add(family.id, family.accessUntil, now);
            return {};
        },
        std::move(done));
}

}  // namespace postroom::api
