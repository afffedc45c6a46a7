// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/migrations.h"

#include "engine/store/accounts.h"
#include "engine/store/attempts.h"
#include "engine/store/ledger.h"
#include "engine/store/messages.h"
#include "engine/store/search.h"
#include "engine/store/settings.h"
#include "engine/store/writer.h"

#include <QDir>
#include <QFile>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QTest>

using namespace postroom;
using namespace postroom::store;

/// fixtures/NNNN.sqlite.sql is a database as version NNNN wrote it: `sqlite3 postroom.db .dump`, one statement a block,
/// without its transaction, with auto_vacuum and application_id in front and user_version behind.
class TestMigrations : public QObject {
    Q_OBJECT

    static QString fixture(int version) {
        return QStringLiteral(POSTROOM_SOURCE_DIR "/tests/unit/store/fixtures/%1.sqlite.sql")
            .arg(version, 4, 10, QLatin1Char('0'));
    }
    static void load(const QString& fixture, const QString& path) {
        QFile file(fixture);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString all = QString::fromUtf8(file.readAll());
        {
            QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("fixture"));
            database.setDatabaseName(path);
            QVERIFY(database.open());
            QSqlQuery query(database);
            for (const QString& statement : all.split(QStringLiteral("\n\n"), Qt::SkipEmptyParts))
                QVERIFY2(query.exec(statement), qPrintable(query.lastError().text() + statement));
            query.finish();
            database.close();
        }
        QSqlDatabase::removeDatabase(QStringLiteral("fixture"));
    }

private slots:
    void areNumberedWithoutGaps() {
        int version = 0;
        for (const Migration& migration : allMigrations()) {
            QCOMPARE(migration.version, ++version);
            QVERIFY(!migration.name.empty() && !migration.sqlite.empty() && !migration.postgres.empty());
            // A version the program can tell without reading a table.
            const std::string note = "PRAGMA user_version = " + std::to_string(version);
            QVERIFY(migration.sqlite.find(note) != std::string_view::npos);
        }
        QCOMPARE(version, newestSchema());
    }

    void upgradeADatabaseOfEveryVersion_data() {
        QTest::addColumn<int>("version");
        for (const Migration& migration : allMigrations()) QTest::addRow("%d", migration.version) << migration.version;
    }
    void upgradeADatabaseOfEveryVersion() {
        QFETCH(int, version);
        const QTemporaryDir folder;
        load(fixture(version), folder.filePath(QStringLiteral("postroom.db")));
        const Location location = Location::parse("", folder.path().toStdString()).value();
        Worker worker("writer");
        Writer writer(worker, location);
        const auto opened = writer.open();
        QVERIFY2(opened, opened ? "" : opened.error().text().c_str());
        {
            const auto connection = Connection::open(location, Access::Read).value();
            QCOMPARE(schemaVersion(*connection).value(), newestSchema());
            QCOMPARE(connection->single("PRAGMA user_version").value(), std::to_string(newestSchema()));
            QCOMPARE(connection->single("PRAGMA integrity_check").value(), std::string("ok"));

            QCOMPARE(ledger::imbalance(*connection).value(), std::int64_t{0});
            QVERIFY(ledger::readCounters(*connection).value() == ledger::recount(*connection).value());
            const auto found = search::page(*connection, {}, 10).value();
            QCOMPARE(found.rows.size(), std::size_t{2});
            const std::vector<MessageRecord> all{found.rows[0].message, found.rows[1].message};
            QCOMPARE(all[1].subject, std::string("第一封"));
            QCOMPARE(messages::body(*connection, all[1].id).value().content,
                     std::string("Subject: x\r\n\r\n\0\xff", 16));
            QCOMPARE(messages::deliveries(*connection, all[1].id).value().size(), std::size_t{2});
            QCOMPARE(attempts::list(*connection, all[1].id).value().size(), std::size_t{1});
            QCOMPARE(accounts::list(*connection).value().size(), std::size_t{1});
            QCOMPARE(settings::get(*connection, "queue.paused").value().value(), std::string("false"));
        }
        writer.stop();
    }

    void leaveTheSameSchemaWhicheverWayTheyCame() {
        std::vector<std::string> schemas;
        for (const bool fresh : {true, false}) {
            const QTemporaryDir folder;
            if (!fresh) load(fixture(1), folder.filePath(QStringLiteral("postroom.db")));
            const Location location = Location::parse("", folder.path().toStdString()).value();
            Worker worker("writer");
            Writer writer(worker, location);
            QVERIFY(writer.open());
            const auto connection = Connection::open(location, Access::Read).value();
            schemas.push_back(
                connection
                    ->single("SELECT group_concat(type || ' ' || name || ' ' || coalesce(sql, ''), char(10)) FROM "
                             "(SELECT * FROM sqlite_schema ORDER BY type, name)")
                    .value());
            writer.stop();
        }
        QCOMPARE(schemas[1], schemas[0]);
    }
};

QTEST_GUILESS_MAIN(TestMigrations)
#include "tst_migrations.moc"
