-- SPDX-License-Identifier: GPL-3.0-or-later
-- SPDX-FileCopyrightText: Postroom contributors
-- When a key ends, the secret it had before, and where and for what it may be used. A family is what one login began:
-- the refresh token that counts now, and whether it was ended before its time.

ALTER TABLE api_keys ADD COLUMN expires_at INTEGER

ALTER TABLE api_keys ADD COLUMN secret_version INTEGER NOT NULL DEFAULT 1

ALTER TABLE api_keys ADD COLUMN old_secret_hash TEXT NOT NULL DEFAULT ''

ALTER TABLE api_keys ADD COLUMN old_secret_until INTEGER

ALTER TABLE api_keys ADD COLUMN allowed_ips TEXT NOT NULL DEFAULT '[]'

ALTER TABLE api_keys ADD COLUMN allowed_from TEXT NOT NULL DEFAULT '[]'

ALTER TABLE api_keys ADD COLUMN allowed_accounts TEXT NOT NULL DEFAULT '[]'

CREATE TABLE token_families (
    id TEXT NOT NULL PRIMARY KEY,
    key_id TEXT NOT NULL,
    jti TEXT NOT NULL,
    access_until INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT, WITHOUT ROWID

CREATE INDEX token_families_end ON token_families (expires_at)

PRAGMA user_version = 7
