// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/dkim_keys.h"

#include "engine/store/rows.h"

namespace postroom::store::dkim_keys {

namespace {

#define POSTROOM_DKIM_COLUMNS \
    "id, domain, selector, algorithm, private_key, public_key, is_active, revision, created_at, updated_at"

DkimKeyRecord readKey(const Query& row) {
    DkimKeyRecord key;
    key.id = row.id(0);
    key.domain = row.text(1);
    key.selector = row.text(2);
    key.algorithm = contract::dkimAlgorithmNamed(row.text(3)).value_or(contract::DkimAlgorithm::Rsa);
    key.privateKey = row.text(4);
    key.publicKey = row.text(5);
    key.isActive = row.boolean(6);
    key.revision = row.integer(7);
    key.createdAt = row.time(8);
    key.updatedAt = row.time(9);
    return key;
}

Error missing(const Id& id) {
    return {.code = ErrorCode::NotFound, .detail = "no DKIM key " + id.text()};
}

Result<DkimKeyRecord> mustFind(Transaction& transaction, const Id& id) {
    auto found = find(transaction.connection(), id);
    if (!found) return fail(found.error());
    if (!*found) return fail(missing(id));
    return std::move(**found);
}

Result<void> set(Transaction& transaction, const Id& id, bool isActive, TimePoint now) {
    auto query = transaction.query("dkim.set_active",
                                   "UPDATE dkim_keys SET is_active = ?, revision = revision + 1, updated_at = ? "
                                   "WHERE id = ? AND is_active <> ?");
    if (!query) return fail(query.error());
    return query->bindAll(isActive, now, id, isActive).run();
}

}  // namespace

Result<void> insert(Transaction& transaction, const DkimKeyRecord& key) {
    auto query = transaction.query(
        "dkim.insert", "INSERT INTO dkim_keys (" POSTROOM_DKIM_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    if (!query) return fail(query.error());
    return query
        ->bindAll(key.id, key.domain, key.selector, name(key.algorithm), key.privateKey, key.publicKey, key.isActive,
                  key.revision, key.createdAt, key.updatedAt)
        .run();
}

Result<std::optional<DkimKeyRecord>> find(Connection& connection, const Id& id) {
    auto query = connection.query("dkim.find", "SELECT " POSTROOM_DKIM_COLUMNS " FROM dkim_keys WHERE id = ?");
    if (!query) return fail(query.error());
    query->bind(id);
    return collectOne<DkimKeyRecord>(*query, readKey);
}

Result<std::vector<DkimKeyRecord>> list(Connection& connection) {
    auto query = connection.query("dkim.list", "SELECT " POSTROOM_DKIM_COLUMNS " FROM dkim_keys ORDER BY domain, id");
    if (!query) return fail(query.error());
    return collect<DkimKeyRecord>(*query, readKey);
}

Result<void> enable(Transaction& transaction, const Id& id, TimePoint now) {
    const auto key = mustFind(transaction, id);
    if (!key) return fail(key.error());
    if (key->isActive) return {};
    // First: there is never more than one, not even within the transaction.
    auto others = transaction.query("dkim.disable_others",
                                    "UPDATE dkim_keys SET is_active = ?, revision = revision + 1, updated_at = ? "
                                    "WHERE domain = ? AND algorithm = ? AND is_active");
    if (!others) return fail(others.error());
    if (auto ran = others->bindAll(false, now, key->domain, name(key->algorithm)).run(); !ran) return ran;
    return set(transaction, id, true, now);
}

Result<void> disable(Transaction& transaction, const Id& id, TimePoint now) {
    const auto key = mustFind(transaction, id);
    if (!key) return fail(key.error());
    return set(transaction, id, false, now);
}

Result<void> remove(Transaction& transaction, const Id& id) {
    auto query = transaction.query("dkim.remove", "DELETE FROM dkim_keys WHERE id = ?");
    if (!query) return fail(query.error());
    const auto changed = query->bind(id).runCounting();
    if (!changed) return fail(changed.error());
    if (*changed == 0) return fail(missing(id));
    return {};
}

}  // namespace postroom::store::dkim_keys
