// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Where the database is: a file beside the engine (SQLite) or a server (PostgreSQL). A value; any thread.

#include "engine/base/result.h"
#include "engine/base/secret.h"

#include <string>
#include <utility>
#include <vector>

namespace postroom::store {

struct Location {
    bool isSqlite = true;
    std::string path;  ///< SQLite: the file, absolute or relative to the working folder
    std::string host;  ///< PostgreSQL: name, address, or the folder of a Unix socket; empty: the driver's default
    int port = 5432;
    std::string user;
    Secret password;
    std::string database;
    std::vector<std::pair<std::string, std::string>> options;  ///< libpq's: sslmode, sslrootcert, connect_timeout ...

    /// Reads DATABASE_URL: empty means `postroom.db` in the data folder; `sqlite:///path` is an absolute path, and
    /// `sqlite:///./path` one in the data folder; `postgresql://user:password@host:port/database?sslmode=...` (also
    /// `postgres://` and SQLAlchemy's `postgresql+driver://`). ConfigInvalid otherwise; its text never holds the
    /// password.
    [[nodiscard]] static Result<Location> parse(const std::string& databaseUrl, const std::string& dataFolder);

    /// For logs and people: no password, no options.
    [[nodiscard]] std::string describe() const;
};

}  // namespace postroom::store
