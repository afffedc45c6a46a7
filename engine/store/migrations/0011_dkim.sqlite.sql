-- SPDX-License-Identifier: GPL-3.0-or-later
-- SPDX-FileCopyrightText: Postroom contributors
-- The keys that sign mail. Of a domain and algorithm one signs at a time: a new one takes the old one's place at once.

CREATE TABLE dkim_keys (
    id TEXT NOT NULL PRIMARY KEY,
    domain TEXT NOT NULL,
    selector TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    private_key TEXT NOT NULL,
    public_key TEXT NOT NULL,
    is_active INTEGER NOT NULL DEFAULT 0,
    revision INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (domain, selector)
) STRICT, WITHOUT ROWID

CREATE UNIQUE INDEX dkim_keys_active ON dkim_keys (domain, algorithm) WHERE is_active

PRAGMA user_version = 11
