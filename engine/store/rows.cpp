// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/rows.h"

#include "engine/contract/json.h"

namespace postroom::store {

using namespace contract;

MessageRecord readMessage(const Query& query, int first) {
    MessageRecord message;
    message.id = query.id(first);
    message.createdAt = query.time(first + 1);
    // Held is what nothing happens to until a person looks.
    message.status = stateNamed(query.text(first + 2)).value_or(State::Held);
    message.keyId = query.optionalId(first + 3);
    message.subject = query.text(first + 4);
    message.fromAddress = query.text(first + 5);
    message.pinnedAccount = query.text(first + 6);
    message.sandbox = query.boolean(first + 7);
    message.onUnknown = onUnknownNamed(query.text(first + 8)).value_or(OnUnknown::Hold);
    message.messageIdHeader = query.text(first + 9);
    message.expiresAt = query.time(first + 10);
    message.recipients = static_cast<int>(query.integer(first + 11));
    message.size_bytes = query.integer(first + 12);
    message.priority = static_cast<int>(query.integer(first + 13));
    message.scheduledAt = query.optionalTime(first + 14);
    message.tags = fromJsonList(query.text(first + 15));
    message.metadata = fromJsonMap(query.text(first + 16));
    message.templateName = query.text(first + 17);
    message.locale = query.text(first + 18);
    return message;
}

DeliveryRecord readDelivery(const Query& query, int first) {
    DeliveryRecord delivery;
    delivery.id = query.id(first);
    delivery.messageId = query.id(first + 1);
    delivery.recipient = query.text(first + 2);
    delivery.kind = recipientKindNamed(query.text(first + 3)).value_or(RecipientKind::Bcc);
    delivery.status = stateNamed(query.text(first + 4)).value_or(State::Held);
    delivery.attempts = static_cast<int>(query.integer(first + 5));
    delivery.lane = query.text(first + 6);
    delivery.dueAt = query.time(first + 7);
    delivery.reason = query.text(first + 8);
    delivery.lastReply = query.text(first + 9);
    delivery.accountId = query.optionalId(first + 10);
    delivery.updatedAt = query.time(first + 11);
    return delivery;
}

std::string toJsonList(const std::vector<std::string>& texts) {
    json::Array array;
    for (const std::string& text : texts) array.emplace_back(text);
    return json::serialise(json::Value(std::move(array)));
}

std::string toJsonList(const std::vector<Id>& ids) {
    std::vector<std::string> texts;
    texts.reserve(ids.size());
    for (const Id& id : ids) texts.push_back(id.text());
    return toJsonList(texts);
}

std::vector<std::string> fromJsonList(std::string_view text) {
    std::vector<std::string> texts;
    if (text == "[]") return texts;
    const auto value = json::parse(text);
    if (!value || !value->is_array()) return texts;
    for (const json::Value& entry : value->get_array())
        if (entry.is_string()) texts.emplace_back(entry.get_string());
    return texts;
}

std::string toJsonMap(const std::map<std::string, std::string>& texts) {
    json::Object object;
    for (const auto& [name, text] : texts) object.emplace(name, text);
    return json::serialise(json::Value(std::move(object)));
}

std::map<std::string, std::string> fromJsonMap(std::string_view text) {
    std::map<std::string, std::string> texts;
    if (text == "{}") return texts;
    const auto value = json::parse(text);
    if (!value || !value->is_object()) return texts;
    for (const auto& member : value->get_object())
        if (member.value().is_string()) texts.emplace(member.key(), member.value().get_string());
    return texts;
}

}  // namespace postroom::store
