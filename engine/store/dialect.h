// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The SQL that can't be written alike for both databases: one row here, one line a driver in dialect.cpp.

#include <string_view>

namespace postroom::store {

struct Dialect {
    std::string_view begin;
    /// Does schema_migrations exist? One row, 0 or 1.
    std::string_view hasMigrations;
    /// Tables of our names in a database that has no schema_migrations, comma-separated.
    std::string_view strangeTables;
    std::string_view createMigrations;
    /// Held to the end of the transaction: one migrator at a time. Empty: not needed.
    std::string_view lockMigrations;
    /// The account's or message's row, held to the end of the transaction where others may write.
    std::string_view lockAccount;
    std::string_view lockMessage;
    /// Deliveries of the messages in a JSON array of ids, counted by message and status.
    std::string_view stateCounts;
    /// Is one of the messages in a JSON array of ids not terminal? One row, 0 or 1.
    std::string_view openMessages;
    /// Of the messages in a JSON array of ids: message, recipient and account of each delivery; and whole deliveries.
    std::string_view carriedOfMany;
    std::string_view deliveriesOfMany;
    /// What waits, and what rests, beyond a time does so for so many milliseconds less.
    std::string_view bringForward;
    std::string_view bringRestsForward;
};

[[nodiscard]] const Dialect& sqliteDialect();
[[nodiscard]] const Dialect& postgresDialect();

}  // namespace postroom::store
