// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// From what a driver says to an Error of ours.

#include "engine/base/error.h"
#include "engine/store/connection.h"

#include <string_view>

class QSqlError;

namespace postroom::store {

/// `code` is SQLite's extended result code. Raises `fault` if this is graver than what it holds.
[[nodiscard]] Error sqliteError(int code, std::string_view text, std::string_view statement, Fault& fault);
/// Only the first line of the server's text is kept: the next ones may quote the row's values.
[[nodiscard]] Error postgresError(const QSqlError& error, std::string_view statement, Fault& fault);
[[nodiscard]] Error driverError(const QSqlError& error, bool isSqlite, std::string_view statement, Fault& fault);

}  // namespace postroom::store
