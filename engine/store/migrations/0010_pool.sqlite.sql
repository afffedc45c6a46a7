-- SPDX-License-Identifier: GPL-3.0-or-later
-- SPDX-FileCopyrightText: Postroom contributors
-- When an account may send and how much: its zone, the hour's limit, the rate, the plan of its first weeks, its hours.
-- And what a person has paused.

ALTER TABLE email_accounts ADD COLUMN time_zone TEXT NOT NULL DEFAULT ''

ALTER TABLE email_accounts ADD COLUMN limit_window TEXT NOT NULL DEFAULT 'calendar'

ALTER TABLE email_accounts ADD COLUMN hourly_limit INTEGER

ALTER TABLE email_accounts ADD COLUMN rate_per_minute INTEGER

ALTER TABLE email_accounts ADD COLUMN max_messages INTEGER NOT NULL DEFAULT 100

ALTER TABLE email_accounts ADD COLUMN warmup TEXT NOT NULL DEFAULT '[]'

ALTER TABLE email_accounts ADD COLUMN send_hours TEXT NOT NULL DEFAULT '[]'

CREATE TABLE pauses (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    since_at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID

PRAGMA user_version = 10
