// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/handlers.h"
#include "engine/api/services.h"
#include "engine/base/text.h"
#include "engine/content/address.h"
#include "engine/policy/reason.h"
#include "engine/queue/mail_signer.h"

#include <QDateTime>

namespace postroom::api {

namespace {

using contract::DkimAlgorithm;
using store::DkimKeyRecord;

constexpr std::size_t longestName = 253;  // of a DNS name, RFC 1035 §2.3.4

contract::DkimKey shown(const Services& services, const DkimKeyRecord& row) {
    contract::DkimKey out;
    out.id = row.id;
    out.domain = row.domain;
    out.selector = row.selector;
    out.algorithm = name(row.algorithm);
    out.isActive = row.isActive;
    if (services.mailSigner.isUnreadable(row.id)) out.problem = policy::reason::dkimKeyUnreadable;
    out.revision = row.revision;
    out.createdAt = row.createdAt;
    out.updatedAt = row.updatedAt;
    contract::describeRecord(out, row.publicKey);
    return out;
}

json::Object named(const DkimKeyRecord& key) {
    return {{"domain", key.domain}, {"selector", key.selector}, {"algorithm", name(key.algorithm)}};
}

Result<DkimKeyRecord> mustFind(store::Connection& connection, const Id& id) {
    auto found = store::dkim_keys::find(connection, id);
    if (!found) return fail(found.error());
    if (!*found) return fail(ErrorCode::NotFound);
    return std::move(**found);
}

// "pr20270131r", and with a number behind it where the domain has that: whoever looks at the zone sees how old it is.
std::string freeSelector(const std::vector<DkimKeyRecord>& keys, const DkimKeyRecord& of) {
    const std::string base = "pr" +
                             QDateTime::fromMSecsSinceEpoch(of.createdAt.time_since_epoch().count(), Qt::UTC)
                                 .toString(QStringLiteral("yyyyMMdd"))
                                 .toStdString() +
                             (of.algorithm == DkimAlgorithm::Rsa ? "r" : "e");
    for (int number = 1;; ++number) {
        std::string selector = number == 1 ? base : base + std::to_string(number);
        if (std::none_of(keys.begin(), keys.end(),
                         [&](const DkimKeyRecord& key) { return key.domain == of.domain && key.selector == selector; }))
            return selector;
    }
}

// Makes the pair, which takes its time; in the heavy thread.
Result<void> makePair(const Services& services, DkimKeyRecord& key) {
    const auto made = security::DkimKey::make(key.algorithm);
    if (!made) return fail(made.error());
    const auto secret = made->privateKey();
    if (!secret) return fail(secret.error());
    auto publicKey = made->publicKey();
    if (!publicKey) return fail(publicKey.error());
    auto sealed = services.vault.seal(*secret, key.id.text(), "private_key");
    if (!sealed) return fail(sealed.error());
    key.privateKey = std::move(*sealed);
    key.publicKey = std::move(*publicKey);
    return {};
}

// Answers with the key as it is now, once the change is in force.
void change(Services& services, Reply reply, std::shared_ptr<DkimKeyRecord> key, int status,
            std::function<Result<void>(store::Transaction&)> apply) {
    answerAfter(
        services, std::move(reply), std::move(apply),
        [&services, key, status]() -> Result<Answer> {
            return Answer{.status = status, .data = contract::toJson(shown(services, *key))};
        },
        [&services](Rereads::Done done) { refreshDkimKeys(services, std::move(done)); });
}

// A key that is complete but for its selector, where that is not said.
void add(Services& services, const Call& call, Reply reply, std::shared_ptr<DkimKeyRecord> key, std::string_view act,
         const std::string& beside = {}) {
    if (auto made = makePair(services, *key); !made) return reply(fail(made.error()));
    change(
        services, std::move(reply), key, 201,
        [&services, call, key, act, beside](store::Transaction& transaction) -> Result<void> {
            if (key->selector.empty()) {
                const auto keys = store::dkim_keys::list(transaction.connection());
                if (!keys) return fail(keys.error());
                key->selector = freeSelector(*keys, *key);
            }
            auto inserted = store::dkim_keys::insert(transaction, *key);
            if (!inserted && inserted.error().code == ErrorCode::AlreadyExists)
                return fail(Error{.code = ErrorCode::AlreadyExists,
                                  .params = {{"selector", key->selector}},
                                  .detail = "there is a key " + contract::dkimRecordName(key->selector, key->domain)});
            if (!inserted) return inserted;
            json::Object detail = named(*key);
            if (!beside.empty()) detail["beside"] = beside;
            return audit(transaction, services, call, act, key->id.text(), std::move(detail));
        });
}

void makeKey(Services& services, Call call, Reply reply) {
    const json::Object& form = call.body.get_object();
    const auto key = std::make_shared<DkimKeyRecord>();
    key->createdAt = key->updatedAt = services.clock.now();
    key->id = makeId(key->createdAt);
    key->algorithm = contract::dkimAlgorithmNamed(json::text(form, "algorithm", "rsa")).value_or(DkimAlgorithm::Rsa);
    const auto address = content::parseAddress("postmaster@" + json::text(form, "domain"));
    if (!address || address->back() == ']')
        return reply(fail(invalidField("domain", "address.domain_invalid", "is no domain that addresses can have")));
    key->domain = content::domainOf(*address);
    key->selector = toLowerAscii(json::text(form, "selector"));
    // The longest that is made here leaves room for a number.
    const std::size_t selector = key->selector.empty() ? 16 : key->selector.size();
    if (selector + std::string_view("._domainkey.").size() + key->domain.size() > longestName)
        return reply(fail(invalidField("domain", "field.too_long", "leaves no room for the name of the DNS record")));
    if (!key->selector.empty() && !contract::isDkimSelector(key->selector))
        return reply(fail(invalidField("selector", "selector.invalid",
                                       "must be of letters, digits and inner hyphens, with dots between labels")));
    add(services, call, std::move(reply), key, "dkim.create");
}

void rotate(Services& services, Call call, Reply reply) {
    const auto id = pathId(call);
    if (!id) return reply(fail(id.error()));
    const bool asked = services.readers.submit([&services, call, reply, id = *id](store::Connection& connection) {
        const auto old = mustFind(connection, id);
        if (!old) return reply(fail(old.error()));
        const auto key = std::make_shared<DkimKeyRecord>();
        key->createdAt = key->updatedAt = services.clock.now();
        key->id = makeId(key->createdAt);
        key->domain = old->domain;
        key->algorithm = old->algorithm;
        const bool posted = services.heavyWorker.post([&services, call, reply, key, beside = old->selector] {
            add(services, call, reply, key, "dkim.rotate", beside);
        });
        if (!posted) reply(fail(ErrorCode::Stopping));
    });
    if (!asked) reply(fail(ErrorCode::Stopping));
}

void setActive(Services& services, Call call, Reply reply, bool isActive) {
    const auto id = pathId(call);
    if (!id) return reply(fail(id.error()));
    const auto key = std::make_shared<DkimKeyRecord>();
    change(services, std::move(reply), key, 200,
           [&services, call, id = *id, key, isActive](store::Transaction& transaction) -> Result<void> {
               auto found = mustFind(transaction.connection(), id);
               if (!found) return fail(found.error());
               // Enabled, it would keep all mail of its domain back.
               if (isActive && !queue::openDkimKey(*found, services.vault))
                   return fail(ErrorCode::Conflict, "its private key can't be decrypted: make a new key");
               const TimePoint now = services.clock.now();
               auto set = isActive ? store::dkim_keys::enable(transaction, id, now)
                                   : store::dkim_keys::disable(transaction, id, now);
               if (!set) return set;
               found = mustFind(transaction.connection(), id);
               if (!found) return fail(found.error());
               *key = std::move(*found);
               return audit(transaction, services, call, isActive ? "dkim.enable" : "dkim.disable", id.text(),
                            named(*key));
           });
}

}  // namespace

void listDkimKeys(Services& services, Call call, Reply reply) {
    answerFrom(services, std::move(reply),
               [&services, call = std::move(call)](store::Connection& connection) -> Result<Answer> {
                   const auto rows = store::dkim_keys::list(connection);
                   if (!rows) return fail(rows.error());
                   std::vector<contract::DkimKey> keys;
                   for (const DkimKeyRecord& row : *rows) keys.push_back(shown(services, row));
                   auto page = pageOf(std::move(keys), call);
                   if (!page) return fail(page.error());
                   return Answer{.data = contract::toJson(*page)};
               });
}

void getDkimKey(Services& services, Call call, Reply reply) {
    const auto id = pathId(call);
    if (!id) return reply(fail(id.error()));
    answerFrom(services, std::move(reply), [&services, id = *id](store::Connection& connection) -> Result<Answer> {
        const auto key = mustFind(connection, id);
        if (!key) return fail(key.error());
        return Answer{.data = contract::toJson(shown(services, *key))};
    });
}

void createDkimKey(Services& services, Call call, Reply reply) {
    inHeavy(services, std::move(call), std::move(reply), makeKey);
}

void rotateDkimKey(Services& services, Call call, Reply reply) {
    rotate(services, std::move(call), std::move(reply));
}

void enableDkimKey(Services& services, Call call, Reply reply) {
    setActive(services, std::move(call), std::move(reply), true);
}

void disableDkimKey(Services& services, Call call, Reply reply) {
    setActive(services, std::move(call), std::move(reply), false);
}

void deleteDkimKey(Services& services, Call call, Reply reply) {
    const auto id = pathId(call);
    if (!id) return reply(fail(id.error()));
    answerAfter(
        services, std::move(reply),
        [&services, call, id = *id](store::Transaction& transaction) -> Result<void> {
            const auto key = mustFind(transaction.connection(), id);
            if (!key) return fail(key.error());
            if (key->isActive) return fail(ErrorCode::Conflict, "the key signs mail: disable it first");
            if (auto removed = store::dkim_keys::remove(transaction, id); !removed) return removed;
            return audit(transaction, services, call, "dkim.remove", id.text(), named(*key));
        },
        [] { return Answer{}; });
}

}  // namespace postroom::api
