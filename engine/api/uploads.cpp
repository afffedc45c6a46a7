// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/uploads.h"

#include "engine/api/services.h"
#include "engine/contract/requests.h"

#include <set>

namespace postroom::api {

namespace {

constexpr std::size_t mostLookedUp = 5000;

// The body may be of any form: a batch's messages are judged later, one by one. What will be refused
// for having too many is not looked up.
void addIds(const json::Value& message, std::set<std::string>& ids) {
    const json::Object* object = message.if_object();
    const json::Value* attachments = object ? object->if_contains("attachments") : nullptr;
    if (!attachments || !attachments->is_array() || attachments->get_array().size() > contract::mostAttachments) return;
    for (const json::Value& attachment : attachments->get_array())
        if (const json::Object* fields = attachment.if_object())
            if (const json::Value* id = fields->if_contains("attachment_id"); id && id->is_string())
                ids.insert(std::string(id->get_string()));
}

std::set<std::string> idsIn(const json::Value& body) {
    std::set<std::string> ids;
    addIds(body, ids);
    const json::Object* object = body.if_object();
    const json::Value* messages = object ? object->if_contains("messages") : nullptr;
    if (messages && messages->is_array())
        for (const json::Value& message : messages->get_array()) addIds(message, ids);
    return ids;
}

Result<Uploads> find(Services& services, store::Connection& connection, const Principal& principal,
                     const std::set<std::string>& ids) {
    Uploads uploads;
    for (const std::string& text : ids) {
        const auto id = Id::parse(text);
        if (!id) continue;
        auto record = store::files::findUpload(connection, *id);
        if (!record) return fail(record.error());
        if (!*record || !principal.sees((*record)->keyId)) continue;
        auto hold = services.files.hold((*record)->storedAs);
        if (!hold) continue;
        uploads.emplace(text, Upload{std::move(**record), std::move(*hold)});
    }
    return uploads;
}

}  // namespace

void FileSink::take(std::string piece, std::function<void(Result<void>)> taken) {
    const bool posted = m_heavy.post(
        [arriving = m_arriving, &files = m_files, &api = m_api, piece = std::move(piece), taken]() mutable {
            Result<void> result;
            if (!arriving->file) {
                auto begun = files.begin();
                if (begun)
                    arriving->file = std::move(*begun);
                else
                    result = fail(begun.error());
            }
            if (result) result = arriving->file->add(piece);
            api.post([taken = std::move(taken), result] { taken(result); });
        });
    if (!posted) taken(fail(ErrorCode::Stopping));
}

void withUploads(Services& services, Call call, Reply reply,
                 std::function<void(Services&, Call, Reply, const Uploads&)> then) {
    auto ids = idsIn(call.body);
    if (ids.empty()) return then(services, std::move(call), std::move(reply), {});
    if (ids.size() > mostLookedUp)
        return reply(fail(invalidField("messages", "field.too_many",
                                       "the messages of the batch attach more than 5,000 uploads together")));
    const bool posted = services.readers.submit([&services, call = std::move(call), reply, then = std::move(then),
                                                 ids = std::move(ids)](store::Connection& connection) mutable {
        auto uploads = find(services, connection, call.principal, ids);
        if (!uploads) return reply(fail(uploads.error()));
        const bool goesOn = services.heavyWorker.post(
            [&services, call = std::move(call), reply, then = std::move(then),
             uploads = std::move(*uploads)]() mutable { then(services, std::move(call), std::move(reply), uploads); });
        if (!goesOn) reply(fail(ErrorCode::Stopping));
    });
    if (!posted) reply(fail(ErrorCode::Stopping));
}

}  // namespace postroom::api
