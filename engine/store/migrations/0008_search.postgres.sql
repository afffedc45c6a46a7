-- SPDX-License-Identifier: GPL-3.0-or-later
-- SPDX-FileCopyrightText: Postroom contributors
-- What a search may walk along, newest first. Partial where mail without the thing should cost nothing.

CREATE INDEX deliveries_recipient ON deliveries (lower(recipient), message_id)

CREATE INDEX message_records_from ON message_records (lower(from_address), id) WHERE from_address <> ''

CREATE INDEX message_records_template ON message_records (template, id) WHERE template <> ''
