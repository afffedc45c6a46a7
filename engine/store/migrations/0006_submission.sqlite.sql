-- SPDX-License-Identifier: GPL-3.0-or-later
-- SPDX-FileCopyrightText: Postroom contributors
-- What is due goes by priority, what is scheduled is found by its time, and a request that is repeated is answered as the
-- first time.

ALTER TABLE deliveries ADD COLUMN priority INTEGER NOT NULL DEFAULT 0

DROP INDEX deliveries_due

CREATE INDEX deliveries_due ON deliveries (lane, priority, due_at, message_id, id) WHERE status = 'queued'

CREATE INDEX deliveries_scheduled ON deliveries (due_at, message_id) WHERE status = 'scheduled'

CREATE TABLE idempotency_keys (
    owner TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL,
    answer TEXT NOT NULL,
    messages TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    keep_until INTEGER NOT NULL,
    PRIMARY KEY (owner, key)
) STRICT

CREATE INDEX idempotency_keys_keep ON idempotency_keys (keep_until)

PRAGMA user_version = 6
