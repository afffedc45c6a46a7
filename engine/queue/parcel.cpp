// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/parcel.h"

#include "engine/contract/json.h"

namespace postroom::queue {

std::string laneName(const std::string& from, const std::string& pinned, bool sandbox) {
    if (sandbox) return "sandbox";
    const std::string sender = from.empty() ? std::string() : "from:" + from;
    if (!pinned.empty()) return "account:" + pinned + (sender.empty() ? "" : " ") + sender;
    return sender.empty() ? "*" : sender;
}

namespace {
// No lane begins so: see laneName().
constexpr std::string_view templatePark = "paused:template:", domainPark = "paused:domain:";
}  // namespace

std::string parkName(const policy::MailPause& pause) {
    return std::string(pause.of == policy::MailPause::Of::Template ? templatePark : domainPark) + pause.name;
}

std::optional<policy::MailPause> pauseOfPark(std::string_view name) {
    using Of = policy::MailPause::Of;
    for (const auto& [prefix, of] : {std::pair{templatePark, Of::Template}, std::pair{domainPark, Of::Domain}})
        if (name.starts_with(prefix)) return policy::MailPause{of, std::string(name.substr(prefix.size()))};
    return std::nullopt;
}

// Layout: [size of the head, piece, piece...]; a piece is the size of its literal, or ["stored name", size].
store::BodyRecord packBody(const content::Composition& composition) {
    store::BodyRecord record;
    record.content = composition.head;
    json::Array layout{composition.head.size()};
    for (const content::Piece& piece : composition.body) {
        if (piece.storedAs.empty()) {
            record.content.append(piece.literal);
            layout.emplace_back(piece.literal.size());
        } else {
            layout.push_back(json::Array{json::Value(piece.storedAs), piece.size_bytes});
        }
    }
    record.layout = json::serialise(layout);
    return record;
}

Result<std::shared_ptr<const content::Composition>> unpackBody(const store::BodyRecord& record,
                                                               const std::string& messageIdHeader) {
    const auto damaged = [] { return fail(ErrorCode::StorageCorrupt, "a stored body does not fit its layout"); };
    const auto layout = json::parse(record.layout);
    if (!layout || !layout->is_array() || layout->get_array().empty()) return damaged();
    auto composition = std::make_shared<content::Composition>();
    composition->messageIdHeader = messageIdHeader;
    std::size_t at = 0;
    bool first = true, fits = true;
    const auto take = [&](const json::Value& size) -> std::string {
        const std::uint64_t length =
            size.is_int64() && size.get_int64() >= 0 ? static_cast<std::uint64_t>(size.get_int64()) : UINT64_MAX;
        if (length > record.content.size() - at) return fits = false, std::string{};
        at += length;
        return record.content.substr(at - length, length);
    };
    for (const json::Value& entry : layout->get_array()) {
        if (std::exchange(first, false)) {
            composition->head = take(entry);
        } else if (const json::Array* stored = entry.if_array()) {
            if (stored->size() != 2 || !(*stored)[0].is_string() || !(*stored)[1].is_int64()) return damaged();
            composition->body.push_back({.literal = {},
                                         .storedAs = std::string((*stored)[0].get_string()),
                                         .size_bytes = static_cast<std::uint64_t>((*stored)[1].get_int64())});
        } else {
            composition->body.push_back({.literal = take(entry), .storedAs = {}, .size_bytes = 0});
        }
        if (!fits) return damaged();
    }
    if (at != record.content.size()) return damaged();
    composition->encodedSize_bytes = content::encodedSizeOf(composition->head, composition->body);
    return composition;
}

std::vector<std::string> filesIn(std::string_view layout) {
    std::vector<std::string> names;
    const auto pieces = json::parse(layout);
    if (!pieces || !pieces->is_array()) return names;
    for (const json::Value& piece : pieces->get_array())
        if (const json::Array* stored = piece.if_array(); stored && !stored->empty() && (*stored)[0].is_string())
            names.emplace_back((*stored)[0].get_string());
    return names;
}

std::shared_ptr<Message> toMessage(const store::MessageRecord& record) {
    auto message = std::make_shared<Message>();
    message->id = record.id;
    message->from = record.fromAddress;
    message->pinned = record.pinnedAccount;
    message->lane = laneName(record.fromAddress, record.pinnedAccount, record.sandbox);
    message->templateName = record.templateName;
    message->sandbox = record.sandbox;
    message->onUnknown = record.onUnknown;
    message->priority = record.priority;
    message->wantedAt = record.scheduledAt.value_or(record.createdAt);
    message->expiresAt = record.expiresAt;
    return message;
}

}  // namespace postroom::queue
