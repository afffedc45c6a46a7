// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/account_form.h"
#include "engine/api/handlers.h"
#include "engine/api/services.h"
#include "engine/api/views.h"
#include "engine/store/accounts.h"
#include "engine/store/pauses.h"

namespace postroom::api {

namespace {

// Commits a change to an account, puts it in force, and answers with the account as it then is.
void change(Services& services, Reply reply, const Id& id, int status,
            std::function<Result<void>(store::Transaction&)> apply, bool wake = false) {
    services.writer.submit(store::Write{
        std::move(apply), [&services, reply = std::move(reply), id, status, wake](const Result<void>& result) {
            if (!result) return reply(fail(result.error()));
            refreshAccounts(services, id, [&services, reply, id, status, wake](const Result<void>& inForce) {
                if (!inForce) return reply(fail(inForce.error()));
                if (wake) {
                    services.dispatcher.wakeAccount(id);
                    services.events.note(observe::Topic::Accounts, id);
                }
                services.dispatcher.look({}, [&services, reply, id, status](queue::Dispatcher::Look look) {
                    const auto accounts = services.accounts.get();
                    for (const store::AccountRecord& account : *accounts)
                        if (account.id == id)
                            return reply(
                                Answer{.status = status,
                                       .data = contract::toJson(toContract(account, look, services.clock.now()))});
                    reply(fail(ErrorCode::NotFound));
                });
            });
        }});
}

// Field names only: values may be secrets, and the row itself says what they are now.
json::Object changedFields(const json::Object& form) {
    json::Array names;
    for (const auto& member : form) names.emplace_back(member.key());
    return {{"fields", std::move(names)}};
}

void setActive(Services& services, Call call, Reply reply, bool active) {
    const auto id = pathId(call);
    if (!id) return reply(fail(id.error()));
    change(
        services, std::move(reply), *id, 200,
        [&services, call, id = *id, active](store::Transaction& transaction) -> Result<void> {
            auto set = store::accounts::setActive(transaction, id, active, services.clock.now());
            if (set && active) set = store::accounts::clearProblem(transaction, id);
            if (!set) return set;
            return audit(transaction, services, call, active ? "account.enable" : "account.disable", id.text());
        },
        active);
}

}  // namespace

void createAccount(Services& services, Call call, Reply reply) {
    const auto account = std::make_shared<store::AccountRecord>();
    account->createdAt = account->updatedAt = services.clock.now();
    account->id = makeId(account->createdAt);
    const json::Object& form = call.body.get_object();
    if (auto applied = applyForm(form, true, services.vault, *account); !applied) return reply(fail(applied.error()));
    change(services, std::move(reply), account->id, 201,
           [&services, call, account](store::Transaction& transaction) -> Result<void> {
               auto inserted = store::accounts::insert(transaction, *account);
               if (!inserted && inserted.error().code == ErrorCode::AlreadyExists)
                   return fail(Error{.code = ErrorCode::AlreadyExists,
                                     .params = {{"email", account->email}},
                                     .detail = "there is an account " + account->email});
               if (!inserted) return inserted;
               return audit(transaction, services, call, "account.create", account->id.text(),
                            {{"email", account->email}});
           });
}

void patchAccount(Services& services, Call call, Reply reply) {
    const auto id = pathId(call);
    if (!id) return reply(fail(id.error()));
    change(
        services, std::move(reply), *id, 200,
        [&services, call, id = *id](store::Transaction& transaction) -> Result<void> {
            auto account = store::accounts::find(transaction.connection(), id);
            if (!account) return fail(account.error());
            if (!*account) return fail(ErrorCode::NotFound);
            const json::Object& form = call.body.get_object();
            const std::int64_t seen = json::integer(form, "revision");
            if (seen != (*account)->revision)
                return fail(ErrorCode::RevisionStale,
                            "the account is at revision " + std::to_string((*account)->revision));
            if (auto applied = applyForm(form, false, services.vault, **account); !applied) return applied;
            (*account)->updatedAt = services.clock.now();
            if (auto updated = store::accounts::update(transaction, **account); !updated) return updated;
            return audit(transaction, services, call, "account.update", id.text(), changedFields(form));
        },
        true);
}

void deleteAccount(Services& services, Call call, Reply reply) {
    const auto id = pathId(call);
    if (!id) return reply(fail(id.error()));
    answerAfter(
        services, std::move(reply),
        [&services, call, id = *id](store::Transaction& transaction) -> Result<void> {
            if (auto removed = store::accounts::remove(transaction, id); !removed) return removed;
            if (auto resumed = store::pauses::clear(transaction, "account", id.text()); !resumed)
                return fail(resumed.error());
            return audit(transaction, services, call, "account.delete", id.text());
        },
        [] { return Answer{}; },
        [&services, id = *id](Rereads::Done done) { refreshAccounts(services, id, std::move(done)); });
}

void enableAccount(Services& services, Call call, Reply reply) {
    setActive(services, std::move(call), std::move(reply), true);
}
void disableAccount(Services& services, Call call, Reply reply) {
    setActive(services, std::move(call), std::move(reply), false);
}

}  // namespace postroom::api
