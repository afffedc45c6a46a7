-- SPDX-License-Identifier: GPL-3.0-or-later
-- SPDX-FileCopyrightText: Postroom contributors
-- What happened in each minute of the last day, per node: the charts of GET /api/v1/stats.

CREATE TABLE stat_minutes (
    node text NOT NULL,
    at timestamptz NOT NULL,
    accepted bigint NOT NULL,
    sent bigint NOT NULL,
    failed bigint NOT NULL,
    deferred bigint NOT NULL,
    queued bigint NOT NULL,
    PRIMARY KEY (node, at)
)
