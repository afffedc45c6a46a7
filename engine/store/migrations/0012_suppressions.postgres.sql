-- SPDX-License-Identifier: GPL-3.0-or-later
-- SPDX-FileCopyrightText: Postroom contributors
-- Addresses, and with "*@" before them domains, that get no mail. Lower case throughout.

CREATE TABLE suppressions (
    id uuid NOT NULL PRIMARY KEY,
    address text COLLATE "C" NOT NULL UNIQUE,
    reason text NOT NULL,
    reply text NOT NULL DEFAULT '',
    message_id uuid,
    note text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    expires_at timestamptz
)

CREATE INDEX suppressions_end ON suppressions (expires_at) WHERE expires_at IS NOT NULL
