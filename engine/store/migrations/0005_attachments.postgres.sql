-- SPDX-License-Identifier: GPL-3.0-or-later
-- SPDX-FileCopyrightText: Postroom contributors
-- Files that were uploaded to be attached, and which message needs which stored file: a file is removed when neither
-- names it any more.

CREATE TABLE attachments (
    id uuid NOT NULL PRIMARY KEY,
    stored_as text NOT NULL,
    filename text NOT NULL,
    content_type text NOT NULL,
    size_bytes bigint NOT NULL,
    key_id uuid,
    created_at timestamptz NOT NULL,
    used_at timestamptz NOT NULL
)

CREATE INDEX attachments_file ON attachments (stored_as)

CREATE TABLE message_files (
    stored_as text COLLATE "C" NOT NULL,
    message_id uuid NOT NULL,
    PRIMARY KEY (stored_as, message_id)
)

INSERT INTO message_files (stored_as, message_id)
SELECT DISTINCT piece ->> 0, body.message_id
FROM message_bodies body, jsonb_array_elements(body.layout::jsonb) piece WHERE jsonb_typeof(piece) = 'array'
