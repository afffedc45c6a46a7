-- SPDX-License-Identifier: GPL-3.0-or-later
-- SPDX-FileCopyrightText: Postroom contributors
-- What happened in each minute of the last day, per node: the charts of GET /api/v1/stats.

CREATE TABLE stat_minutes (
    node TEXT NOT NULL,
    at INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    deferred INTEGER NOT NULL,
    queued INTEGER NOT NULL,
    PRIMARY KEY (node, at)
) STRICT, WITHOUT ROWID

PRAGMA user_version = 2
