-- SPDX-License-Identifier: GPL-3.0-or-later
-- SPDX-FileCopyrightText: Postroom contributors
-- Stored templates. Versions are only ever added: what a message was made from can be read for as long as the template
-- is there, and going back is choosing an older number. Sample data is kept as it was written: jsonb would refuse
-- "\u0000" and spell numbers anew.

CREATE TABLE templates (
    name text COLLATE "C" NOT NULL PRIMARY KEY,
    published integer NOT NULL,
    latest integer NOT NULL,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
)

CREATE TABLE template_versions (
    name text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    subject text NOT NULL,
    html text NOT NULL,
    "text" text NOT NULL,
    sample json NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    PRIMARY KEY (name, version)
)
