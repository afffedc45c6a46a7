// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/idempotency.h"

#include "engine/store/dialect.h"
#include "engine/store/rows.h"

#include <algorithm>

namespace postroom::store::idempotency {

namespace {

// A record names up to a thousand messages.
constexpr std::size_t recordsAtOnce = 50;

Result<bool> isNeeded(Transaction& transaction, const std::string& messages) {
    auto query = transaction.query("messages.any_open", transaction.connection().dialect().openMessages);
    if (!query) return fail(query.error());
    if (auto ran = query->bind(messages).run(); !ran) return fail(ran.error());
    if (query->next()) return query->integer(0) > 0;
    if (query->failure()) return fail(*query->failure());
    return false;
}

Result<void> remove(Transaction& transaction, const IdempotencyRecord& record) {
    auto query = transaction.query("idempotency.remove", "DELETE FROM idempotency_keys WHERE owner = ? AND key = ?");
    if (!query) return fail(query.error());
    return query->bindAll(record.owner, record.key).run();
}

Result<void> keepLonger(Transaction& transaction, const IdempotencyRecord& record, TimePoint until) {
    auto query =
        transaction.query("idempotency.keep", "UPDATE idempotency_keys SET keep_until = ? WHERE owner = ? AND key = ?");
    if (!query) return fail(query.error());
    return query->bindAll(until, record.owner, record.key).run();
}

}  // namespace

Result<void> insert(Transaction& transaction, const IdempotencyRecord& record) {
    auto query = transaction.query(
        "idempotency.insert",
        "INSERT INTO idempotency_keys (owner, key, fingerprint, status, answer, messages, created_at, keep_until) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    if (!query) return fail(query.error());
    const std::string messages = toJsonList(record.messages);
    return query
        ->bindAll(record.owner, record.key, record.fingerprint, record.status, record.answer, messages,
                  record.createdAt, record.keepUntil)
        .run();
}

Result<std::optional<IdempotencyRecord>> find(Connection& connection, std::string_view owner, std::string_view key) {
    auto query = connection.query(
        "idempotency.find",
        "SELECT owner, key, fingerprint, status, answer, messages, created_at, keep_until FROM idempotency_keys "
        "WHERE owner = ? AND key = ?");
    if (!query) return fail(query.error());
    query->bindAll(owner, key);
    return collectOne<IdempotencyRecord>(*query, [](const Query& row) {
        IdempotencyRecord record{.owner = row.text(0),
                                 .key = row.text(1),
                                 .fingerprint = row.text(2),
                                 .status = static_cast<int>(row.integer(3)),
                                 .answer = row.text(4),
                                 .messages = {},
                                 .createdAt = row.time(6),
                                 .keepUntil = row.time(7)};
        for (const std::string& id : fromJsonList(row.text(5)))
            if (const auto read = Id::parse(id)) record.messages.push_back(*read);
        return record;
    });
}

Result<bool> purge(Transaction& transaction, TimePoint now, Milliseconds patience, int limit) {
    struct Row {
        IdempotencyRecord record;
        std::string messages;
    };
    std::vector<Row> rows;
    bool hasMore = false;
    {
        auto query = transaction.query("idempotency.over",
                                       "SELECT owner, key, messages, created_at FROM idempotency_keys "
                                       "WHERE keep_until <= ? ORDER BY keep_until LIMIT ?");
        if (!query) return fail(query.error());
        if (auto ran = query->bindAll(now, recordsAtOnce).run(); !ran) return fail(ran.error());
        for (std::size_t messages = 0; !hasMore && query->next();) {
            Row row{{}, query->text(2)};
            row.record.owner = query->text(0);
            row.record.key = query->text(1);
            row.record.createdAt = query->time(3);
            messages += fromJsonList(row.messages).size();
            rows.push_back(std::move(row));
            hasMore = messages >= static_cast<std::size_t>(limit) || rows.size() == recordsAtOnce;
        }
        if (query->failure()) return fail(*query->failure());
    }
    for (const Row& row : rows) {
        const auto needed = isNeeded(transaction, row.messages);
        if (!needed) return fail(needed.error());
        const auto wait = std::max(patience, (now - row.record.createdAt) / 8);
        auto done = *needed ? keepLonger(transaction, row.record, now + wait) : remove(transaction, row.record);
        if (!done) return fail(done.error());
    }
    return hasMore;
}

}  // namespace postroom::store::idempotency
