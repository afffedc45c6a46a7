// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/connection.h"
#include "engine/store/migrations.h"
#include "engine/store/settings.h"
#include "engine/store/writer.h"

#include <filesystem>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <random>

using namespace postroom;
using namespace postroom::store;

namespace fs = std::filesystem;

/// What is done to a SQLite file at open, and what is refused.
class TestSqlite : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;

    QString path() const { return m_folder->filePath(QStringLiteral("postroom.db")); }
    Location location() const { return Location::parse("", m_folder->path().toStdString()).value(); }
    QByteArray content(const QString& file) const {
        QFile reading(file);
        return reading.open(QIODevice::ReadOnly) ? reading.readAll() : QByteArray("(none)");
    }
    void put(const QByteArray& bytes) {
        QFile writing(path());
        QVERIFY(writing.open(QIODevice::WriteOnly | QIODevice::Truncate));
        QCOMPARE(writing.write(bytes), bytes.size());
    }
    Result<void> openAndStop() {
        Worker worker("writer");
        Writer writer(worker, location());
        auto opened = writer.open();
        writer.stop();
        return opened;
    }

private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void setsItsPragmas_data() {
        QTest::addColumn<bool>("reading");
        QTest::addColumn<QByteArray>("pragma");
        QTest::addColumn<QByteArray>("value");
        for (const bool reading : {false, true}) {
            const auto row = [&](const char* pragma, const char* value) {
                QTest::addRow("%s %s", reading ? "reader" : "writer", pragma)
                    << reading << QByteArray(pragma) << QByteArray(value);
            };
            row("auto_vacuum", "2");
            row("journal_mode", "wal");
            row("cell_size_check", "1");
            row("trusted_schema", "0");
            row("temp_store", "2");
            row("wal_autocheckpoint", "0");
            row("busy_timeout", "5000");
            row("application_id", "1349481332");
            row("query_only", reading ? "1" : "0");
            if (reading) continue;
            row("synchronous", "2");
            row("journal_size_limit", "67108864");
            row("foreign_keys", "1");
            row("user_version", std::to_string(newestSchema()).c_str());
        }
    }
    void setsItsPragmas() {
        QFETCH(bool, reading);
        QFETCH(QByteArray, pragma);
        QFETCH(QByteArray, value);
        QVERIFY(openAndStop());
        const auto connection = Connection::open(location(), reading ? Access::Read : Access::Write);
        QVERIFY2(connection, connection ? "" : connection.error().text().c_str());
        QCOMPARE((*connection)->single(("PRAGMA " + pragma).toStdString()).value(), value.toStdString());
    }

    void keepsTheFileToItself() {
        QVERIFY(openAndStop());
        QCOMPARE(
            static_cast<int>(QFile::permissions(path()) & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteOther)),
            0);
        QVERIFY(!QFile::exists(path() + QStringLiteral(".new")));
    }

    void takesNoStringsInDoubleQuotes() {
        QVERIFY(openAndStop());
        const auto connection = Connection::open(location(), Access::Write);
        QVERIFY(connection);
        QVERIFY(!(*connection)->single("SELECT \"nothing of this name\""));
        QVERIFY(!(*connection)->run("PRAGMA writable_schema = ON; DELETE FROM sqlite_schema") ||
                (*connection)->single("SELECT count(*) FROM sqlite_schema").value() != "0");
    }

    void refusesWhatIsNotItsOwn_data() {
        QTest::addColumn<QByteArray>("what");
        QTest::addColumn<int>("code");
        QTest::newRow("0 bytes") << QByteArray("empty") << static_cast<int>(ErrorCode::StorageCorrupt);
        QTest::newRow("a text") << QByteArray("text") << static_cast<int>(ErrorCode::StorageCorrupt);
        QTest::newRow("cut in the middle") << QByteArray("half") << static_cast<int>(ErrorCode::StorageCorrupt);
        QTest::newRow("cut to one page") << QByteArray("page") << static_cast<int>(ErrorCode::StorageCorrupt);
        QTest::newRow("cut to 50 bytes") << QByteArray("head") << static_cast<int>(ErrorCode::StorageCorrupt);
        QTest::newRow("zeros") << QByteArray("zeros") << static_cast<int>(ErrorCode::StorageCorrupt);
        QTest::newRow("another program's")
            << QByteArray("PRAGMA application_id = 7") << static_cast<int>(ErrorCode::StorageForeign);
        QTest::newRow("nobody's") << QByteArray("PRAGMA application_id = 0")
                                  << static_cast<int>(ErrorCode::StorageForeign);
        QTest::newRow("newer") << QByteArray("PRAGMA user_version = 9999")
                               << static_cast<int>(ErrorCode::StorageForeign);
    }
    void refusesWhatIsNotItsOwn() {
        QFETCH(QByteArray, what);
        QFETCH(int, code);
        QVERIFY(openAndStop());
        if (what.startsWith("PRAGMA")) {
            const auto connection = Connection::open(location(), Access::Write);
            QVERIFY(connection);
            QVERIFY((*connection)->run(what.toStdString()));
            QVERIFY((*connection)->checkpoint(Checkpoint::Truncate));
        } else {
            const QByteArray whole = content(path());
            QVERIFY(whole.size() > 40'000);
            put(what == "empty"   ? QByteArray()
                : what == "text"  ? QByteArray("Dear operator, this is not a database.\n").repeated(200)
                : what == "half"  ? whole.left(whole.size() / 2)
                : what == "page"  ? whole.left(4096)
                : what == "zeros" ? QByteArray(40'960, '\0')
                                  : whole.left(50));
        }
        const QByteArray before = content(path());
        for (const Access access : {Access::Write, Access::Read}) {
            const auto opened = Connection::open(location(), access);
            QVERIFY(!opened);
            QCOMPARE(static_cast<int>(opened.error().code), code);
            QVERIFY(opened.error().detail.find("it was left as it is") != std::string::npos);
        }
        QCOMPARE(content(path()), before);
    }

    void refusesALogWithoutItsDatabase() {
        QFile log(path() + QStringLiteral("-wal"));
        QVERIFY(log.open(QIODevice::WriteOnly));
        log.write("the last trace");
        log.close();
        QCOMPARE(Connection::open(location(), Access::Write).error().code, ErrorCode::StorageCorrupt);
        QCOMPARE(content(log.fileName()), QByteArray("the last trace"));
        QVERIFY(!QFile::exists(path()));
    }

    void startsOverWhereACreationWasKilled() {
        QFile half(path() + QStringLiteral(".new"));
        QVERIFY(half.open(QIODevice::WriteOnly));
        half.write("half a page");
        half.close();
        QVERIFY(openAndStop());
        QVERIFY(openAndStop());
    }

    void saysWhereItCanNotWrite() {
        const auto opened = Connection::open(
            Location::parse("sqlite:///./no/such/folder/x.db", m_folder->path().toStdString()).value(), Access::Write);
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, ErrorCode::StorageFailed);
        QVERIFY(opened.error().detail.find("folder") != std::string::npos);
    }

    void survivesFlippedBytes() {
        QVERIFY(openAndStop());
        const QByteArray whole = content(path());
        std::mt19937 dice(7);
        int refused = 0;
        for (int turn = 0; turn < 100; ++turn) {
            QByteArray damaged = whole;
            for (int flips = 0; flips < 20; ++flips)
                damaged[static_cast<qsizetype>(dice() % 8192)] = static_cast<char>(dice());
            put(damaged);
            const auto opened = openAndStop();
            if (opened) continue;
            ++refused;
            const auto code = opened.error().code;
            QVERIFY2(code == ErrorCode::StorageCorrupt || code == ErrorCode::StorageForeign ||
                         code == ErrorCode::StorageFailed,
                     opened.error().text().c_str());
            QFile::remove(path() + QStringLiteral("-wal"));
            QFile::remove(path() + QStringLiteral("-shm"));
        }
        // Not all of it: bytes of free space in a page mean nothing.
        QVERIFY2(refused > 20, std::to_string(refused).c_str());
    }
};

QTEST_GUILESS_MAIN(TestSqlite)
#include "tst_sqlite.moc"
