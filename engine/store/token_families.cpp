// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/token_families.h"

#include "engine/store/rows.h"

namespace postroom::store::token_families {

namespace {

#define POSTROOM_FAMILY_COLUMNS "id, key_id, jti, access_until, expires_at, revoked_at"

TokenFamilyRecord readFamily(const Query& row) {
    return {.id = row.id(0),
            .keyId = row.id(1),
            .jti = row.id(2),
            .accessUntil = row.time(3),
            .expiresAt = row.time(4),
            .revokedAt = row.optionalTime(5)};
}

}  // namespace

Result<void> insert(Transaction& transaction, const TokenFamilyRecord& family) {
    auto query = transaction.query(
        "token_families.insert", "INSERT INTO token_families (" POSTROOM_FAMILY_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?)");
    if (!query) return fail(query.error());
    return query->bindAll(family.id, family.keyId, family.jti, family.accessUntil, family.expiresAt, family.revokedAt)
        .run();
}

Result<std::optional<TokenFamilyRecord>> find(Connection& connection, const Id& id) {
    auto query =
        connection.query("token_families.find", "SELECT " POSTROOM_FAMILY_COLUMNS " FROM token_families WHERE id = ?");
    if (!query) return fail(query.error());
    query->bind(id);
    return collectOne<TokenFamilyRecord>(*query, readFamily);
}

Result<bool> rotate(Transaction& transaction, const TokenFamilyRecord& family, const Id& used) {
    auto query = transaction.query("token_families.rotate",
                                   "UPDATE token_families SET jti = ?, expires_at = ?, "
                                   "access_until = CASE WHEN access_until > ? THEN access_until ELSE ? END "
                                   "WHERE id = ? AND jti = ? AND revoked_at IS NULL");
    if (!query) return fail(query.error());
    const auto changed =
        query->bindAll(family.jti, family.expiresAt, family.accessUntil, family.accessUntil, family.id, used)
            .runCounting();
    if (!changed) return fail(changed.error());
    return *changed > 0;
}

Result<void> revoke(Transaction& transaction, const Id& id, TimePoint now) {
    auto query = transaction.query("token_families.revoke",
                                   "UPDATE token_families SET revoked_at = ?, expires_at = access_until "
                                   "WHERE id = ? AND revoked_at IS NULL");
    if (!query) return fail(query.error());
    return query->bindAll(now, id).run();
}

Result<std::vector<TokenFamilyRecord>> revoked(Connection& connection, TimePoint now) {
    auto query = connection.query("token_families.revoked",
                                  "SELECT " POSTROOM_FAMILY_COLUMNS
                                  " FROM token_families WHERE expires_at > ? AND revoked_at IS NOT NULL");
    if (!query) return fail(query.error());
    query->bind(now);
    return collect<TokenFamilyRecord>(*query, readFamily);
}

Result<void> purge(Transaction& transaction, TimePoint now, int most) {
    auto query = transaction.query("token_families.purge",
                                   "DELETE FROM token_families WHERE id IN "
                                   "(SELECT id FROM token_families WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)");
    if (!query) return fail(query.error());
    return query->bindAll(now, most).run();
}

}  // namespace postroom::store::token_families
