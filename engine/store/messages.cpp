// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/messages.h"

#include "engine/contract/json.h"
#include "engine/store/delivery_status.h"
#include "engine/store/dialect.h"
#include "engine/store/rows.h"

#include <algorithm>

namespace postroom::store::messages {

using namespace contract;

namespace {

Result<void> insertMessage(Transaction& transaction, const MessageRecord& message, State status,
                           std::size_t recipients) {
    auto query = transaction.query(
        "messages.insert",
        "INSERT INTO message_records (id, created_at, status, key_id, subject, from_address, pinned_account, sandbox, "
        "on_unknown, message_id_header, expires_at, recipients, size_bytes, priority, scheduled_at, tags, metadata, "
        "template, locale) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    if (!query) return fail(query.error());
    const std::string tags = toJsonList(message.tags), metadata = toJsonMap(message.metadata);
    return query
        ->bindAll(message.id, message.createdAt, name(status), message.keyId, message.subject, message.fromAddress,
                  message.pinnedAccount, message.sandbox, name(message.onUnknown), message.messageIdHeader,
                  message.expiresAt, recipients, message.size_bytes, message.priority, message.scheduledAt, tags,
                  metadata, message.templateName, message.locale)
        .run();
}

Result<void> insertTags(Transaction& transaction, const MessageRecord& message) {
    for (const std::string& tag : message.tags) {
        auto query = transaction.query("tags.insert", "INSERT INTO message_tags (tag, message_id) VALUES (?, ?)");
        if (!query) return fail(query.error());
        if (auto done = query->bindAll(tag, message.id).run(); !done) return done;
    }
    return {};
}

Result<void> insertBody(Transaction& transaction, const Id& messageId, const BodyRecord& body) {
    auto query =
        transaction.query("bodies.insert", "INSERT INTO message_bodies (message_id, content, layout) VALUES (?, ?, ?)");
    if (!query) return fail(query.error());
    return query->bind(messageId).bind(Bytes{body.content}).bind(body.layout).run();
}

Result<void> insertDelivery(Transaction& transaction, const MessageRecord& message, const DeliveryRecord& delivery) {
    auto query = transaction.query(
        "deliveries.insert",
        "INSERT INTO deliveries (message_id, id, recipient, kind, status, attempts, lane, due_at, reason, last_reply, "
        "account_id, updated_at, priority) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    if (!query) return fail(query.error());
    return query
        ->bindAll(message.id, delivery.id, delivery.recipient, name(delivery.kind), name(delivery.status),
                  delivery.attempts, delivery.lane, delivery.dueAt, delivery.reason, delivery.lastReply,
                  delivery.accountId, delivery.updatedAt, message.priority)
        .run();
}

}  // namespace

Result<void> insert(Transaction& transaction, const MessageRecord& message, const BodyRecord& body,
                    const std::vector<DeliveryRecord>& deliveries) {
    if (deliveries.empty()) return fail(ErrorCode::Internal, "a message has at least one delivery");
    State status = State::Sent;
    for (const DeliveryRecord& delivery : deliveries) status = std::min(status, delivery.status);
    if (auto done = insertMessage(transaction, message, status, deliveries.size()); !done) return done;
    if (auto done = insertBody(transaction, message.id, body); !done) return done;
    if (auto done = insertTags(transaction, message); !done) return done;
    for (const DeliveryRecord& delivery : deliveries) {
        if (auto done = insertDelivery(transaction, message, delivery); !done) return done;
        transaction.count(name(delivery.status), 1);
    }
    transaction.count("accepted", static_cast<std::int64_t>(deliveries.size()));
    transaction.count(messageCounter(status), 1);
    return {};
}

Result<std::optional<MessageRecord>> find(Connection& connection, const Id& id) {
    auto query =
        connection.query("messages.find", "SELECT " POSTROOM_MESSAGE_COLUMNS " FROM message_records m WHERE m.id = ?");
    if (!query) return fail(query.error());
    query->bind(id);
    return collectOne<MessageRecord>(*query, [](const Query& row) { return readMessage(row, 0); });
}

Result<BodyRecord> body(Connection& connection, const Id& id) {
    auto query = connection.query("bodies.find", "SELECT content, layout FROM message_bodies WHERE message_id = ?");
    if (!query) return fail(query.error());
    query->bind(id);
    auto found = collectOne<BodyRecord>(*query, [](const Query& row) { return BodyRecord{row.bytes(0), row.text(1)}; });
    if (!found) return fail(found.error());
    if (!*found) return fail(ErrorCode::NotFound, "no body of message " + id.text());
    return std::move(**found);
}

Result<std::string> layout(Connection& connection, const Id& id) {
    auto query = connection.query("bodies.layout", "SELECT layout FROM message_bodies WHERE message_id = ?");
    if (!query) return fail(query.error());
    query->bind(id);
    auto found = collectOne<std::string>(*query, [](const Query& row) { return row.text(0); });
    if (!found) return fail(found.error());
    return found->value_or(std::string{});
}

Result<std::vector<DeliveryRecord>> deliveries(Connection& connection, const Id& messageId) {
    auto query = connection.query("deliveries.list", "SELECT " POSTROOM_DELIVERY_COLUMNS
                                                     " FROM deliveries d WHERE d.message_id = ? ORDER BY d.id");
    if (!query) return fail(query.error());
    query->bind(messageId);
    return collect<DeliveryRecord>(*query, [](const Query& row) { return readDelivery(row, 0); });
}

Result<std::unordered_map<Id, StateCounts>> stateCounts(Connection& connection, const std::vector<Id>& messageIds) {
    const std::string ids = toJsonList(messageIds);
    auto query = connection.query("deliveries.count_by_state", connection.dialect().stateCounts);
    if (!query) return fail(query.error());
    if (auto ran = query->bind(ids).run(); !ran) return fail(ran.error());
    std::unordered_map<Id, StateCounts> counts;
    while (query->next())
        if (const auto state = stateNamed(query->text(1))) counts[query->id(0)][*state] = query->integer(2);
    if (query->failure()) return fail(*query->failure());
    return counts;
}

}  // namespace postroom::store::messages
