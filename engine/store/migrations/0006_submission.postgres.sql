-- SPDX-License-Identifier: GPL-3.0-or-later
-- SPDX-FileCopyrightText: Postroom contributors
-- What is due goes by priority, what is scheduled is found by its time, and a request that is repeated is answered as the
-- first time.

ALTER TABLE deliveries ADD COLUMN priority integer NOT NULL DEFAULT 0

DROP INDEX deliveries_due

CREATE INDEX deliveries_due ON deliveries (lane, priority, due_at, message_id, id) WHERE status = 'queued'

CREATE INDEX deliveries_scheduled ON deliveries (due_at, message_id) WHERE status = 'scheduled'

CREATE TABLE idempotency_keys (
    owner text NOT NULL,
    key text NOT NULL,
    fingerprint text NOT NULL,
    status integer NOT NULL,
    answer text NOT NULL,
    messages jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    keep_until timestamptz NOT NULL,
    PRIMARY KEY (owner, key)
)

CREATE INDEX idempotency_keys_keep ON idempotency_keys (keep_until)
