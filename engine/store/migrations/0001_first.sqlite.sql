-- SPDX-License-Identifier: GPL-3.0-or-later
-- SPDX-FileCopyrightText: Postroom contributors
-- Ids are 36-character UUIDs, times UTC milliseconds, booleans 0 and 1. A block between empty lines is one statement.

CREATE TABLE email_accounts (
    id TEXT NOT NULL PRIMARY KEY DEFAULT (
        lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a'
              || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    email TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL DEFAULT '',
    smtp_host TEXT NOT NULL,
    smtp_port INTEGER NOT NULL DEFAULT 465,
    smtp_username TEXT NOT NULL DEFAULT '',
    smtp_password TEXT NOT NULL DEFAULT '',
    security TEXT NOT NULL DEFAULT 'tls',
    auth TEXT NOT NULL DEFAULT 'password',
    daily_limit INTEGER,
    daily_sent_count INTEGER NOT NULL DEFAULT 0,
    daily_window TEXT NOT NULL DEFAULT '',
    priority INTEGER NOT NULL DEFAULT 0,
    max_connections INTEGER NOT NULL DEFAULT 10,
    max_recipients INTEGER NOT NULL DEFAULT 100,
    from_addresses TEXT NOT NULL DEFAULT '[]',
    ca_certificate TEXT NOT NULL DEFAULT '',
    fingerprint TEXT NOT NULL DEFAULT '',
    is_active INTEGER NOT NULL DEFAULT 1,
    problem_code TEXT NOT NULL DEFAULT '',
    problem_detail TEXT NOT NULL DEFAULT '',
    problem_at INTEGER,
    rests_until INTEGER,
    revision INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL DEFAULT (CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER)),
    updated_at INTEGER NOT NULL DEFAULT (CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER))
) STRICT, WITHOUT ROWID

CREATE TABLE message_records (
    id TEXT NOT NULL PRIMARY KEY,
    created_at INTEGER NOT NULL,
    status TEXT NOT NULL,
    key_id TEXT,
    subject TEXT NOT NULL,
    from_address TEXT NOT NULL,
    pinned_account TEXT NOT NULL,
    sandbox INTEGER NOT NULL,
    on_unknown TEXT NOT NULL,
    message_id_header TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    recipients INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID

CREATE INDEX message_records_status ON message_records (status, id)

CREATE INDEX message_records_key ON message_records (key_id, id) WHERE key_id IS NOT NULL

-- With a rowid: bodies are far larger than what a clustered index holds well.
CREATE TABLE message_bodies (
    message_id TEXT NOT NULL UNIQUE,
    content BLOB NOT NULL,
    layout TEXT NOT NULL
) STRICT

CREATE TABLE deliveries (
    message_id TEXT NOT NULL,
    id TEXT NOT NULL,
    recipient TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    lane TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    last_reply TEXT NOT NULL,
    account_id TEXT,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (message_id, id)
) STRICT, WITHOUT ROWID

CREATE INDEX deliveries_due ON deliveries (lane, due_at, message_id, id) WHERE status = 'queued'

CREATE TABLE attempts (
    message_id TEXT NOT NULL,
    id TEXT NOT NULL,
    account_id TEXT,
    account_email TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    took_ms INTEGER NOT NULL,
    state TEXT NOT NULL,
    outcome TEXT NOT NULL,
    stage TEXT NOT NULL,
    code INTEGER NOT NULL,
    enhanced TEXT NOT NULL,
    reply TEXT NOT NULL,
    peer TEXT NOT NULL,
    tls TEXT NOT NULL,
    detail TEXT NOT NULL,
    transcript TEXT NOT NULL,
    results TEXT NOT NULL,
    PRIMARY KEY (message_id, id)
) STRICT, WITHOUT ROWID

CREATE INDEX attempts_dot ON attempts (id) WHERE state = 'dot'

CREATE TABLE account_windows (
    account_id TEXT NOT NULL,
    "window" TEXT NOT NULL,
    node TEXT NOT NULL,
    reserved INTEGER NOT NULL DEFAULT 0,
    used INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account_id, "window", node),
    CHECK (used >= 0 AND used <= reserved)
) STRICT, WITHOUT ROWID

CREATE TABLE api_keys (
    id TEXT NOT NULL PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    secret_hash TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    scopes TEXT NOT NULL,
    is_test INTEGER NOT NULL,
    is_active INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER,
    last_used_at INTEGER,
    revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID

CREATE TABLE audit_log (
    id TEXT NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT, WITHOUT ROWID

CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID

CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID

CREATE TABLE meta (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID

INSERT INTO meta (name, value) VALUES ('application', 'postroom')

PRAGMA user_version = 1
