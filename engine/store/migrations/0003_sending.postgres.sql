-- SPDX-License-Identifier: GPL-3.0-or-later
-- SPDX-FileCopyrightText: Postroom contributors
-- What a sender says of a message beside the mail itself. Tags stand in a table of their own as well, so that a search
-- for one is a walk along its index and untagged mail costs nothing.

ALTER TABLE message_records ADD COLUMN priority integer NOT NULL DEFAULT 0

ALTER TABLE message_records ADD COLUMN scheduled_at timestamptz

ALTER TABLE message_records ADD COLUMN tags jsonb NOT NULL DEFAULT '[]'

ALTER TABLE message_records ADD COLUMN metadata jsonb NOT NULL DEFAULT '{}'

ALTER TABLE message_records ADD COLUMN template text NOT NULL DEFAULT ''

ALTER TABLE message_records ADD COLUMN locale text NOT NULL DEFAULT ''

CREATE TABLE message_tags (
    tag text NOT NULL,
    message_id uuid NOT NULL,
    PRIMARY KEY (tag, message_id)
)
