-- SPDX-License-Identifier: GPL-3.0-or-later
-- SPDX-FileCopyrightText: Postroom contributors
-- What a sender says of a message beside the mail itself. Tags stand in a table of their own as well, so that a search
-- for one is a walk along its index and untagged mail costs nothing.

ALTER TABLE message_records ADD COLUMN priority INTEGER NOT NULL DEFAULT 0

ALTER TABLE message_records ADD COLUMN scheduled_at INTEGER

ALTER TABLE message_records ADD COLUMN tags TEXT NOT NULL DEFAULT '[]'

ALTER TABLE message_records ADD COLUMN metadata TEXT NOT NULL DEFAULT '{}'

ALTER TABLE message_records ADD COLUMN template TEXT NOT NULL DEFAULT ''

ALTER TABLE message_records ADD COLUMN locale TEXT NOT NULL DEFAULT ''

CREATE TABLE message_tags (
    tag TEXT NOT NULL,
    message_id TEXT NOT NULL,
    PRIMARY KEY (tag, message_id)
) STRICT, WITHOUT ROWID

PRAGMA user_version = 3
