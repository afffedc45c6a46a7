// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "tests/support/postgres.h"

#include "engine/base/text.h"

#include <pwd.h>
#include <sys/types.h>
#include <unistd.h>
#include <csignal>
#include <QDeadlineTimer>
#include <QDir>
#include <QFileInfo>

namespace postroom::test {

namespace {

constexpr int patience_ms = 60'000;

QString findBinaries() {
    const QDir versions(QStringLiteral("/usr/lib/postgresql"));
    const auto names = versions.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    int newest = 0;
    for (const QString& name : names)
        if (QFileInfo(versions.filePath(name + QStringLiteral("/bin/initdb"))).isExecutable())
            newest = std::max(newest, name.toInt());
    return newest == 0 ? QString() : versions.filePath(QString::number(newest) + QStringLiteral("/bin/"));
}

}  // namespace

Result<std::unique_ptr<PostgresCluster>> PostgresCluster::start() {
    std::unique_ptr<PostgresCluster> cluster{new PostgresCluster};
    cluster->m_binaries = findBinaries();
    if (cluster->m_binaries.isEmpty())
        return fail(ErrorCode::StorageFailed, "PostgreSQL is missing: apt-get install postgresql libqt6sql6-psql");
    if (!cluster->m_folder.isValid()) return fail(ErrorCode::StorageFailed, "no temporary folder");
    if (::geteuid() == 0) {
        const passwd* user = ::getpwnam("postgres");
        if (!user || ::chown(qPrintable(cluster->m_folder.path()), user->pw_uid, user->pw_gid) != 0)
            return fail(ErrorCode::StorageFailed, "user postgres is missing: apt-get install postgresql");
    }
    const QString data = cluster->m_folder.filePath(QStringLiteral("data"));
    const auto made =
        cluster->run(QStringLiteral("initdb"),
                     {QStringLiteral("-D"), data, QStringLiteral("-U"), QStringLiteral("postgres"),
                      QStringLiteral("-A"), QStringLiteral("trust"), QStringLiteral("-E"), QStringLiteral("UTF8"),
                      QStringLiteral("--locale=C.UTF-8"), QStringLiteral("--no-sync")});
    if (!made) return fail(made.error());
    if (auto launched = cluster->launch(); !launched) return fail(launched.error());
    return cluster;
}

PostgresCluster::~PostgresCluster() {
    // At once, with no last checkpoint: nobody comes back to this data.
    end(SIGQUIT);
}

std::pair<QString, QStringList> PostgresCluster::asServer(const QString& program, const QStringList& arguments) const {
    const QString path = m_binaries + program;
    if (::geteuid() != 0) return {path, arguments};
    // setpriv becomes the program: its process id is the server's, and it goes when the test does.
    return {QStringLiteral("setpriv"),
            QStringList{QStringLiteral("--reuid=postgres"), QStringLiteral("--regid=postgres"),
                        QStringLiteral("--init-groups"), QStringLiteral("--pdeathsig"), QStringLiteral("INT"), path} +
                arguments};
}

Result<void> PostgresCluster::launch() {
    const auto [program, arguments] =
        asServer(QStringLiteral("postgres"),
                 {QStringLiteral("-D"), m_folder.filePath(QStringLiteral("data")), QStringLiteral("-k"),
                  m_folder.path(), QStringLiteral("-c"), QStringLiteral("listen_addresses="), QStringLiteral("-c"),
                  QStringLiteral("port=5432"), QStringLiteral("-c"), QStringLiteral("lc_messages=C")});
    m_server.setProcessChannelMode(QProcess::MergedChannels);
    m_server.setWorkingDirectory(m_folder.path());
    m_server.start(program, arguments);
    QByteArray said;
    const QDeadlineTimer deadline(patience_ms);
    while (!said.contains("ready to accept connections")) {
        if (!m_server.waitForReadyRead(static_cast<int>(deadline.remainingTime())))
            return fail(ErrorCode::StorageFailed, "PostgreSQL did not start: " + said.toStdString());
        said += m_server.readAll();
    }
    // What it says from here on goes nowhere; an unread pipe would stop it one day.
    QObject::connect(&m_server, &QProcess::readyRead, &m_server, [this] { m_server.readAll(); });
    return {};
}

void PostgresCluster::end(int signal) {
    if (m_server.state() == QProcess::NotRunning) return;
    ::kill(static_cast<pid_t>(m_server.processId()), signal);
    if (m_server.waitForFinished(patience_ms)) return;
    m_server.kill();
    m_server.waitForFinished(patience_ms);
}

Result<void> PostgresCluster::dropConnections(const std::string& databaseUrl) {
    const auto dropped = psql(databaseUrl,
                              "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                              "WHERE datname = current_database() AND pid <> pg_backend_pid()");
    if (!dropped) return fail(dropped.error());
    return {};
}

Result<std::string> PostgresCluster::run(const QString& program, const QStringList& arguments) {
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.setWorkingDirectory(m_folder.path());
    const auto [path, all] = asServer(program, arguments);
    process.start(path, all);
    if (!process.waitForFinished(patience_ms))
        return fail(ErrorCode::StorageFailed, toUtf8(program) + ": " + toUtf8(process.errorString()));
    const std::string said = process.readAll().toStdString();
    if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0)
        return fail(ErrorCode::StorageFailed, toUtf8(program) + ": " + said);
    return said;
}

Result<std::string> PostgresCluster::freshDatabase() {
    const QString name = QStringLiteral("test%1").arg(++m_databases);
    const auto made = run(QStringLiteral("createdb"), {QStringLiteral("-h"), m_folder.path(), QStringLiteral("-U"),
                                                       QStringLiteral("postgres"), name});
    if (!made) return fail(made.error());
    return "postgresql://postgres@/" + toUtf8(name) + "?host=" + toUtf8(m_folder.path());
}

Result<std::string> PostgresCluster::psql(const std::string& databaseUrl, const std::string& sql) {
    return run(QStringLiteral("psql"),
               {QStringLiteral("-X"), QStringLiteral("-At"), QStringLiteral("-v"), QStringLiteral("ON_ERROR_STOP=1"),
                QStringLiteral("-d"), toQString(databaseUrl), QStringLiteral("-c"), toQString(sql)});
}

}  // namespace postroom::test
