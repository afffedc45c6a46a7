// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/location.h"

#include "engine/base/text.h"

#include <algorithm>
#include <array>
#include <QUrl>
#include <QUrlQuery>

namespace postroom::store {

namespace {

constexpr std::array<std::string_view, 6> passedOn{"sslmode", "sslrootcert",     "sslcert",
                                                   "sslkey",  "connect_timeout", "application_name"};

Result<Location> parseSqlite(std::string_view rest, const std::string& dataFolder) {
    // rest is what follows "sqlite://": an empty host, then the path.
    if (!rest.starts_with('/')) return fail(ErrorCode::ConfigInvalid, "DATABASE_URL: sqlite:// is followed by /path");
    // SQLAlchemy writes an absolute path with four slashes.
    if (rest.starts_with("//")) rest.remove_prefix(1);
    std::string path = QByteArray::fromPercentEncoding(viewOf(rest)).toStdString();
    if (path.find('\0') != std::string::npos || path == "/" || path.starts_with("/:memory:"))
        return fail(ErrorCode::ConfigInvalid, "DATABASE_URL: sqlite:///path names a file");
    if (path.starts_with("/./")) path = dataFolder + path.substr(2);
    Location location;
    location.path = std::move(path);
    return location;
}

// libpq takes "user@/database" for a Unix socket; a URL may not name a user and no host.
std::string withHost(std::string url) {
    const auto slash = url.find('/', url.find("://") + 3);
    if (slash != std::string::npos && url[slash - 1] == '@') url.insert(slash, "localhost");
    return url;
}

Result<Location> parsePostgres(const std::string& databaseUrl) {
    const QUrl url(toQString(withHost(databaseUrl)), QUrl::StrictMode);
    if (!url.isValid())
        return fail(
            ErrorCode::ConfigInvalid,
            "DATABASE_URL is not a valid URL; a character like @ : / % in the password is written %40 %3A %2F %25");
    Location location;
    location.isSqlite = false;
    location.host = toUtf8(url.host(QUrl::FullyDecoded));
    location.port = url.port(5432);
    location.user = toUtf8(url.userName(QUrl::FullyDecoded));
    location.password = Secret{toUtf8(url.password(QUrl::FullyDecoded))};
    location.database = toUtf8(url.path(QUrl::FullyDecoded).mid(1));
    if (location.database.empty() || location.database.find('/') != std::string::npos)
        return fail(ErrorCode::ConfigInvalid,
                    "DATABASE_URL names no database: postgresql://user:password@host:5432/name");
    const auto items = QUrlQuery(url).queryItems(QUrl::FullyDecoded);
    for (const auto& [qname, qvalue] : items) {
        const std::string name = toUtf8(qname);
        const std::string value = toUtf8(qvalue);
        // ';' ends an option in Qt's own syntax and has no quoting there.
        if (value.find(';') != std::string::npos || hasControls(value))
            return fail(ErrorCode::ConfigInvalid,
                        "DATABASE_URL: the option " + printable(name, 40) + " has a bad value");
        if (name == "host")
            location.host = value;
        else if (std::find(passedOn.begin(), passedOn.end(), name) != passedOn.end())
            location.options.emplace_back(name, value);
        else
            return fail(ErrorCode::ConfigInvalid, "DATABASE_URL: the option " + printable(name, 40) + " is not known");
    }
    return location;
}

}  // namespace

Result<Location> Location::parse(const std::string& databaseUrl, const std::string& dataFolder) {
    const std::string_view url = trimmed(databaseUrl);
    if (url.empty()) {
        Location location;
        location.path = dataFolder + "/postroom.db";
        return location;
    }
    const auto end = url.find("://");
    const std::string scheme = toLowerAscii(url.substr(0, end == std::string_view::npos ? 0 : end));
    if (scheme == "sqlite") return parseSqlite(url.substr(end + 3), dataFolder);
    if (scheme == "postgresql" || scheme == "postgres" || scheme.starts_with("postgresql+"))
        return parsePostgres(std::string{url});
    return fail(ErrorCode::ConfigInvalid, "DATABASE_URL starts with sqlite:// or postgresql://");
}

std::string Location::describe() const {
    if (isSqlite) return "SQLite " + path;
    return "PostgreSQL " + user + "@" + host + ":" + std::to_string(port) + "/" + database;
}

}  // namespace postroom::store
