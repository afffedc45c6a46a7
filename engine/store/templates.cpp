// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/templates.h"

#include "engine/store/rows.h"

namespace postroom::store::templates {

namespace {

#define POSTROOM_TEMPLATE_COLUMNS "t.name, t.published, t.latest, t.revision, t.created_at, t.updated_at"
#define POSTROOM_VERSION_COLUMNS \
    "v.name, v.version, v.subject, v.html, v.\"text\", v.sample, v.created_at, v.created_by"

TemplateRecord readTemplate(const Query& row) {
    return {.name = row.text(0),
            .published = static_cast<int>(row.integer(1)),
            .latest = static_cast<int>(row.integer(2)),
            .revision = row.integer(3),
            .createdAt = row.time(4),
            .updatedAt = row.time(5)};
}

TemplateVersionRecord readVersion(const Query& row) {
    return {.name = row.text(0),
            .version = static_cast<int>(row.integer(1)),
            .subject = row.text(2),
            .html = row.text(3),
            .text = row.text(4),
            .sample = row.text(5),
            .createdAt = row.time(6),
            .createdBy = row.text(7)};
}

Result<void> insertVersion(Transaction& transaction, const TemplateVersionRecord& record, int version) {
    auto query = transaction.query("templates.insert_version",
                                   "INSERT INTO template_versions (name, version, subject, html, \"text\", sample, "
                                   "created_at, created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    if (!query) return fail(query.error());
    return query
        ->bindAll(record.name, version, record.subject, record.html, record.text, record.sample, record.createdAt,
                  record.createdBy)
        .run();
}

Error missing(std::string_view name) {
    return {.code = ErrorCode::NotFound, .detail = "no template " + std::string(name)};
}

}  // namespace

Result<void> create(Transaction& transaction, const TemplateVersionRecord& first) {
    auto query = transaction.query("templates.insert",
                                   "INSERT INTO templates (name, published, latest, revision, created_at, updated_at) "
                                   "VALUES (?, 1, 1, 1, ?, ?)");
    if (!query) return fail(query.error());
    if (auto ran = query->bindAll(first.name, first.createdAt, first.createdAt).run(); !ran) return ran;
    return insertVersion(transaction, first, 1);
}

Result<int> addVersion(Transaction& transaction, const TemplateVersionRecord& next, bool publish,
                       std::optional<std::int64_t> seen) {
    // Its own row first: it is locked from here on, so that no two can take the same number.
    auto query = transaction.query("templates.count_version",
                                   "UPDATE templates SET latest = latest + 1, "
                                   "published = CASE WHEN ? THEN latest + 1 ELSE published END, "
                                   "revision = revision + 1, updated_at = ? WHERE name = ? AND (? OR revision = ?)");
    if (!query) return fail(query.error());
    const auto changed =
        query->bindAll(publish, next.createdAt, next.name, !seen.has_value(), seen.value_or(0)).runCounting();
    if (!changed) return fail(changed.error());
    const auto now = find(transaction.connection(), next.name);
    if (!now) return fail(now.error());
    if (!*now) return fail(missing(next.name));
    if (*changed == 0)
        return fail(ErrorCode::RevisionStale, "the template is at revision " + std::to_string((*now)->revision));
    if (auto inserted = insertVersion(transaction, next, (*now)->latest); !inserted) return fail(inserted.error());
    return (*now)->latest;
}

Result<void> publish(Transaction& transaction, std::string_view name, int number, TimePoint now) {
    const auto there = version(transaction.connection(), name, number);
    if (!there) return fail(there.error());
    if (!*there) return fail(ErrorCode::NotFound, "no version " + std::to_string(number) + " of " + std::string(name));
    auto query = transaction.query("templates.publish",
                                   "UPDATE templates SET published = ?, revision = revision + 1, updated_at = ? "
                                   "WHERE name = ? AND published <> ?");
    if (!query) return fail(query.error());
    return query->bindAll(number, now, name, number).run();
}

Result<void> remove(Transaction& transaction, std::string_view name) {
    auto query = transaction.query("templates.remove", "DELETE FROM templates WHERE name = ?");
    if (!query) return fail(query.error());
    const auto changed = query->bind(name).runCounting();
    if (!changed) return fail(changed.error());
    if (*changed == 0) return fail(missing(name));
    auto versions = transaction.query("templates.remove_versions", "DELETE FROM template_versions WHERE name = ?");
    if (!versions) return fail(versions.error());
    return versions->bind(name).run();
}

Result<std::optional<TemplateRecord>> find(Connection& connection, std::string_view name) {
    auto query =
        connection.query("templates.find", "SELECT " POSTROOM_TEMPLATE_COLUMNS " FROM templates t WHERE t.name = ?");
    if (!query) return fail(query.error());
    query->bind(name);
    return collectOne<TemplateRecord>(*query, readTemplate);
}

Result<std::vector<TemplateRecord>> list(Connection& connection, std::string_view after, int limit) {
    auto query = connection.query("templates.list", "SELECT " POSTROOM_TEMPLATE_COLUMNS
                                                    " FROM templates t WHERE t.name > ? ORDER BY t.name LIMIT ?");
    if (!query) return fail(query.error());
    query->bindAll(after, limit);
    return collect<TemplateRecord>(*query, readTemplate);
}

Result<std::optional<TemplateVersionRecord>> version(Connection& connection, std::string_view name, int version) {
    auto query = connection.query("templates.version", "SELECT " POSTROOM_VERSION_COLUMNS
                                                       " FROM template_versions v WHERE v.name = ? AND v.version = ?");
    if (!query) return fail(query.error());
    query->bindAll(name, version);
    return collectOne<TemplateVersionRecord>(*query, readVersion);
}

Result<std::vector<TemplateVersionRecord>> versions(Connection& connection, std::string_view name, int before,
                                                    int limit) {
    auto query = connection.query("templates.versions", "SELECT " POSTROOM_VERSION_COLUMNS
                                                        " FROM template_versions v WHERE v.name = ? AND v.version < ? "
                                                        "ORDER BY v.version DESC LIMIT ?");
    if (!query) return fail(query.error());
    query->bindAll(name, before, limit);
    return collect<TemplateVersionRecord>(*query, readVersion);
}

Result<std::vector<TemplateVersionRecord>> published(Connection& connection) {
    auto query =
        connection.query("templates.published", "SELECT " POSTROOM_VERSION_COLUMNS
                                                " FROM templates t JOIN template_versions v ON v.name = t.name "
                                                "AND v.version = t.published ORDER BY t.name");
    if (!query) return fail(query.error());
    return collect<TemplateVersionRecord>(*query, readVersion);
}

}  // namespace postroom::store::templates
