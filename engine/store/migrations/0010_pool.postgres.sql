-- SPDX-License-Identifier: GPL-3.0-or-later
-- SPDX-FileCopyrightText: Postroom contributors
-- When an account may send and how much: its zone, the hour's limit, the rate, the plan of its first weeks, its hours.
-- And what a person has paused.

ALTER TABLE email_accounts ADD COLUMN time_zone text NOT NULL DEFAULT ''

ALTER TABLE email_accounts ADD COLUMN limit_window text NOT NULL DEFAULT 'calendar'

ALTER TABLE email_accounts ADD COLUMN hourly_limit bigint

ALTER TABLE email_accounts ADD COLUMN rate_per_minute bigint

ALTER TABLE email_accounts ADD COLUMN max_messages integer NOT NULL DEFAULT 100

ALTER TABLE email_accounts ADD COLUMN warmup jsonb NOT NULL DEFAULT '[]'

ALTER TABLE email_accounts ADD COLUMN send_hours jsonb NOT NULL DEFAULT '[]'

CREATE TABLE pauses (
    kind text NOT NULL,
    name text NOT NULL,
    since_at timestamptz NOT NULL,
    actor text NOT NULL,
    note text NOT NULL,
    PRIMARY KEY (kind, name)
)
