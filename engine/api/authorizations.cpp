// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/handlers.h"
#include "engine/api/services.h"
#include "engine/base/text.h"
#include "engine/contract/oauth.h"
#include "engine/policy/reason.h"
#include "engine/smtp/endpoint.h"
#include "engine/store/accounts.h"
#include "engine/web/provider.h"

namespace postroom::api {

namespace {

using contract::AccountAuthorization;

Answer answerWith(const AccountAuthorization& authorization) {
    return Answer{.data = contract::toJson(authorization)};
}

// What is so whether or not somebody was asked just now.
AccountAuthorization standing(const store::AccountRecord& account, const queue::Ticket& ticket) {
    const bool isAuthorized =
        account.auth == contract::Auth::XOAuth2 && ticket.state != queue::Ticket::State::Unauthorized;
    return {.state = isAuthorized ? "authorized" : "needed",
            .provider = account.oauthProvider,
            .authorizedAt = account.authorizedAt,
            .reason = std::string(isAuthorized ? ticket.reason : std::string_view{policy::reason::authorizationNeeded}),
            .detail = ticket.detail};
}

void answerStanding(Services& services, const Reply& reply, const store::AccountRecord& account) {
    services.grants.progress(account.id, [&services, reply, account](std::optional<AccountAuthorization> asked) {
        // Once it has gone well, what counts is how it is now.
        if (asked && asked->state != "authorized") {
            asked->authorizedAt = account.authorizedAt;
            return reply(answerWith(*asked));
        }
        services.grants.look(account.id, [reply, account](const queue::Ticket& ticket) {
            reply(answerWith(standing(account, ticket)));
        });
    });
}

void withAccount(Services& services, const Call& call, const Reply& reply,
                 std::function<void(const store::AccountRecord&)> then) {
    const auto id = pathId(call);
    if (!id) return reply(fail(id.error()));
    services.readers.submit([id = *id, reply, then = std::move(then)](store::Connection& connection) {
        const auto found = store::accounts::find(connection, id);
        if (!found) return reply(fail(found.error()));
        if (!*found) return reply(fail(ErrorCode::NotFound));
        then(**found);
    });
}

}  // namespace

void beginAuthorization(Services& services, Call call, Reply reply) {
    withAccount(services, call, reply, [&services, call, reply](const store::AccountRecord& account) {
        static const json::Object nothing;
        const json::Object& form = call.body.is_object() ? call.body.get_object() : nothing;
        std::string provider = json::text(form, "provider", account.oauthProvider);
        if (provider.empty()) provider = web::providerOfHost(account.smtpHost);
        if (provider.empty())
            return reply(fail(invalidField("provider", "field.required",
                                           "is required where the server is neither Google's nor Microsoft's")));
        if (account.security == contract::Security::None && !smtp::isLoopbackName(account.smtpHost))
            return reply(fail(ErrorCode::Conflict,
                              "the account's connection is not secured, and a token is never sent in clear text over a "
                              "network"));
        queue::Grants::Application application{.account = account.id,
                                               .email = account.email,
                                               .provider = std::move(provider),
                                               .actor = call.principal.actor};
        const auto answered = [reply](const Result<AccountAuthorization>& authorization) {
            if (!authorization) return reply(fail(authorization.error()));
            reply(answerWith(*authorization));
        };
        const Secret refreshToken{std::string(trimmed(json::text(form, "refresh_token")))};
        // That somebody asked is a fact of its own, whatever comes of it.
        services.writer.submit(
            store::Write{[&services, call, application](store::Transaction& transaction) {
                             return audit(transaction, services, call, "account.authorize.begin",
                                          application.account.text(), {{"provider", application.provider}});
                         },
                         [&services, reply, application, answered, refreshToken](const Result<void>& result) {
                             if (!result) return reply(fail(result.error()));
                             if (refreshToken.empty()) return services.grants.begin(application, answered);
                             services.grants.take(application, refreshToken, answered);
                         }});
    });
}

void getAuthorization(Services& services, Call call, Reply reply) {
    withAccount(services, call, reply,
                [&services, reply](const store::AccountRecord& account) { answerStanding(services, reply, account); });
}

void cancelAuthorization(Services& services, Call call, Reply reply) {
    withAccount(services, call, reply, [&services, reply](const store::AccountRecord& account) {
        services.grants.cancel(account.id, [&services, reply, account] { answerStanding(services, reply, account); });
    });
}

}  // namespace postroom::api
