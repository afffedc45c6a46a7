// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/keys.h"
#include "engine/api/handlers.h"
#include "engine/api/services.h"
#include "engine/api/views.h"
#include "engine/security/api_key.h"

namespace postroom::api {

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

void createKey(Services& services, Call call, Reply reply) {
    const json::Object& form = call.body.get_object();
    const auto key = std::make_shared<store::ApiKeyRecord>();
    key->createdAt = services.clock.now();
    key->id = makeId(key->createdAt);
    key->name = json::text(form, "name");
    key->description = json::text(form, "description");
    key->isTest = json::boolean(form, "is_test");
    for (const json::Value& scope : json::array(form, "scopes")) key->scopes.emplace_back(scope.get_string());
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
        [&services, id = key->id](std::function<void()> done) { refreshKeys(services, id, std::move(done)); });
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
            const auto keys = services.keys.get();
            for (const auto& key : *keys)
                if (key.id == id) return Answer{.data = contract::toJson(toContract(key))};
            return fail(ErrorCode::NotFound);
        },
        [&services, id = *id](std::function<void()> done) { refreshKeys(services, id, std::move(done)); });
}

}  // namespace postroom::api
