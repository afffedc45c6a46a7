// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// One connection to the database and the statements prepared on it.
//
// A Connection lives and dies in the thread that opened it, and so does every Query it hands out. The two databases
// look alike from here: `?` marks parameters, ids are uuid or text, times are timestamptz or UTC milliseconds. What
// can't be written alike is in dialect.h.

#include "engine/base/clock.h"
#include "engine/base/id.h"
#include "engine/base/result.h"
#include "engine/store/location.h"

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace postroom::store {

struct Dialect;
struct Statement;

enum class Access { Write, Read };

/// What broke last, beyond one statement being refused.
enum class Fault {
    None,
    Full,     ///< no space left: the transaction is lost, the connection is not
    Io,       ///< reading, writing or fsync failed: what the disk holds can't be known any more
    Corrupt,  ///< the file is damaged
    Lost,     ///< the server is gone
};

/// How far a checkpoint goes: what it can without waiting for readers; so far that the log starts anew; an empty log.
enum class Checkpoint { Passive, Restart, Truncate };

/// Marks bytes, where a plain string would be text.
struct Bytes {
    std::string_view view;
};

/// One run of a prepared statement: bind in order, run(), then next() for rows. Its statement is reset when it goes.
class Query {
public:
    Query(Query&& other) noexcept;
    Query& operator=(Query&&) = delete;
    ~Query();

    Query& bind(const Id& id);
    Query& bind(TimePoint at);
    /// Text, UTF-8. What is bound must stay until run(). A NUL inside fails run(): PostgreSQL can't hold one.
    Query& bind(std::string_view text);
    Query& bind(const std::string& text) { return bind(std::string_view{text}); }
    Query& bind(const char* text) { return bind(std::string_view{text}); }
    /// A blob; not copied: it must stay until run().
    Query& bind(Bytes bytes);
    template <std::same_as<bool> T>
    Query& bind(T value) {
        return bindBool(value);
    }
    template <std::integral T>
    requires(!std::same_as<T, bool>) Query& bind(T value) { return bindInteger(static_cast<std::int64_t>(value)); }
    template <typename T>
    Query& bind(const std::optional<T>& value) {
        return value ? bind(*value) : bindNull();
    }
    Query& bindNull();
    /// A time where the epoch stands for "none".
    Query& bindOrNull(TimePoint at) { return at == TimePoint{} ? bindNull() : bind(at); }
    template <typename... T>
    Query& bindAll(const T&... values) {
        (bind(values), ...);
        return *this;
    }

    /// AlreadyExists on a unique violation, TimedOut when a read took too long, StorageFull, StorageCorrupt, else
    /// StorageFailed.
    [[nodiscard]] Result<void> run();
    /// run() and then the number of rows it changed.
    [[nodiscard]] Result<std::int64_t> runCounting();
    /// Moves to the next row. False after the last, and when reading it failed: see failure().
    [[nodiscard]] bool next();
    /// What stopped next(), if not the end.
    [[nodiscard]] const std::optional<Error>& failure() const { return m_failure; }

    /// Column values of the current row; a NULL is the type's empty value.
    [[nodiscard]] Id id(int column) const;
    [[nodiscard]] std::optional<Id> optionalId(int column) const;
    [[nodiscard]] TimePoint time(int column) const;
    [[nodiscard]] std::optional<TimePoint> optionalTime(int column) const;
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] std::string bytes(int column) const;
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] bool boolean(int column) const { return integer(column) != 0; }
    [[nodiscard]] bool isNull(int column) const;
    /// Rows the statement changed.
    [[nodiscard]] std::int64_t affected() const;

private:
    friend class Connection;
    Query(class Connection& connection, Statement* statement) : m_connection(&connection), m_statement(statement) {}
    Query& bindBool(bool value);
    Query& bindInteger(std::int64_t value);

    Connection* m_connection;
    Statement* m_statement;
    int m_bound = 0;
    bool m_textHasNul = false;
    std::optional<Error> m_failure;
};

class Connection {
public:
    /// Opens and checks: pragmas are set and read back, server settings are read (DESIGN.md §5). `Write` creates a
    /// SQLite file that does not exist; neither migrates. StorageFailed naming what is wrong; StorageForeign or
    /// StorageCorrupt for a file that is not ours to touch, which is then left as it was.
    [[nodiscard]] static Result<std::unique_ptr<Connection>> open(const Location& location, Access access);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] bool isSqlite() const;
    [[nodiscard]] const Dialect& dialect() const;

    /// Prepared once per connection and SQL text. `name` names the statement in metrics and errors: "messages.insert".
    [[nodiscard]] Result<Query> query(std::string_view name, std::string_view sql);
    /// One statement with no parameters and no rows wanted.
    [[nodiscard]] Result<void> run(std::string_view sql);
    /// The first column of the first row as text; empty if there is none.
    [[nodiscard]] Result<std::string> single(std::string_view sql);

    [[nodiscard]] Result<void> begin();
    [[nodiscard]] Result<void> commit();
    [[nodiscard]] Result<void> rollback();
    /// One savepoint at a time, inside a transaction.
    [[nodiscard]] Result<void> savepoint();
    [[nodiscard]] Result<void> release();
    [[nodiscard]] Result<void> rollbackToSavepoint();

    /// Statements that still run `limit` from now stop with TimedOut; nothing: no limit (SQLite; on PostgreSQL a read
    /// connection has the server's statement_timeout of 2 s).
    void limitTime(std::optional<Milliseconds> limit);

    /// The gravest fault seen since open().
    [[nodiscard]] Fault fault() const;
    void forgetFault();
    /// SQLite: bytes in the write-ahead log after the last commit of this connection. 0 on PostgreSQL.
    [[nodiscard]] std::int64_t walBytes() const;
    /// SQLite: copies the write-ahead log into the database. Nothing on PostgreSQL.
    [[nodiscard]] Result<void> checkpoint(Checkpoint how);

private:
    friend class Query;
    struct Inside;
    explicit Connection(std::unique_ptr<Inside> inside);
    std::unique_ptr<Inside> m_inside;
};

}  // namespace postroom::store
