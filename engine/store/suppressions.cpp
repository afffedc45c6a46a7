// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/suppressions.h"

#include "engine/base/text.h"
#include "engine/store/rows.h"

namespace postroom::store::suppressions {

namespace {

constexpr auto patience = std::chrono::milliseconds{100};
constexpr int rowsAtOnce = 1000;

#define POSTROOM_SUPPRESSION_COLUMNS "id, address, reason, reply, message_id, note, created_at, expires_at"
#define POSTROOM_SUPPRESSION_INSERT                                                                   \
    "INSERT INTO suppressions (" POSTROOM_SUPPRESSION_COLUMNS                                         \
    ") VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (address) DO UPDATE SET id = excluded.id, "        \
    "reason = excluded.reason, reply = excluded.reply, message_id = excluded.message_id, "            \
    "note = excluded.note, created_at = excluded.created_at, expires_at = excluded.expires_at WHERE " \
    "suppressions.expires_at <= ?"

SuppressionRecord readSuppression(const Query& row) {
    return {.id = row.id(0),
            .address = row.text(1),
            .reason = row.text(2),
            .reply = row.text(3),
            .messageId = row.optionalId(4),
            .note = row.text(5),
            .createdAt = row.time(6),
            .expiresAt = row.optionalTime(7)};
}

Result<std::int64_t> write(Query& query, const SuppressionRecord& record, TimePoint now) {
    return query
        .bindAll(record.id, record.address, record.reason, record.reply, record.messageId, record.note,
                 record.createdAt, record.expiresAt, now)
        .runCounting();
}

bool fits(const SuppressionRecord& record, const SuppressionSearch& filter) {
    return (filter.reason.empty() || record.reason == filter.reason) &&
           (filter.part.empty() || record.address.find(filter.part) != record.address.npos);
}

}  // namespace

std::string formOf(std::string_view recipient) {
    return toLowerAscii(recipient);
}

std::string domainFormOf(std::string_view recipient) {
    const auto at = recipient.rfind('@');
    return "*" + toLowerAscii(recipient.substr(std::min(at, recipient.size())));
}

Result<bool> insert(Transaction& transaction, const SuppressionRecord& record, TimePoint now) {
    auto query = transaction.query("suppressions.insert", POSTROOM_SUPPRESSION_INSERT);
    if (!query) return fail(query.error());
    const auto changed = write(*query, record, now);
    if (!changed) return fail(changed.error());
    return *changed > 0;
}

Result<void> note(Transaction& transaction, const SuppressionRecord& record, TimePoint now) {
    auto query = transaction.query("suppressions.note", POSTROOM_SUPPRESSION_INSERT
                                   " OR (suppressions.reason = 'hard_bounce' "
                                   "AND suppressions.expires_at < excluded.expires_at)");
    if (!query) return fail(query.error());
    const auto changed = write(*query, record, now);
    if (!changed) return fail(changed.error());
    return {};
}

Result<void> remove(Transaction& transaction, const Id& id) {
    auto query = transaction.query("suppressions.remove", "DELETE FROM suppressions WHERE id = ?");
    if (!query) return fail(query.error());
    const auto changed = query->bind(id).runCounting();
    if (!changed) return fail(changed.error());
    if (*changed == 0) return fail(ErrorCode::NotFound, "no suppression " + id.text());
    return {};
}

Result<int> purge(Transaction& transaction, TimePoint now, int limit) {
    auto query = transaction.query("suppressions.purge",
                                   "DELETE FROM suppressions WHERE id IN (SELECT id FROM suppressions "
                                   "WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)");
    if (!query) return fail(query.error());
    const auto removed = query->bindAll(now, limit).runCounting();
    if (!removed) return fail(removed.error());
    return static_cast<int>(*removed);
}

Result<std::optional<SuppressionRecord>> find(Connection& connection, const Id& id) {
    auto query =
        connection.query("suppressions.find", "SELECT " POSTROOM_SUPPRESSION_COLUMNS " FROM suppressions WHERE id = ?");
    if (!query) return fail(query.error());
    query->bind(id);
    return collectOne<SuppressionRecord>(*query, readSuppression);
}

Result<std::optional<SuppressionRecord>> find(Connection& connection, std::string_view address) {
    auto query = connection.query("suppressions.find_address",
                                  "SELECT " POSTROOM_SUPPRESSION_COLUMNS " FROM suppressions WHERE address = ?");
    if (!query) return fail(query.error());
    query->bind(address);
    return collectOne<SuppressionRecord>(*query, readSuppression);
}

Result<std::optional<SuppressionRecord>> inForce(Connection& connection, std::string_view recipient, TimePoint at) {
    auto query = connection.query("suppressions.in_force",
                                  "SELECT " POSTROOM_SUPPRESSION_COLUMNS
                                  " FROM suppressions WHERE address IN (?, ?) AND (expires_at IS NULL OR "
                                  "expires_at > ?) ORDER BY CASE WHEN address = ? THEN 0 ELSE 1 END LIMIT 1");
    if (!query) return fail(query.error());
    const std::string own = formOf(recipient), domain = domainFormOf(recipient);
    query->bindAll(own, domain, at, own);
    return collectOne<SuppressionRecord>(*query, readSuppression);
}

Result<SuppressionPage> page(Connection& connection, const SuppressionSearch& filter, int limit) {
    // Bounded before it is judged, and by the clock: a part of an address is in no index, and there may be millions.
    const auto endsAt = std::chrono::steady_clock::now() + patience;
    const bool all = filter.part.empty() && filter.reason.empty();
    SuppressionPage out;
    std::string before = filter.before ? filter.before->text() : std::string{"ffffffff-ffff-ffff-ffff-ffffffffffff"};
    for (;;) {
        const int asked = all ? limit : rowsAtOnce;
        auto query = connection.query("suppressions.page", "SELECT " POSTROOM_SUPPRESSION_COLUMNS
                                                           " FROM suppressions WHERE id < ? ORDER BY id DESC LIMIT ?");
        if (!query) return fail(query.error());
        query->bindAll(before, asked);
        auto rows = collect<SuppressionRecord>(*query, readSuppression);
        if (!rows) return fail(rows.error());
        for (SuppressionRecord& row : *rows) {
            before = row.id.text();
            if (!fits(row, filter)) continue;
            out.rows.push_back(std::move(row));
            if (static_cast<int>(out.rows.size()) == limit) return out.next = Id::parse(before), out;
        }
        if (static_cast<int>(rows->size()) < asked) return out;
        if (std::chrono::steady_clock::now() >= endsAt) return out.next = Id::parse(before), out;
    }
}

Result<std::vector<std::string>> addresses(Connection& connection, std::string_view after, int limit) {
    auto query = connection.query("suppressions.addresses",
                                  "SELECT address FROM suppressions WHERE address > ? ORDER BY address LIMIT ?");
    if (!query) return fail(query.error());
    query->bindAll(after, limit);
    return collect<std::string>(*query, [](const Query& row) { return row.text(0); });
}

}  // namespace postroom::store::suppressions
