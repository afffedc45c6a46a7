// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/dialect.h"

#include "engine/store/rows.h"

namespace postroom::store {

const Dialect& sqliteDialect() {
    // One writer: nothing needs a lock beyond BEGIN IMMEDIATE, which takes the write lock before the first read, so
    // that a transaction never has to be given up half-way. Whether a file is ours was settled by its application_id.
    static constexpr Dialect dialect{
        .begin = "BEGIN IMMEDIATE",
        .hasMigrations = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'",
        .strangeTables = "SELECT group_concat(name, ', ') FROM sqlite_schema WHERE type = 'table'",
        .createMigrations =
            "CREATE TABLE schema_migrations (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, "
            "applied_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))) STRICT",
        .lockMigrations = "",
        .lockAccount = "SELECT 1 FROM email_accounts WHERE id = ?",
        .lockMessage = "SELECT status FROM message_records WHERE id = ?",
        .stateCounts =
            "SELECT message_id, status, count(*) FROM deliveries "
            "WHERE message_id IN (SELECT value FROM json_each(?)) GROUP BY message_id, status",
        .openMessages =
            "SELECT count(*) FROM (SELECT 1 FROM message_records WHERE id IN (SELECT value FROM json_each(?)) "
            "AND status NOT IN ('failed', 'expired', 'cancelled', 'sent') LIMIT 1)",
        .carriedOfMany =
            "SELECT message_id, recipient, account_id FROM deliveries "
            "WHERE message_id IN (SELECT value FROM json_each(?))",
        .deliveriesOfMany = "SELECT " POSTROOM_DELIVERY_COLUMNS
                            " FROM deliveries d WHERE d.message_id IN (SELECT value FROM json_each(?)) "
                            "ORDER BY d.message_id, d.id",
        .bringForward = "UPDATE deliveries SET due_at = due_at - ? WHERE status = 'queued' AND due_at > ?",
        .bringRestsForward = "UPDATE email_accounts SET rests_until = rests_until - ? WHERE rests_until > ?",
    };
    return dialect;
}

const Dialect& postgresDialect() {
    static constexpr Dialect dialect{
        .begin = "BEGIN",
        .hasMigrations =
            "SELECT count(*) FROM information_schema.tables "
            "WHERE table_schema = current_schema() AND table_name = 'schema_migrations'",
        .strangeTables =
            "SELECT string_agg(table_name, ', ' ORDER BY table_name) FROM information_schema.tables "
            "WHERE table_schema = current_schema() AND table_name IN ('email_accounts', "
            "'message_records', 'message_bodies', 'deliveries', 'attempts', 'account_windows', 'api_keys', "
            "'audit_log', 'settings', 'counters', 'meta', 'stat_minutes', 'message_tags', 'templates', "
            "'template_versions', 'attachments', 'message_files', 'idempotency_keys', 'token_families', 'pauses', "
            "'dkim_keys', 'suppressions')",
        .createMigrations =
            "CREATE TABLE schema_migrations (version integer NOT NULL PRIMARY KEY, name text NOT NULL, "
            "applied_at timestamptz NOT NULL DEFAULT now())",
        // Any number will do that nobody else in this database uses: "postroom" in ASCII.
        .lockMigrations = "SELECT pg_advisory_xact_lock(8101821198636117869)",
        .lockAccount = "SELECT 1 FROM email_accounts WHERE id = ? FOR UPDATE",
        .lockMessage = "SELECT status FROM message_records WHERE id = ? FOR UPDATE",
        .stateCounts =
            "SELECT message_id, status, count(*) FROM deliveries WHERE message_id IN "
            "(SELECT CAST(value AS uuid) FROM jsonb_array_elements_text(?)) GROUP BY message_id, status",
        .openMessages =
            "SELECT count(*) FROM (SELECT 1 FROM message_records WHERE id IN "
            "(SELECT CAST(value AS uuid) FROM jsonb_array_elements_text(?)) "
            "AND status NOT IN ('failed', 'expired', 'cancelled', 'sent') LIMIT 1) AS found",
        .carriedOfMany =
            "SELECT message_id, recipient, account_id FROM deliveries WHERE message_id IN "
            "(SELECT CAST(value AS uuid) FROM jsonb_array_elements_text(?))",
        .deliveriesOfMany = "SELECT " POSTROOM_DELIVERY_COLUMNS
                            " FROM deliveries d WHERE d.message_id IN "
                            "(SELECT CAST(value AS uuid) FROM jsonb_array_elements_text(?)) "
                            "ORDER BY d.message_id, d.id",
        .bringForward =
            "UPDATE deliveries SET due_at = due_at - CAST(? AS bigint) * interval '1 millisecond' "
            "WHERE status = 'queued' AND due_at > ?",
        .bringRestsForward =
            "UPDATE email_accounts SET rests_until = rests_until - CAST(? AS bigint) * interval '1 millisecond' "
            "WHERE rests_until > ?",
    };
    return dialect;
}

}  // namespace postroom::store
