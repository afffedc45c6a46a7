-- SPDX-License-Identifier: GPL-3.0-or-later
-- SPDX-FileCopyrightText: Postroom contributors
-- Files that were uploaded to be attached, and which message needs which stored file: a file is removed when neither
-- names it any more.

CREATE TABLE attachments (
    id TEXT NOT NULL PRIMARY KEY,
    stored_as TEXT NOT NULL,
    filename TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    key_id TEXT,
    created_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID

CREATE INDEX attachments_file ON attachments (stored_as)

CREATE TABLE message_files (
    stored_as TEXT NOT NULL,
    message_id TEXT NOT NULL,
    PRIMARY KEY (stored_as, message_id)
) STRICT, WITHOUT ROWID

INSERT OR IGNORE INTO message_files (stored_as, message_id)
SELECT json_extract(piece.value, '$[0]'), body.message_id
FROM message_bodies body, json_each(body.layout) piece WHERE piece.type = 'array'

PRAGMA user_version = 5
