// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/client/login.h"

#include "engine/base/id.h"
#include "engine/base/text.h"
#include "engine/contract/envelope.h"
#include "engine/contract/resources.h"

#include <QMessageAuthenticationCode>

namespace postroom::client {

namespace {

template <typename T>
Result<T> opened(const ClientReply& reply) {
    const auto data = contract::openEnvelope(reply.status, reply.body);
    if (!data) return fail(data.error());
    auto value = contract::fromJson<T>(*data);
    if (!value)
        return fail(ErrorCode::ProtocolViolated, value.error().fields.front().field + " is not what it should be");
    return value;
}

Result<Secret> judgeProof(const LocalToken& local, const std::string& nonce, const std::string& where,
                          const ClientReply& reply) {
    const auto proof = opened<contract::LocalProof>(reply);
    // An engine that says why it can't answer is no stranger; nothing is shown to it either way.
    if (!proof && proof.error().code != ErrorCode::ProtocolViolated) return fail(proof.error());
    if (!proof || !equalInConstantTime(proof->hmac, localProof(local.token, nonce)))
        return fail(
            ErrorCode::ProtocolViolated,
            "a stranger answers on " + where + ": it does not know the token of the engine that left control.json");
    return local.token;
}

}  // namespace

std::string localProof(const Secret& token, std::string_view nonce) {
    return QMessageAuthenticationCode::hash(viewOf(nonce), viewOf(token.reveal()), QCryptographicHash::Sha256)
        .toHex()
        .toStdString();
}

void logIn(const Credentials& credentials, const std::string& where,
           const std::function<void(ClientRequest, Transport::Done)>& send, std::function<void(Result<Secret>)> done) {
    if (const auto* local = std::get_if<LocalToken>(&credentials)) {
        const std::string nonce = toHex(randomBytes(16));
        send({.method = "GET", .path = "/api/v1/auth/local?nonce=" + nonce},
             [local = *local, nonce, where, done = std::move(done)](const Result<ClientReply>& reply) {
                 done(reply ? judgeProof(local, nonce, where, *reply) : fail(reply.error()));
             });
    } else if (const auto* pair = std::get_if<KeyPair>(&credentials)) {
        send({.method = "POST",
              .path = "/api/v1/auth/token",
              .body = json::Object{{"api_key", pair->key}, {"api_secret", pair->secret.reveal()}}},
             [done = std::move(done)](const Result<ClientReply>& reply) {
                 if (!reply) return done(fail(reply.error()));
                 auto tokens = opened<contract::Tokens>(*reply);
                 if (!tokens) return done(fail(tokens.error()));
                 if (tokens->accessToken.empty())
                     return done(fail(ErrorCode::ProtocolViolated, "the engine gave an empty token"));
                 done(Secret(std::move(tokens->accessToken)));
             });
    } else {
        done(Secret());
    }
}

}  // namespace postroom::client
