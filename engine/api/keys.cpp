// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/keys.h"
#include "engine/api/handlers.h"
#include "engine/api/key_form.h"
#include "engine/api/services.h"
#include "engine/api/views.h"

namespace postroom::api {

namespace {

constexpr std::chrono::milliseconds usualOverlap = std::chrono::hours{24};

// Of the names alone: what they are now, the row says.
json::Array namesOf(const json::Object& form) {
    json::Array names;
    for (const auto& member : form)
        if (member.key() != "revision") names.emplace_back(member.key());
    return names;
}

// Commits a change to a key that was not revoked, puts it in force and answers with the key as it then is. The secret
// is there where the change made one.
void change(Services& services, Reply reply, const Id& id,
            std::function<Result<void>(store::Transaction&, store::ApiKeyRecord&)> apply,
            std::shared_ptr<const Secret> secret = {}) {
    answerAfter(
        services, std::move(reply),
        [id, apply = std::move(apply)](store::Transaction& transaction) -> Result<void> {
            auto key = store::keys::find(transaction.connection(), id);
            if (!key) return fail(key.error());
            if (!*key) return fail(ErrorCode::NotFound);
            if (!(*key)->isActive) return fail(ErrorCode::Conflict, "the key was revoked");
            return apply(transaction, **key);
        },
        [&services, id, secret = std::move(secret)]() -> Result<Answer> {
            const auto ring = services.keys.get();
            const LiveKey* key = ring->byId(id);
            if (!key) return fail(ErrorCode::NotFound);
            contract::ApiKey shown = toContract(key->record);
            if (secret) shown.apiSecret = std::string(secret->reveal());
            return Answer{.data = contract::toJson(shown)};
        },
        [&services, id](Rereads::Done done) { refreshKeys(services, id, std::move(done)); });
}

}  // namespace

void listKeys(Services& services, Call call, Reply reply) {
    answerFrom(services, std::move(reply), [call = std::move(call)](store::Connection& connection) -> Result<Answer> {
        auto rows = store::keys::list(connection);
        if (!rows) return fail(rows.error());
        std::vector<contract::ApiKey> keys;
        for (const auto& row : *rows) keys.push_back(toContract(row));
        auto page = pageOf(std::move(keys), call);
        if (!page) return fail(page.error());
        return Answer{.data = contract::toJson(*page)};
    });
}

void getKey(Services& services, Call call, Reply reply) {
    const auto id = pathId(call);
    if (!id) return reply(fail(id.error()));
    answerFrom(services, std::move(reply), [id = *id](store::Connection& connection) -> Result<Answer> {
        const auto key = store::keys::find(connection, id);
        if (!key) return fail(key.error());
        if (!*key) return fail(ErrorCode::NotFound);
        return Answer{.data = contract::toJson(toContract(**key))};
    });
}

void createKey(Services& services, Call call, Reply reply) {
    const json::Object& form = call.body.get_object();
    const auto key = std::make_shared<store::ApiKeyRecord>();
    key->createdAt = services.clock.now();
    key->id = makeId(key->createdAt);
    key->isTest = json::boolean(form, "is_test");
    const auto accounts = services.accounts.get();
    if (auto applied = applyKeyForm(form, *accounts, key->createdAt, *key); !applied)
        return reply(fail(applied.error()));
    const auto minted = std::make_shared<security::MintedKey>(security::mintApiKey(services.keyPepper, key->isTest));
    key->key = minted->key;
    key->secretHash = minted->secretHash;
    answerAfter(
        services, std::move(reply),
        [&services, call, key](store::Transaction& transaction) -> Result<void> {
            if (key->scopes.empty()) {
                auto others = store::keys::list(transaction.connection());
                if (!others) return fail(others.error());
                key->scopes = others->empty() ? std::vector<std::string>{"send", "read", "admin"}
                                              : std::vector<std::string>{"send"};
            }
            if (auto inserted = store::keys::insert(transaction, *key); !inserted) return inserted;
            json::Object detail{{"api_key", key->key}, {"name", key->name}, {"scopes", contract::toJson(key->scopes)}};
            return audit(transaction, services, call, "key.create", key->id.text(), std::move(detail));
        },
        [key, minted]() -> Result<Answer> {
            contract::ApiKey shown = toContract(*key);
            shown.apiSecret = std::string(minted->secret.reveal());
            return Answer{.status = 201, .data = contract::toJson(shown)};
        },
        [&services, id = key->id](Rereads::Done done) { refreshKeys(services, id, std::move(done)); });
}

void patchKey(Services& services, Call call, Reply reply) {
    const auto id = pathId(call);
    if (!id) return reply(fail(id.error()));
    change(services, std::move(reply), *id,
           [&services, call](store::Transaction& transaction, store::ApiKeyRecord& key) -> Result<void> {
               const json::Object& form = call.body.get_object();
               if (json::integer(form, "revision") != key.revision)
                   return fail(ErrorCode::RevisionStale, "the key is at revision " + std::to_string(key.revision));
               const auto accounts = services.accounts.get();
               if (auto applied = applyKeyForm(form, *accounts, services.clock.now(), key); !applied) return applied;
               if (auto updated = store::keys::update(transaction, key); !updated) return updated;
               return audit(transaction, services, call, "key.update", key.id.text(), {{"fields", namesOf(form)}});
           });
}

void rotateKey(Services& services, Call call, Reply reply) {
    const auto id = pathId(call);
    if (!id) return reply(fail(id.error()));
    const std::chrono::milliseconds overlap{json::integer(call.body.get_object(), "overlap_ms", usualOverlap.count())};
    const auto minted = std::make_shared<security::MintedSecret>(security::mintSecret(services.keyPepper));
    change(
        services, std::move(reply), *id,
        [&services, call, minted, overlap](store::Transaction& transaction, store::ApiKeyRecord& key) -> Result<void> {
            key.oldSecretHash = overlap.count() > 0 ? std::exchange(key.secretHash, {}) : std::string{};
            key.oldSecretUntil.reset();
            if (overlap.count() > 0) key.oldSecretUntil = services.clock.now() + overlap;
            key.secretHash = minted->hash;
            ++key.secretVersion;
            if (auto set = store::keys::setSecrets(transaction, key); !set) return set;
            return audit(transaction, services, call, "key.rotate", key.id.text(), {{"overlap_ms", overlap.count()}});
        },
        std::shared_ptr<const Secret>(minted, &minted->secret));
}

void endOldSecret(Services& services, Call call, Reply reply) {
    const auto id = pathId(call);
    if (!id) return reply(fail(id.error()));
    change(services, std::move(reply), *id,
           [&services, call](store::Transaction& transaction, store::ApiKeyRecord& key) -> Result<void> {
               if (key.oldSecretHash.empty()) return {};
               key.oldSecretHash.clear();
               key.oldSecretUntil.reset();
               if (auto set = store::keys::setSecrets(transaction, key); !set) return set;
               return audit(transaction, services, call, "key.end_old_secret", key.id.text());
           });
}

void revokeKey(Services& services, Call call, Reply reply) {
    const auto id = pathId(call);
    if (!id) return reply(fail(id.error()));
    answerAfter(
        services, std::move(reply),
        [&services, call, id = *id](store::Transaction& transaction) -> Result<void> {
            if (auto revoked = store::keys::revoke(transaction, id, services.clock.now()); !revoked) return revoked;
            return audit(transaction, services, call, "key.revoke", id.text());
        },
        [&services, id = *id]() -> Result<Answer> {
            const auto ring = services.keys.get();
            if (const LiveKey* key = ring->byId(id)) return Answer{.data = contract::toJson(toContract(key->record))};
            return fail(ErrorCode::NotFound);
        },
        [&services, id = *id](Rereads::Done done) { refreshKeys(services, id, std::move(done)); });
}

}  // namespace postroom::api
