// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A PostgreSQL of the test's own: a fresh cluster in a temporary folder, reached by a Unix socket in there, gone at the
// end.
//
// fsync stays on: what is tested is what runs. As root the server runs as user postgres, since it refuses root.

#include "engine/base/result.h"

#include <memory>
#include <QProcess>
#include <QTemporaryDir>
#include <string>

namespace postroom::test {

class PostgresCluster {
public:
    /// Takes about two seconds. StorageFailed naming the package to install, or with the server's own words.
    [[nodiscard]] static Result<std::unique_ptr<PostgresCluster>> start();
    ~PostgresCluster();
    PostgresCluster(const PostgresCluster&) = delete;
    PostgresCluster& operator=(const PostgresCluster&) = delete;

    /// A new, empty database; its DATABASE_URL.
    [[nodiscard]] Result<std::string> freshDatabase();
    /// Runs psql on a database made here; what it printed.
    [[nodiscard]] Result<std::string> psql(const std::string& databaseUrl, const std::string& sql);
    /// Ends every connection to the database, as a server that goes down does.
    [[nodiscard]] Result<void> dropConnections(const std::string& databaseUrl);

private:
    PostgresCluster() = default;
    [[nodiscard]] Result<void> launch();
    void end(int signal);
    [[nodiscard]] Result<std::string> run(const QString& program, const QStringList& arguments);
    [[nodiscard]] std::pair<QString, QStringList> asServer(const QString& program, const QStringList& arguments) const;

    QTemporaryDir m_folder;
    QString m_binaries;
    QProcess m_server;
    int m_databases = 0;
};

}  // namespace postroom::test
