-- SPDX-License-Identifier: GPL-3.0-or-later
-- SPDX-FileCopyrightText: Postroom contributors
-- The keys that sign mail. Of a domain and algorithm one signs at a time: a new one takes the old one's place at once.

CREATE TABLE dkim_keys (
    id uuid NOT NULL PRIMARY KEY,
    domain text NOT NULL,
    selector text NOT NULL,
    algorithm text NOT NULL,
    private_key text NOT NULL,
    public_key text NOT NULL,
    is_active boolean NOT NULL DEFAULT false,
    revision bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (domain, selector)
)

CREATE UNIQUE INDEX dkim_keys_active ON dkim_keys (domain, algorithm) WHERE is_active
