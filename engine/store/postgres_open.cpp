// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/text.h"
#include "engine/store/connection_inside.h"
#include "engine/store/driver_error.h"

#include <cstdlib>
#include <QSqlError>
#include <span>

namespace postroom::store {

namespace {

struct Check {
    std::string_view name;
    std::string_view get;
    std::string_view refused;  ///< the value that breaks the promise
};

// synchronous_commit: everything but off waits for the local disk, which is what a 202 stands on.
constexpr Check checks[]{
    {"fsync", "SHOW fsync", "off"},
    {"full_page_writes", "SHOW full_page_writes", "off"},
    {"synchronous_commit", "SHOW synchronous_commit", "off"},
};

constexpr std::string_view always[]{
    "SET TIME ZONE 'UTC'",
    "SET client_encoding = 'UTF8'",
    "SET standard_conforming_strings = on",
    "SET client_min_messages = warning",
};
// A session that was cut off holds its locks, the one on the database too, until the server notices: in a minute and
// not in two hours.
constexpr std::string_view writing[]{"SET lock_timeout = '20s'",     "SET idle_in_transaction_session_timeout = '60s'",
                                     "SET tcp_keepalives_idle = 30", "SET tcp_keepalives_interval = 10",
                                     "SET tcp_keepalives_count = 3", "SET tcp_user_timeout = '60s'"};
constexpr std::string_view reading[]{"SET default_transaction_read_only = on", "SET statement_timeout = '2s'"};

constexpr int oldestServer = 140000;

// QPSQL builds libpq's conninfo from these; a value with blanks or quotes needs libpq's own quoting.
QString quoted(std::string_view value) {
    QString text = toQString(value);
    text.replace(QLatin1Char('\\'), QLatin1String("\\\\")).replace(QLatin1Char('\''), QLatin1String("\\'"));
    return QLatin1Char('\'') + text + QLatin1Char('\'');
}

}  // namespace

Result<void> openPostgres(const Location& location, Connection& connection, QSqlDatabase& database, Access access) {
    database.setHostName(toQString(location.host));
    database.setPort(location.port);
    database.setUserName(toQString(location.user));
    database.setPassword(toQString(location.password.reveal()));
    database.setDatabaseName(toQString(location.database));
    QString options;
    bool timesOut = false;
    for (const auto& [name, value] : location.options) {
        options += toQString(name) + QLatin1Char('=') + quoted(value) + QLatin1Char(';');
        timesOut = timesOut || name == "connect_timeout";
    }
    if (!timesOut) options += QLatin1String("connect_timeout=10;");
    database.setConnectOptions(options);
    if (!database.open()) {
        Fault fault = Fault::None;
        const Error error = postgresError(database.lastError(), "connect", fault);
        return fail(ErrorCode::StorageFailed, location.describe() + ": " + error.detail);
    }

    const auto wrong = [&](const std::string& what) {
        return fail(ErrorCode::StorageFailed, location.describe() + ": " + what);
    };
    const auto version = connection.single("SHOW server_version_num");
    if (!version) return fail(version.error());
    if (std::atoi(version->c_str()) < oldestServer)
        return wrong("PostgreSQL 14 or later is needed, this is " + *version);
    const auto encoding = connection.single("SHOW server_encoding");
    if (!encoding) return fail(encoding.error());
    if (*encoding != "UTF8") return wrong("the database's encoding is " + *encoding + " and not UTF8");
    for (const Check& check : checks) {
        const auto value = connection.single(check.get);
        if (!value) return fail(value.error());
        if (*value == check.refused)
            return wrong("the server's " + std::string{check.name} + " is " + *value + ": a power cut would lose mail");
    }
    for (const auto sql : always)
        if (auto set = connection.run(sql); !set) return set;
    using Settings = std::span<const std::string_view>;
    const Settings ours = access == Access::Write ? Settings{writing} : Settings{reading};
    for (const auto sql : ours)
        if (auto set = connection.run(sql); !set) return set;
    return {};
}

}  // namespace postroom::store
