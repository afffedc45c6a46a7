-- SPDX-License-Identifier: GPL-3.0-or-later
-- SPDX-FileCopyrightText: Postroom contributors
-- Addresses, and with "*@" before them domains, that get no mail. Lower case throughout.

CREATE TABLE suppressions (
    id TEXT NOT NULL PRIMARY KEY,
    address TEXT NOT NULL UNIQUE,
    reason TEXT NOT NULL,
    reply TEXT NOT NULL DEFAULT '',
    message_id TEXT,
    note TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    expires_at INTEGER
) STRICT

CREATE INDEX suppressions_end ON suppressions (expires_at) WHERE expires_at IS NOT NULL

PRAGMA user_version = 12
