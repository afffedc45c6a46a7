// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The inside of a Connection, shared by the files that make one and those that use it. Nothing outside the room
// includes it.

#include "engine/store/connection.h"
#include "engine/store/sqlite_handle.h"

#include <functional>
#include <memory>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <string>
#include <string_view>
#include <unordered_map>

namespace postroom::store {

struct Statement {
    QSqlQuery query;
    std::string name;
    bool busy = false;
    bool cached = true;
};

struct Connection::Inside {
    Inside(bool sqlite, Access wanted);
    ~Inside();
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

    /// Ours for the driver's; remembers the gravest fault.
    [[nodiscard]] Error error(const QSqlError& driver, std::string_view statement);

    const bool isSqlite;
    const Access access;
    QString name;  ///< QSqlDatabase's name of it, unique in the process
    QSqlDatabase database;
    SqliteWatch watch;
    Fault fault = Fault::None;

    // Found by view: a lookup must not copy the SQL.
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
    };
    std::unordered_map<std::string, std::unique_ptr<Statement>, Hash, std::equal_to<>> statements;
};

/// Sets and reads back what SQLite must be told; creates the file for Access::Write if there is none.
[[nodiscard]] Result<void> openSqlite(const Location& location, Connection& connection, QSqlDatabase& database,
                                      Access access, SqliteWatch& watch);
[[nodiscard]] Result<void> openPostgres(const Location& location, Connection& connection, QSqlDatabase& database,
                                        Access access);

}  // namespace postroom::store
