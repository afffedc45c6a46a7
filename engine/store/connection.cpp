// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/connection.h"

#include "engine/base/text.h"
#include "engine/store/connection_inside.h"
#include "engine/store/dialect.h"
#include "engine/store/driver_error.h"

#include <atomic>
#include <QSqlError>

namespace postroom::store {

namespace {

QString nextName() {
    static std::atomic<int> made = 0;
    return QStringLiteral("postroom-%1").arg(++made);
}

}  // namespace

Connection::Inside::Inside(bool sqlite, Access wanted)
    : isSqlite(sqlite),
      access(wanted),
      name(nextName()),
      database(QSqlDatabase::addDatabase(sqlite ? QStringLiteral("QSQLITE") : QStringLiteral("QPSQL"), name)) {}

Connection::Inside::~Inside() {
    // Statements before the connection, every handle before its name: the driver warns and leaks otherwise.
    statements.clear();
    if (isSqlite && (fault == Fault::Io || fault == Fault::Corrupt)) forbidCheckpointAtClose(database);
    database.close();
    database = {};
    QSqlDatabase::removeDatabase(name);
}

Error Connection::Inside::error(const QSqlError& driver, std::string_view statement) {
    return driverError(driver, isSqlite, statement, fault);
}

Connection::Connection(std::unique_ptr<Inside> inside) : m_inside(std::move(inside)) {}
Connection::~Connection() = default;

Result<std::unique_ptr<Connection>> Connection::open(const Location& location, Access access) {
    std::unique_ptr<Connection> connection{new Connection(std::make_unique<Inside>(location.isSqlite, access))};
    Inside& inside = *connection->m_inside;
    if (!inside.database.isValid())
        return fail(ErrorCode::StorageFailed, location.isSqlite
                                                  ? "Qt's SQLite driver is missing (libqt6sql6-sqlite)"
                                                  : "Qt's PostgreSQL driver is missing (libqt6sql6-psql)");
    const Result<void> opened = location.isSqlite
                                    ? openSqlite(location, *connection, inside.database, access, inside.watch)
                                    : openPostgres(location, *connection, inside.database, access);
    if (!opened) return fail(opened.error());
    return connection;
}

bool Connection::isSqlite() const {
    return m_inside->isSqlite;
}
const Dialect& Connection::dialect() const {
    return m_inside->isSqlite ? sqliteDialect() : postgresDialect();
}
Fault Connection::fault() const {
    return m_inside->fault;
}
void Connection::forgetFault() {
    m_inside->fault = Fault::None;
}
std::int64_t Connection::walBytes() const {
    return m_inside->watch.walBytes;
}

void Connection::limitTime(std::optional<Milliseconds> limit) {
    if (limit)
        m_inside->watch.deadline = std::chrono::steady_clock::now() + *limit;
    else
        m_inside->watch.deadline.reset();
}

Result<void> Connection::checkpoint(Checkpoint how) {
    if (!m_inside->isSqlite) return {};
    return checkpointHandle(m_inside->database, how, m_inside->watch, m_inside->fault);
}

Result<Query> Connection::query(std::string_view name, std::string_view sql) {
    const auto known = m_inside->statements.find(sql);
    if (known != m_inside->statements.end() && !known->second->busy) {
        known->second->busy = true;
        return Query{*this, known->second.get()};
    }
    auto statement = std::make_unique<Statement>();
    statement->query = QSqlQuery(m_inside->database);
    // SQLite hands rows out one by one. PostgreSQL would then too, but one such result at a time: the next statement
    // would take the rest away, so its pages are fetched whole.
    statement->query.setForwardOnly(m_inside->isSqlite);
    statement->name = name;
    statement->busy = true;
    if (!statement->query.prepare(toQString(sql)))
        return fail(m_inside->error(statement->query.lastError(), statement->name));
    Statement* raw = statement.get();
    // The same statement inside its own rows: a second one, for once.
    raw->cached = known == m_inside->statements.end();
    if (raw->cached)
        m_inside->statements.emplace(sql, std::move(statement));
    else
        statement.release();
    return Query{*this, raw};
}

Result<void> Connection::run(std::string_view sql) {
    QSqlQuery query(m_inside->database);
    query.setForwardOnly(true);
    if (query.exec(toQString(sql))) return {};
    return fail(m_inside->error(query.lastError(), sql.substr(0, sql.find_first_of("(\n"))));
}

Result<std::string> Connection::single(std::string_view sql) {
    QSqlQuery query(m_inside->database);
    query.setForwardOnly(true);
    if (!query.exec(toQString(sql))) return fail(m_inside->error(query.lastError(), sql.substr(0, 60)));
    if (!query.next()) {
        if (query.lastError().isValid()) return fail(m_inside->error(query.lastError(), sql.substr(0, 60)));
        return std::string{};
    }
    return toUtf8(query.value(0).toString());
}

namespace {

// SQLite parses these once; PostgreSQL can't prepare them and reads them in no time.
Result<void> control(Connection& connection, std::string_view sql) {
    if (!connection.isSqlite()) return connection.run(sql);
    auto query = connection.query(sql, sql);
    if (!query) return fail(query.error());
    return query->run();
}

}  // namespace

Result<void> Connection::begin() {
    return control(*this, dialect().begin);
}
Result<void> Connection::commit() {
    return control(*this, "COMMIT");
}
Result<void> Connection::rollback() {
    return control(*this, "ROLLBACK");
}
Result<void> Connection::savepoint() {
    return control(*this, "SAVEPOINT item");
}
Result<void> Connection::release() {
    return control(*this, "RELEASE SAVEPOINT item");
}
Result<void> Connection::rollbackToSavepoint() {
    if (auto back = control(*this, "ROLLBACK TO SAVEPOINT item"); !back) return back;
    return release();
}

}  // namespace postroom::store
