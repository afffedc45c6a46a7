// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The schema and its history: migrations/NNNN_name.{sqlite,postgres}.sql, compiled in.
//
// A migration never changes once released; a new one needs a fixture of the version before it
// (tests/unit/store/fixtures). A block between empty lines is one statement.

#include "engine/store/connection.h"

#include <string_view>
#include <vector>

namespace postroom::store {

struct Migration {
    int version;
    std::string_view name;
    std::string_view sqlite;
    std::string_view postgres;
};

/// Every migration, oldest first.
[[nodiscard]] const std::vector<Migration>& allMigrations();
/// The version this program works with.
[[nodiscard]] int newestSchema();
/// The version the database has; 0 if it is empty. StorageForeign if what is in it is not ours.
[[nodiscard]] Result<int> schemaVersion(Connection& connection);
/// Brings the database to newestSchema(), each migration in one transaction; on PostgreSQL one migrator at a time.
/// StorageForeign, with nothing changed, if the database is newer than this program.
[[nodiscard]] Result<void> migrate(Connection& connection);

}  // namespace postroom::store
