// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What SQLite offers beyond SQL. The .cpp is the only place that takes the raw handle out of the driver.

#include "engine/base/clock.h"
#include "engine/store/connection.h"

#include <optional>

class QSqlDatabase;

namespace postroom::store {

/// What the library's callbacks of one connection read and write. It must not move and must outlive the connection.
struct SqliteWatch {
    std::optional<SteadyPoint> deadline;  ///< statements stop after it
    std::int64_t walBytes = 0;
};

/// Defensive mode, no strings in double quotes; the callbacks: a reader's deadline, the writer's log size.
/// StorageFailed if the library refuses.
[[nodiscard]] Result<void> prepareHandle(QSqlDatabase& database, Access access, SqliteWatch& watch);
/// A checkpoint by the library's own call: the pragma swallows what fails.
[[nodiscard]] Result<void> checkpointHandle(QSqlDatabase& database, Checkpoint how, SqliteWatch& watch, Fault& fault);
/// Closing the last connection would checkpoint, and so fsync; after an I/O error it must not.
void forbidCheckpointAtClose(QSqlDatabase& database);

}  // namespace postroom::store
