// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/handlers.h"
#include "engine/api/services.h"
#include "engine/content/draft.h"
#include "engine/contract/templates.h"
#include "engine/store/files.h"

namespace postroom::api {

namespace {

std::chrono::days keptFor(const Services& services) {
    return std::chrono::days{services.settings.integer("ATTACHMENT_EXPIRE_DAYS")};
}

contract::UploadedFile toContract(const store::UploadRecord& row, std::chrono::days kept) {
    return {.id = row.id,
            .filename = row.filename,
            .contentType = row.contentType,
            .size_bytes = row.size_bytes,
            .sha256 = row.storedAs,
            .createdAt = row.createdAt,
            .expiresAt = row.usedAt + kept};
}

// Its row, if the principal may know of it.
Result<store::UploadRecord> seen(store::Connection& connection, const Call& call) {
    const auto id = pathId(call);
    if (!id) return fail(id.error());
    auto row = store::files::findUpload(connection, *id);
    if (!row) return fail(row.error());
    if (!*row || !call.principal.sees((*row)->keyId)) return fail(ErrorCode::NotFound);
    return std::move(**row);
}

// What came in one piece is put where what came in many is.
Result<std::shared_ptr<queue::StoredFiles::Arrival>> fileOf(Services& services, const Call& call) {
    if (call.file) return call.file;
    if (call.bytes.empty()) return fail(invalidField("body", "field.empty", "the file is empty"));
    auto begun = services.files.begin();
    if (!begun) return fail(begun.error());
    if (auto added = (*begun)->add(call.bytes); !added) return fail(added.error());
    return std::shared_ptr<queue::StoredFiles::Arrival>(std::move(*begun));
}

// In the heavy thread: it waits for the disk.
void keep(Services& services, const Call& call, const Reply& reply, store::UploadRecord row) {
    const auto file = fileOf(services, call);
    if (!file) return reply(fail(file.error()));
    row.size_bytes = static_cast<std::int64_t>((*file)->size_bytes());
    auto hold = (*file)->keep();
    if (!hold) return reply(fail(hold.error()));
    row.storedAs = **hold;
    // Held until the row that needs it is there.
    services.writer.submit(
        store::Write{[row](store::Transaction& transaction) { return store::files::addUpload(transaction, row); },
                     [reply, row, hold = std::move(*hold), kept = keptFor(services)](const Result<void>& result) {
                         if (!result) return reply(fail(result.error()));
                         reply(Answer{.status = 201, .data = contract::toJson(toContract(row, kept))});
                     }});
}

}  // namespace

void postAttachment(Services& services, Call call, Reply reply) {
    const auto given = call.queryValue("filename");
    if (!given) return reply(fail(invalidField("filename", "field.required", "is required")));
    const auto filename = content::cleanFilename(*given);
    if (!filename)
        return reply(
            fail(invalidField("filename", "attachment.filename_invalid",
                              "a file's name is UTF-8 without controls, 1 to 255 bytes after the last slash")));
    const std::string contentType = call.queryValue("content_type").value_or("application/octet-stream");
    if (!content::parseContentType(contentType))
        return reply(fail(invalidField("content_type", "attachment.content_type_invalid",
                                       "this is not a content type a file can have")));
    const auto limit = static_cast<std::size_t>(services.settings.integer("ATTACHMENT_MAX_SIZE"));
    if (call.bytes.size() > limit) return reply(fail(ErrorCode::BodyTooLarge));
    store::UploadRecord row;
    row.createdAt = row.usedAt = services.clock.now();
    row.id = makeId(row.createdAt);
    row.filename = *filename;
    row.contentType = contentType;
    row.keyId = call.principal.keyId;
    const bool posted = services.heavyWorker.post(
        [&services, call = std::move(call), reply, row = std::move(row)] { keep(services, call, reply, row); });
    if (!posted) reply(fail(ErrorCode::Stopping));
}

void listAttachments(Services& services, Call call, Reply reply) {
    const auto limit = pageLimit(call);
    const auto cursor = pageCursor(call);
    if (!limit || !cursor) return reply(fail(limit ? cursor.error() : limit.error()));
    std::optional<Id> owner;
    if (!call.principal.scopes.has(security::Scope::Read)) owner = call.principal.keyId;
    answerFrom(services, std::move(reply),
               [owner, before = *cursor, limit = *limit,
                kept = keptFor(services)](store::Connection& connection) -> Result<Answer> {
                   const auto rows = store::files::uploads(connection, owner, before, limit);
                   if (!rows) return fail(rows.error());
                   contract::Page<contract::UploadedFile> page;
                   for (const auto& row : *rows) page.items.push_back(toContract(row, kept));
                   if (static_cast<int>(rows->size()) == limit) page.nextCursor = rows->back().id.text();
                   return Answer{.data = contract::toJson(page)};
               });
}

void getAttachment(Services& services, Call call, Reply reply) {
    answerFrom(services, std::move(reply),
               [call = std::move(call), kept = keptFor(services)](store::Connection& connection) -> Result<Answer> {
                   const auto row = seen(connection, call);
                   if (!row) return fail(row.error());
                   return Answer{.data = contract::toJson(toContract(*row, kept))};
               });
}

// Messages that attached it keep their file.
void deleteAttachment(Services& services, Call call, Reply reply) {
    answerAfter(
        services, std::move(reply),
        [call = std::move(call)](store::Transaction& transaction) -> Result<void> {
            const auto row = seen(transaction.connection(), call);
            if (!row) return fail(row.error());
            if (!call.principal.mayChange(row->keyId))
                return fail(ErrorCode::Forbidden, "the attachment is another key's");
            return store::files::removeUpload(transaction, row->id);
        },
        []() -> Result<Answer> { return Answer{}; });
}

}  // namespace postroom::api
