// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/driver_error.h"

#include "engine/base/text.h"

#include <sqlite3.h>
#include <QSqlError>

namespace postroom::store {

namespace {

Error make(ErrorCode code, std::string_view statement, std::string_view native, std::string_view text) {
    const auto end = text.find('\n');
    std::string detail{statement};
    detail += ": ";
    detail += printable(trimmed(text.substr(0, end)), 300);
    if (!native.empty()) detail.append(" [").append(native).append("]");
    return Error{.code = code, .params = {}, .detail = std::move(detail), .fields = {}};
}

void raise(Fault& fault, Fault seen) {
    fault = std::max(fault, seen);
}

}  // namespace

Error sqliteError(int code, std::string_view text, std::string_view statement, Fault& fault) {
    const auto as = [&](ErrorCode ours) { return make(ours, statement, std::to_string(code), text); };
    switch (code) {
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_PRIMARYKEY:
        case SQLITE_CONSTRAINT_ROWID: return as(ErrorCode::AlreadyExists);
        // The shared index of the log could not be grown: a full disk, before anything was written.
        case SQLITE_IOERR_SHMSIZE: raise(fault, Fault::Full); return as(ErrorCode::StorageFull);
        // Memory is not the disk's fault.
        case SQLITE_IOERR_NOMEM: return as(ErrorCode::StorageFailed);
        default: break;
    }
    switch (code & 0xff) {
        case SQLITE_INTERRUPT: return as(ErrorCode::TimedOut);
        case SQLITE_FULL: raise(fault, Fault::Full); return as(ErrorCode::StorageFull);
        case SQLITE_IOERR: raise(fault, Fault::Io); return as(ErrorCode::StorageFailed);
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB: raise(fault, Fault::Corrupt); return as(ErrorCode::StorageCorrupt);
        default: return as(ErrorCode::StorageFailed);
    }
}

Error postgresError(const QSqlError& error, std::string_view statement, Fault& fault) {
    const std::string state = toUtf8(error.nativeErrorCode());
    const std::string text = toUtf8(error.databaseText());
    const auto as = [&](ErrorCode ours) { return make(ours, statement, state, text); };
    if (state == "23505") return as(ErrorCode::AlreadyExists);
    if (state == "57014") return as(ErrorCode::TimedOut);
    if (state == "53100") {
        raise(fault, Fault::Full);
        return as(ErrorCode::StorageFull);
    }
    if (state.starts_with("XX")) return as(ErrorCode::StorageCorrupt);
    // 08: connection; 57P01..57P03: the server goes down or comes up; 25P03: it lost patience. No state at all: libpq
    // lost the server before it could say anything.
    if (state.empty() || state.starts_with("08") || state.starts_with("57P") || state == "25P03")
        raise(fault, Fault::Lost);
    return as(ErrorCode::StorageFailed);
}

Error driverError(const QSqlError& error, bool isSqlite, std::string_view statement, Fault& fault) {
    if (!isSqlite) return postgresError(error, statement, fault);
    const std::string text = toUtf8(error.databaseText());
    return sqliteError(error.nativeErrorCode().toInt(), text, statement, fault);
}

}  // namespace postroom::store
