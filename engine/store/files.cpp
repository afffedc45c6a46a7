// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/files.h"

#include "engine/store/rows.h"

#include <algorithm>

namespace postroom::store::files {

namespace {

#define POSTROOM_UPLOAD_COLUMNS "id, stored_as, filename, content_type, size_bytes, key_id, created_at, used_at"

constexpr std::string_view afterAll = "ffffffff-ffff-ffff-ffff-ffffffffffff";

UploadRecord readUpload(const Query& row) {
    return {.id = row.id(0),
            .storedAs = row.text(1),
            .filename = row.text(2),
            .contentType = row.text(3),
            .size_bytes = row.integer(4),
            .keyId = row.optionalId(5),
            .createdAt = row.time(6),
            .usedAt = row.time(7)};
}

Result<void> mustChange(Query& query, const Id& id) {
    const auto changed = query.runCounting();
    if (!changed) return fail(changed.error());
    if (*changed == 0) return fail(ErrorCode::NotFound, "no attachment " + id.text());
    return {};
}

}  // namespace

Result<void> addUpload(Transaction& transaction, const UploadRecord& upload) {
    auto query = transaction.query(
        "files.add_upload", "INSERT INTO attachments (" POSTROOM_UPLOAD_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    if (!query) return fail(query.error());
    return query
        ->bindAll(upload.id, upload.storedAs, upload.filename, upload.contentType, upload.size_bytes, upload.keyId,
                  upload.createdAt, upload.usedAt)
        .run();
}

Result<std::optional<UploadRecord>> findUpload(Connection& connection, const Id& id) {
    auto query =
        connection.query("files.find_upload", "SELECT " POSTROOM_UPLOAD_COLUMNS " FROM attachments WHERE id = ?");
    if (!query) return fail(query.error());
    query->bind(id);
    return collectOne<UploadRecord>(*query, readUpload);
}

Result<std::vector<UploadRecord>> uploads(Connection& connection, const std::optional<Id>& keyId,
                                          const std::optional<Id>& before, int limit) {
    const std::string from = before ? before->text() : std::string{afterAll};
    auto query = keyId ? connection.query("files.uploads_of_key",
                                          "SELECT " POSTROOM_UPLOAD_COLUMNS
                                          " FROM attachments WHERE key_id = ? AND id < ? ORDER BY id DESC LIMIT ?")
                       : connection.query("files.uploads", "SELECT " POSTROOM_UPLOAD_COLUMNS
                                                           " FROM attachments WHERE id < ? ORDER BY id DESC LIMIT ?");
    if (!query) return fail(query.error());
    if (keyId) query->bind(*keyId);
    query->bindAll(from, limit);
    return collect<UploadRecord>(*query, readUpload);
}

Result<void> touchUpload(Transaction& transaction, const Id& id, TimePoint now) {
    auto query = transaction.query("files.touch_upload", "UPDATE attachments SET used_at = ? WHERE id = ?");
    if (!query) return fail(query.error());
    query->bindAll(now, id);
    return mustChange(*query, id);
}

Result<void> removeUpload(Transaction& transaction, const Id& id) {
    auto query = transaction.query("files.remove_upload", "DELETE FROM attachments WHERE id = ?");
    if (!query) return fail(query.error());
    query->bind(id);
    return mustChange(*query, id);
}

Result<int> expireUploads(Transaction& transaction, TimePoint before, int limit) {
    auto query = transaction.query("files.expire_uploads",
                                   "DELETE FROM attachments WHERE id IN "
                                   "(SELECT id FROM attachments WHERE used_at < ? ORDER BY used_at LIMIT ?)");
    if (!query) return fail(query.error());
    const auto removed = query->bindAll(before, limit).runCounting();
    if (!removed) return fail(removed.error());
    return static_cast<int>(*removed);
}

Result<void> use(Transaction& transaction, const Id& messageId, const std::vector<std::string>& names) {
    auto query = transaction.query("files.use",
                                   "INSERT INTO message_files (stored_as, message_id) VALUES (?, ?) "
                                   "ON CONFLICT (stored_as, message_id) DO NOTHING");
    if (!query) return fail(query.error());
    for (const std::string& name : names)
        if (auto ran = query->bindAll(name, messageId).run(); !ran) return ran;
    return {};
}

Result<FileUsePage> spent(Connection& connection, const FileUse& after, TimePoint before, int limit) {
    // Bounded before it is judged: a stretch of a million uses that are all needed would take longer than a reader has.
    auto query = connection.query(
        "files.spent",
        "SELECT f.stored_as, f.message_id, m.id IS NULL OR (m.status IN ('sent', 'failed', 'expired', 'cancelled') "
        "AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.message_id = f.message_id AND d.updated_at >= ?)) "
        "FROM (SELECT stored_as, message_id FROM message_files WHERE (stored_as, message_id) > (?, ?) "
        "ORDER BY stored_as, message_id LIMIT ?) f LEFT JOIN message_records m ON m.id = f.message_id "
        "ORDER BY f.stored_as, f.message_id");
    if (!query) return fail(query.error());
    if (auto ran = query->bindAll(before, after.storedAs, after.messageId, limit).run(); !ran) return fail(ran.error());
    FileUsePage page;
    int seen = 0;
    for (; query->next(); ++seen) {
        page.next = FileUse{query->text(0), query->id(1)};
        if (query->boolean(2)) page.spent.push_back(*page.next);
    }
    if (query->failure()) return fail(*query->failure());
    if (seen < limit) page.next.reset();
    return page;
}

Result<void> release(Transaction& transaction, const FileUse& use) {
    auto query = transaction.query(
        "files.release",
        "DELETE FROM message_files WHERE stored_as = ? AND message_id = ? AND NOT EXISTS (SELECT 1 FROM "
        "message_records m WHERE m.id = message_files.message_id "
        "AND m.status NOT IN ('sent', 'failed', 'expired', 'cancelled'))");
    if (!query) return fail(query.error());
    return query->bindAll(use.storedAs, use.messageId).run();
}

Result<bool> isNeeded(Connection& connection, std::string_view storedAs) {
    auto query = connection.query("files.is_needed",
                                  "SELECT EXISTS (SELECT 1 FROM message_files WHERE stored_as = ?) "
                                  "OR EXISTS (SELECT 1 FROM attachments WHERE stored_as = ?)");
    if (!query) return fail(query.error());
    query->bindAll(storedAs, storedAs);
    auto found = collectOne<bool>(*query, [](const Query& row) { return row.boolean(0); });
    if (!found) return fail(found.error());
    return found->value_or(true);
}

}  // namespace postroom::store::files
