-- SPDX-License-Identifier: GPL-3.0-or-later
-- SPDX-FileCopyrightText: Postroom contributors
-- What a search may walk along, newest first. Partial where mail without the thing should cost nothing.
-- Addresses are ASCII. The locale of the database has no say in what their letters are: to a Turkish one "i" is not a
-- small "I".

ALTER TABLE deliveries ALTER COLUMN recipient TYPE text COLLATE "C"

ALTER TABLE message_records ALTER COLUMN from_address TYPE text COLLATE "C"

CREATE INDEX deliveries_recipient ON deliveries (lower(recipient), message_id)

CREATE INDEX message_records_from ON message_records (lower(from_address), id) WHERE from_address <> ''

CREATE INDEX message_records_template ON message_records (template, id) WHERE template <> ''
