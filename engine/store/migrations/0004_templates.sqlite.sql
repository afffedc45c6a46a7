-- SPDX-License-Identifier: GPL-3.0-or-later
-- SPDX-FileCopyrightText: Postroom contributors
-- Stored templates. Versions are only ever added: what a message was made from can be read for as long as the template
-- is there, and going back is choosing an older number.

CREATE TABLE templates (
    name TEXT NOT NULL PRIMARY KEY,
    published INTEGER NOT NULL,
    latest INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID

-- With a rowid: texts are larger than what a clustered index holds well.
CREATE TABLE template_versions (
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    subject TEXT NOT NULL,
    html TEXT NOT NULL,
    "text" TEXT NOT NULL,
    sample TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    UNIQUE (name, version)
) STRICT

PRAGMA user_version = 4
