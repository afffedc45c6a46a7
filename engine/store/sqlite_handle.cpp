// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/sqlite_handle.h"

#include "engine/store/driver_error.h"

#include <sqlite3.h>
#include <QSqlDatabase>
#include <QSqlDriver>
#include <QVariant>

namespace postroom::store {

namespace {

// Virtual machine steps between two looks at the clock: about 50 us.
constexpr int stepsPerLook = 2000;
constexpr int pageBytes = 4096;
constexpr int frameHeadBytes = 24;

sqlite3* handleOf(const QSqlDatabase& database) {
    const QVariant handle = database.driver()->handle();
    if (qstrcmp(handle.typeName(), "sqlite3*") != 0) return nullptr;
    return *static_cast<sqlite3* const*>(handle.constData());
}

int stopAfterDeadline(void* raw) {
    const auto* watch = static_cast<const SqliteWatch*>(raw);
    return watch->deadline && std::chrono::steady_clock::now() > *watch->deadline ? 1 : 0;
}

int noteLogSize(void* raw, sqlite3*, const char*, int frames) {
    static_cast<SqliteWatch*>(raw)->walBytes = std::int64_t{frames} * (pageBytes + frameHeadBytes);
    return SQLITE_OK;
}

}  // namespace

Result<void> prepareHandle(QSqlDatabase& database, Access access, SqliteWatch& watch) {
    sqlite3* handle = handleOf(database);
    if (!handle) return fail(ErrorCode::StorageFailed, "the SQLite driver gives no handle");
    for (const auto& [option, value] : {std::pair{SQLITE_DBCONFIG_DEFENSIVE, 1}, std::pair{SQLITE_DBCONFIG_DQS_DML, 0},
                                        std::pair{SQLITE_DBCONFIG_DQS_DDL, 0}}) {
        int now = -1;
        if (sqlite3_db_config(handle, option, value, &now) != SQLITE_OK || now != value)
            return fail(ErrorCode::StorageFailed, "SQLite refuses a configuration option");
    }
    if (access == Access::Read)
        sqlite3_progress_handler(handle, stepsPerLook, stopAfterDeadline, &watch);
    else
        sqlite3_wal_hook(handle, noteLogSize, &watch);
    return {};
}

Result<void> checkpointHandle(QSqlDatabase& database, Checkpoint how, SqliteWatch& watch, Fault& fault) {
    sqlite3* handle = handleOf(database);
    if (!handle) return fail(ErrorCode::StorageFailed, "the SQLite driver gives no handle");
    const int mode = how == Checkpoint::Passive   ? SQLITE_CHECKPOINT_PASSIVE
                     : how == Checkpoint::Restart ? SQLITE_CHECKPOINT_RESTART
                                                  : SQLITE_CHECKPOINT_TRUNCATE;
    int frames = 0;
    int copied = 0;
    const int code = sqlite3_wal_checkpoint_v2(handle, nullptr, mode, &frames, &copied);
    // Busy: somebody still reads; the next one gets further.
    if (code == SQLITE_BUSY) return {};
    if (code != SQLITE_OK)
        return fail(sqliteError(sqlite3_extended_errcode(handle), sqlite3_errmsg(handle), "checkpoint", fault));
    if (how == Checkpoint::Truncate) watch.walBytes = 0;
    return {};
}

void forbidCheckpointAtClose(QSqlDatabase& database) {
    if (sqlite3* handle = handleOf(database)) sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

}  // namespace postroom::store
