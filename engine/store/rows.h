// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Columns of the hot tables and the records they become; used by the room's own files only.

#include "engine/store/connection.h"
#include "engine/store/records.h"

// Literals, so that every statement is whole at compile time.
#define POSTROOM_MESSAGE_COLUMNS                                                                                      \
    "m.id, m.created_at, m.status, m.key_id, m.subject, m.from_address, m.pinned_account, m.sandbox, m.on_unknown, "  \
    "m.message_id_header, m.expires_at, m.recipients, m.size_bytes, m.priority, m.scheduled_at, m.tags, m.metadata, " \
    "m.template, m.locale"
#define POSTROOM_DELIVERY_COLUMNS                                                                               \
    "d.id, d.message_id, d.recipient, d.kind, d.status, d.attempts, d.lane, d.due_at, d.reason, d.last_reply, " \
    "d.account_id, d.updated_at"

namespace postroom::store {

inline constexpr int messageColumns = 19;

/// From the columns above, starting at `first`. A word this program does not know is read as the least harmful one.
[[nodiscard]] MessageRecord readMessage(const Query& query, int first);
[[nodiscard]] DeliveryRecord readDelivery(const Query& query, int first);

/// Texts as a JSON array and back; whatever is no array of texts reads as none.
[[nodiscard]] std::string toJsonList(const std::vector<std::string>& texts);
[[nodiscard]] std::string toJsonList(const std::vector<Id>& ids);
[[nodiscard]] std::vector<std::string> fromJsonList(std::string_view json);
/// The same for texts by name.
[[nodiscard]] std::string toJsonMap(const std::map<std::string, std::string>& texts);
[[nodiscard]] std::map<std::string, std::string> fromJsonMap(std::string_view json);

/// Runs a statement that was bound; its rows each become a record.
template <typename Record, typename Read>
[[nodiscard]] Result<std::vector<Record>> collect(Query& query, Read read) {
    if (auto ran = query.run(); !ran) return fail(ran.error());
    std::vector<Record> records;
    while (query.next()) records.push_back(read(query));
    if (query.failure()) return fail(*query.failure());
    return records;
}

/// The only row's record, if there is one.
template <typename Record, typename Read>
[[nodiscard]] Result<std::optional<Record>> collectOne(Query& query, Read read) {
    if (auto ran = query.run(); !ran) return fail(ran.error());
    std::optional<Record> record;
    if (query.next()) record = read(query);
    if (query.failure()) return fail(*query.failure());
    return record;
}

}  // namespace postroom::store
