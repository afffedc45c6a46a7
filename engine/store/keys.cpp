// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/keys.h"

#include "engine/store/rows.h"

namespace postroom::store::keys {

namespace {

#define POSTROOM_KEY_COLUMNS                                                                                      \
    "id, key, secret_hash, name, description, scopes, is_test, is_active, created_at, revoked_at, last_used_at, " \
    "revision, expires_at, secret_version, old_secret_hash, old_secret_until, allowed_ips, allowed_from, "        \
    "allowed_accounts"

ApiKeyRecord readKey(const Query& row) {
    ApiKeyRecord key;
    key.id = row.id(0);
    key.key = row.text(1);
    key.secretHash = row.text(2);
    key.name = row.text(3);
    key.description = row.text(4);
    key.scopes = fromJsonList(row.text(5));
    key.isTest = row.boolean(6);
    key.isActive = row.boolean(7);
    key.createdAt = row.time(8);
    key.revokedAt = row.optionalTime(9);
    key.lastUsedAt = row.optionalTime(10);
    key.revision = row.integer(11);
    key.expiresAt = row.optionalTime(12);
    key.secretVersion = row.integer(13);
    key.oldSecretHash = row.text(14);
    key.oldSecretUntil = row.optionalTime(15);
    key.allowedIps = fromJsonList(row.text(16));
    key.allowedFrom = fromJsonList(row.text(17));
    key.allowedAccounts = fromJsonList(row.text(18));
    return key;
}

// What an UPDATE that asked for a revision means.
Result<void> judge(Connection& connection, const ApiKeyRecord& key, const Result<std::int64_t>& changed) {
    if (!changed) return fail(changed.error());
    if (*changed > 0) return {};
    const auto now = find(connection, key.id);
    if (!now) return fail(now.error());
    if (!*now) return fail(ErrorCode::NotFound, "no key " + key.id.text());
    return fail(ErrorCode::RevisionStale, "the key is at revision " + std::to_string((*now)->revision));
}

}  // namespace

Result<void> insert(Transaction& transaction, const ApiKeyRecord& key) {
    auto query = transaction.query("keys.insert", "INSERT INTO api_keys (" POSTROOM_KEY_COLUMNS
                                                  ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    if (!query) return fail(query.error());
    const std::string scopes = toJsonList(key.scopes), ips = toJsonList(key.allowedIps),
                      from = toJsonList(key.allowedFrom), accounts = toJsonList(key.allowedAccounts);
    return query
        ->bindAll(key.id, key.key, key.secretHash, key.name, key.description, scopes, key.isTest, key.isActive,
                  key.createdAt, key.revokedAt, key.lastUsedAt, key.revision, key.expiresAt, key.secretVersion,
                  key.oldSecretHash, key.oldSecretUntil, ips, from, accounts)
        .run();
}

Result<std::optional<ApiKeyRecord>> find(Connection& connection, const Id& id) {
    auto query = connection.query("keys.find", "SELECT " POSTROOM_KEY_COLUMNS " FROM api_keys WHERE id = ?");
    if (!query) return fail(query.error());
    query->bind(id);
    return collectOne<ApiKeyRecord>(*query, readKey);
}

Result<std::vector<ApiKeyRecord>> list(Connection& connection) {
    auto query = connection.query("keys.list", "SELECT " POSTROOM_KEY_COLUMNS " FROM api_keys ORDER BY id");
    if (!query) return fail(query.error());
    return collect<ApiKeyRecord>(*query, readKey);
}

Result<void> update(Transaction& transaction, const ApiKeyRecord& key) {
    auto query = transaction.query("keys.update",
                                   "UPDATE api_keys SET name = ?, description = ?, scopes = ?, expires_at = ?, "
                                   "allowed_ips = ?, allowed_from = ?, allowed_accounts = ?, revision = revision + 1 "
                                   "WHERE id = ? AND revision = ?");
    if (!query) return fail(query.error());
    const std::string scopes = toJsonList(key.scopes), ips = toJsonList(key.allowedIps),
                      from = toJsonList(key.allowedFrom), accounts = toJsonList(key.allowedAccounts);
    query->bindAll(key.name, key.description, scopes, key.expiresAt, ips, from, accounts, key.id, key.revision);
    return judge(transaction.connection(), key, query->runCounting());
}

Result<void> setSecrets(Transaction& transaction, const ApiKeyRecord& key) {
    auto query = transaction.query("keys.set_secrets",
                                   "UPDATE api_keys SET secret_hash = ?, secret_version = ?, old_secret_hash = ?, "
                                   "old_secret_until = ?, revision = revision + 1 WHERE id = ? AND revision = ?");
    if (!query) return fail(query.error());
    query->bindAll(key.secretHash, key.secretVersion, key.oldSecretHash, key.oldSecretUntil, key.id, key.revision);
    return judge(transaction.connection(), key, query->runCounting());
}

Result<void> revoke(Transaction& transaction, const Id& id, TimePoint now) {
    auto query = transaction.query("keys.revoke",
                                   "UPDATE api_keys SET is_active = ?, revoked_at = ?, revision = revision + 1 "
                                   "WHERE id = ? AND revoked_at IS NULL");
    if (!query) return fail(query.error());
    const auto changed = query->bindAll(false, now, id).runCounting();
    if (!changed) return fail(changed.error());
    if (*changed > 0) return {};
    const auto there = find(transaction.connection(), id);
    if (!there) return fail(there.error());
    if (!*there) return fail(ErrorCode::NotFound, "no key " + id.text());
    return {};
}

Result<void> touch(Transaction& transaction, const Id& id, TimePoint usedAt) {
    auto query = transaction.query("keys.touch",
                                   "UPDATE api_keys SET last_used_at = ? "
                                   "WHERE id = ? AND (last_used_at IS NULL OR last_used_at < ?)");
    if (!query) return fail(query.error());
    return query->bindAll(usedAt, id, usedAt).run();
}

}  // namespace postroom::store::keys
