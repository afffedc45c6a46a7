-- SPDX-License-Identifier: GPL-3.0-or-later
-- SPDX-FileCopyrightText: Postroom contributors
-- Column for column the same as the SQLite form, in native types. A block between empty lines is one statement.

CREATE TABLE email_accounts (
    id uuid NOT NULL PRIMARY KEY DEFAULT gen_random_uuid(),
    email text NOT NULL UNIQUE,
    display_name text NOT NULL DEFAULT '',
    smtp_host text NOT NULL,
    smtp_port integer NOT NULL DEFAULT 465,
    smtp_username text NOT NULL DEFAULT '',
    smtp_password text NOT NULL DEFAULT '',
    security text NOT NULL DEFAULT 'tls',
    auth text NOT NULL DEFAULT 'password',
    daily_limit bigint,
    daily_sent_count bigint NOT NULL DEFAULT 0,
    daily_window text NOT NULL DEFAULT '',
    priority integer NOT NULL DEFAULT 0,
    max_connections integer NOT NULL DEFAULT 10,
    max_recipients integer NOT NULL DEFAULT 100,
    from_addresses jsonb NOT NULL DEFAULT '[]',
    ca_certificate text NOT NULL DEFAULT '',
    fingerprint text NOT NULL DEFAULT '',
    is_active boolean NOT NULL DEFAULT true,
    problem_code text NOT NULL DEFAULT '',
    problem_detail text NOT NULL DEFAULT '',
    problem_at timestamptz,
    rests_until timestamptz,
    revision bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
)

CREATE TABLE message_records (
    id uuid NOT NULL PRIMARY KEY,
    created_at timestamptz NOT NULL,
    status text NOT NULL,
    key_id uuid,
    subject text NOT NULL,
    from_address text NOT NULL,
    pinned_account text NOT NULL,
    sandbox boolean NOT NULL,
    on_unknown text NOT NULL,
    message_id_header text NOT NULL,
    expires_at timestamptz NOT NULL,
    recipients integer NOT NULL,
    size_bytes bigint NOT NULL
)

CREATE INDEX message_records_status ON message_records (status, id)

CREATE INDEX message_records_key ON message_records (key_id, id) WHERE key_id IS NOT NULL

CREATE TABLE message_bodies (
    message_id uuid NOT NULL PRIMARY KEY,
    content bytea NOT NULL,
    layout text NOT NULL
)

-- Room on each page keeps the updates that follow every delivery off the primary key's index.
CREATE TABLE deliveries (
    message_id uuid NOT NULL,
    id uuid NOT NULL,
    recipient text NOT NULL,
    kind text NOT NULL,
    status text NOT NULL,
    attempts integer NOT NULL,
    lane text NOT NULL,
    due_at timestamptz NOT NULL,
    reason text NOT NULL,
    last_reply text NOT NULL,
    account_id uuid,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (message_id, id)
) WITH (fillfactor = 80)

CREATE INDEX deliveries_due ON deliveries (lane, due_at, message_id, id) WHERE status = 'queued'

-- transcript and results are json, not jsonb: what a server said may hold an escaped NUL.
CREATE TABLE attempts (
    message_id uuid NOT NULL,
    id uuid NOT NULL,
    account_id uuid,
    account_email text NOT NULL,
    started_at timestamptz NOT NULL,
    took_ms bigint NOT NULL,
    state text NOT NULL,
    outcome text NOT NULL,
    stage text NOT NULL,
    code integer NOT NULL,
    enhanced text NOT NULL,
    reply text NOT NULL,
    peer text NOT NULL,
    tls text NOT NULL,
    detail text NOT NULL,
    transcript json NOT NULL,
    results json NOT NULL,
    PRIMARY KEY (message_id, id)
)

CREATE INDEX attempts_dot ON attempts (id) WHERE state = 'dot'

CREATE TABLE account_windows (
    account_id uuid NOT NULL,
    "window" text NOT NULL,
    node text NOT NULL,
    reserved bigint NOT NULL DEFAULT 0,
    used bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (account_id, "window", node),
    CHECK (used >= 0 AND used <= reserved)
)

CREATE TABLE api_keys (
    id uuid NOT NULL PRIMARY KEY,
    key text NOT NULL UNIQUE,
    secret_hash text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    scopes jsonb NOT NULL,
    is_test boolean NOT NULL,
    is_active boolean NOT NULL,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz,
    last_used_at timestamptz,
    revision bigint NOT NULL
)

CREATE TABLE audit_log (
    id uuid NOT NULL PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    target text NOT NULL,
    detail jsonb NOT NULL
)

CREATE TABLE settings (
    name text NOT NULL PRIMARY KEY,
    value jsonb NOT NULL,
    updated_at timestamptz NOT NULL
)

CREATE TABLE counters (
    name text NOT NULL PRIMARY KEY,
    value bigint NOT NULL
) WITH (fillfactor = 50)

CREATE TABLE meta (
    name text NOT NULL PRIMARY KEY,
    value text NOT NULL
)

INSERT INTO meta (name, value) VALUES ('application', 'postroom')
