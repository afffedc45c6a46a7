// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/location.h"

#include <QTest>

using namespace postroom;
using namespace postroom::store;

class TestLocation : public QObject {
    Q_OBJECT

private slots:
    void readsAFile_data() {
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<QByteArray>("path");
        QTest::newRow("nothing") << QByteArray("") << QByteArray("/data/postroom.db");
        QTest::newRow("blanks") << QByteArray("  ") << QByteArray("/data/postroom.db");
        QTest::newRow("absolute") << QByteArray("sqlite:///var/lib/x.db") << QByteArray("/var/lib/x.db");
        QTest::newRow("four slashes") << QByteArray("sqlite:////var/lib/x.db") << QByteArray("/var/lib/x.db");
        QTest::newRow("in the data folder") << QByteArray("sqlite:///./x.db") << QByteArray("/data/x.db");
        QTest::newRow("escaped") << QByteArray("SQLite:///a%20b%E4%B8%AD.db") << QByteArray("/a b\xe4\xb8\xad.db");
    }
    void readsAFile() {
        QFETCH(QByteArray, url);
        QFETCH(QByteArray, path);
        const auto location = Location::parse(url.toStdString(), "/data");
        QVERIFY(location);
        QVERIFY(location->isSqlite);
        QCOMPARE(location->path, path.toStdString());
    }

    void readsAServer() {
        const auto location = Location::parse(
            "postgresql://mail:p%40ss%2Fw@db.example.org:5433/post?sslmode=verify-full&connect_timeout=3", "/data");
        QVERIFY(location);
        QVERIFY(!location->isSqlite);
        QCOMPARE(location->host, std::string("db.example.org"));
        QCOMPARE(location->port, 5433);
        QCOMPARE(location->user, std::string("mail"));
        QCOMPARE(std::string(location->password.reveal()), std::string("p@ss/w"));
        QCOMPARE(location->database, std::string("post"));
        QCOMPARE(location->options.size(), std::size_t{2});
        QCOMPARE(location->describe(), std::string("PostgreSQL mail@db.example.org:5433/post"));
    }

    void takesOtherSpellings_data() {
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<QByteArray>("host");
        QTest::newRow("postgres") << QByteArray("postgres://u@h/d") << QByteArray("h");
        QTest::newRow("SQLAlchemy") << QByteArray("postgresql+asyncpg://u:p@h/d") << QByteArray("h");
        QTest::newRow("socket") << QByteArray("postgresql://u@/d?host=/run/postgresql")
                                << QByteArray("/run/postgresql");
        QTest::newRow("IPv6") << QByteArray("postgresql://u@[::1]:5432/d") << QByteArray("::1");
    }
    void takesOtherSpellings() {
        QFETCH(QByteArray, url);
        QFETCH(QByteArray, host);
        const auto location = Location::parse(url.toStdString(), "/data");
        QVERIFY2(location, location ? "" : location.error().text().c_str());
        QCOMPARE(location->host, host.toStdString());
        QCOMPARE(location->port, 5432);
        QCOMPARE(location->database, std::string("d"));
    }

    void refusesWithoutShowingThePassword_data() {
        QTest::addColumn<QByteArray>("url");
        QTest::newRow("another database") << QByteArray("mysql://u:hunter2@h/d");
        QTest::newRow("no scheme") << QByteArray("/var/lib/hunter2.db");
        QTest::newRow("no database") << QByteArray("postgresql://u:hunter2@h");
        QTest::newRow("two databases") << QByteArray("postgresql://u:hunter2@h/d/e");
        QTest::newRow("bad port") << QByteArray("postgresql://u:hunter2@h:99999/d");
        QTest::newRow("bad escape") << QByteArray("postgresql://u:hunter2%zz@h/d");
        QTest::newRow("unknown option") << QByteArray("postgresql://u:hunter2@h/d?passfile=/x");
        QTest::newRow("option that hides another")
            << QByteArray("postgresql://u:hunter2@h/d?sslmode=require;sslmode%3Ddisable");
        QTest::newRow("relative") << QByteArray("sqlite://hunter2.db");
        QTest::newRow("in memory") << QByteArray("sqlite:///:memory:");
        QTest::newRow("no file") << QByteArray("sqlite:///");
    }
    void refusesWithoutShowingThePassword() {
        QFETCH(QByteArray, url);
        const auto location = Location::parse(url.toStdString(), "/data");
        QVERIFY(!location);
        QCOMPARE(location.error().code, ErrorCode::ConfigInvalid);
        QVERIFY(location.error().text().find("hunter2") == std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestLocation)
#include "tst_location.moc"
