// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/text.h"
#include "engine/store/connection.h"
#include "engine/store/connection_inside.h"

#include <QDateTime>
#include <QSqlError>
#include <QVariant>

namespace postroom::store {

Query::Query(Query&& other) noexcept
    : m_connection(other.m_connection),
      m_statement(std::exchange(other.m_statement, nullptr)),
      m_bound(other.m_bound),
      m_textHasNul(other.m_textHasNul),
      m_failure(std::move(other.m_failure)) {}

Query::~Query() {
    if (!m_statement) return;
    // An unfinished SELECT would hold a SQLite snapshot, and with it the write-ahead log.
    m_statement->query.finish();
    m_statement->busy = false;
    if (!m_statement->cached) delete m_statement;
}

Query& Query::bind(const Id& id) {
    const std::string text = id.text();
    m_statement->query.bindValue(m_bound++, QString::fromLatin1(text.data(), static_cast<qsizetype>(text.size())));
    return *this;
}

Query& Query::bind(TimePoint at) {
    if (m_connection->isSqlite())
        m_statement->query.bindValue(m_bound++, static_cast<qlonglong>(at.time_since_epoch().count()));
    else
        m_statement->query.bindValue(m_bound++, toQString(toIso(at)));
    return *this;
}

Query& Query::bind(std::string_view text) {
    m_textHasNul = m_textHasNul || text.find('\0') != std::string_view::npos;
    // A null QString would be a NULL.
    m_statement->query.bindValue(m_bound++, text.empty() ? QStringLiteral("") : toQString(text));
    return *this;
}

Query& Query::bind(Bytes bytes) {
    m_statement->query.bindValue(m_bound++, bytes.view.empty() ? QByteArray("", 0) : viewOf(bytes.view));
    return *this;
}

Query& Query::bindBool(bool value) {
    if (m_connection->isSqlite()) return bindInteger(value ? 1 : 0);
    m_statement->query.bindValue(m_bound++, value);
    return *this;
}

Query& Query::bindInteger(std::int64_t value) {
    m_statement->query.bindValue(m_bound++, static_cast<qlonglong>(value));
    return *this;
}

Query& Query::bindNull() {
    m_statement->query.bindValue(m_bound++, QVariant());
    return *this;
}

Result<void> Query::run() {
    if (m_textHasNul) return fail(ErrorCode::StorageFailed, m_statement->name + ": a text holds a NUL");
    m_bound = 0;
    m_failure.reset();
    if (m_statement->query.exec()) return {};
    return fail(m_connection->m_inside->error(m_statement->query.lastError(), m_statement->name));
}

Result<std::int64_t> Query::runCounting() {
    if (auto ran = run(); !ran) return fail(ran.error());
    return affected();
}

bool Query::next() {
    if (m_statement->query.next()) return true;
    if (const QSqlError error = m_statement->query.lastError(); error.isValid())
        m_failure = m_connection->m_inside->error(error, m_statement->name);
    return false;
}

Id Query::id(int column) const {
    return optionalId(column).value_or(Id{});
}

std::optional<Id> Query::optionalId(int column) const {
    return Id::parse(m_statement->query.value(column).toString().toStdString());
}

TimePoint Query::time(int column) const {
    return optionalTime(column).value_or(TimePoint{});
}

std::optional<TimePoint> Query::optionalTime(int column) const {
    const QVariant value = m_statement->query.value(column);
    if (value.isNull()) return std::nullopt;
    const qint64 at = m_connection->isSqlite() ? value.toLongLong() : value.toDateTime().toMSecsSinceEpoch();
    return TimePoint{Milliseconds{at}};
}

std::string Query::text(int column) const {
    return toUtf8(m_statement->query.value(column).toString());
}
std::string Query::bytes(int column) const {
    return m_statement->query.value(column).toByteArray().toStdString();
}
std::int64_t Query::integer(int column) const {
    return m_statement->query.value(column).toLongLong();
}
bool Query::isNull(int column) const {
    return m_statement->query.isNull(column);
}
std::int64_t Query::affected() const {
    return m_statement->query.numRowsAffected();
}

}  // namespace postroom::store
