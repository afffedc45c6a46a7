-- SPDX-License-Identifier: GPL-3.0-or-later
-- SPDX-FileCopyrightText: Postroom contributors
-- When a key ends, the secret it had before, and where and for what it may be used. A family is what one login began:
-- the refresh token that counts now, and whether it was ended before its time.

ALTER TABLE api_keys ADD COLUMN expires_at timestamptz

ALTER TABLE api_keys ADD COLUMN secret_version bigint NOT NULL DEFAULT 1

ALTER TABLE api_keys ADD COLUMN old_secret_hash text NOT NULL DEFAULT ''

ALTER TABLE api_keys ADD COLUMN old_secret_until timestamptz

ALTER TABLE api_keys ADD COLUMN allowed_ips jsonb NOT NULL DEFAULT '[]'

ALTER TABLE api_keys ADD COLUMN allowed_from jsonb NOT NULL DEFAULT '[]'

ALTER TABLE api_keys ADD COLUMN allowed_accounts jsonb NOT NULL DEFAULT '[]'

CREATE TABLE token_families (
    id uuid NOT NULL PRIMARY KEY,
    key_id uuid NOT NULL,
    jti uuid NOT NULL,
    access_until timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
)

CREATE INDEX token_families_end ON token_families (expires_at)
