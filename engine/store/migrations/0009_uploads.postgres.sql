-- SPDX-License-Identifier: GPL-3.0-or-later
-- SPDX-FileCopyrightText: Postroom contributors
-- What the upkeep of uploads and their list may walk along.

CREATE INDEX attachments_used ON attachments (used_at)

CREATE INDEX attachments_of_key ON attachments (key_id, id) WHERE key_id IS NOT NULL
