// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/client/control_file.h"

#include <filesystem>
#include <fstream>
#include <QTemporaryDir>
#include <QTest>

using namespace postroom;
using client::ControlFile;

class TestControlFile : public QObject {
    Q_OBJECT

private slots:
    void readsBackWhatAnEngineLeaves() {
        const QTemporaryDir folder;
        const std::string path = folder.path().toStdString();
        const ControlFile left{
            .url = "http://127.0.0.1:8000", .fingerprint = "ab", .token = Secret("t"), .pid = 42, .version = "0.1.0"};
        QVERIFY(left.write(path));
        const auto found = ControlFile::read(path);
        QVERIFY(found);
        QCOMPARE(found->url, left.url);
        QCOMPARE(found->fingerprint, left.fingerprint);
        QVERIFY(found->token.equals("t"));
        QCOMPARE(found->pid, std::int64_t(42));
        QCOMPARE(found->version, left.version);
        const auto mode = std::filesystem::status(ControlFile::pathIn(path)).permissions();
        QCOMPARE(static_cast<int>(mode), 0600);
    }

    void saysNotFoundWhereNoEngineRuns() {
        const QTemporaryDir folder;
        QVERIFY(ControlFile::read(folder.path().toStdString()).error().code == ErrorCode::NotFound);
        QVERIFY(ControlFile::read("/nowhere/at/all").error().code == ErrorCode::NotFound);
    }

    void refusesAFileThatOthersMayRead() {
        const QTemporaryDir folder;
        const std::string path = folder.path().toStdString();
        QVERIFY((ControlFile{.url = "http://127.0.0.1:8000", .fingerprint = {}, .token = Secret("t")}.write(path)));
        std::filesystem::permissions(ControlFile::pathIn(path), std::filesystem::perms(0644));
        const auto found = ControlFile::read(path);
        QVERIFY(!found && found.error().code == ErrorCode::IoFailed);
        QVERIFY(found.error().text().find("\"t\"") == std::string::npos);
    }

    void refusesWhatNoEngineWrites_data() {
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("empty") << QByteArray("");
        QTest::newRow("not JSON") << QByteArray("{");
        QTest::newRow("a list") << QByteArray("[]");
        QTest::newRow("no token") << QByteArray("{\"url\":\"http://127.0.0.1:8000\"}");
        QTest::newRow("no url") << QByteArray("{\"token\":\"t\"}");
    }
    void refusesWhatNoEngineWrites() {
        QFETCH(QByteArray, content);
        const QTemporaryDir folder;
        const std::string path = folder.path().toStdString();
        std::ofstream(ControlFile::pathIn(path)) << content.toStdString();
        std::filesystem::permissions(ControlFile::pathIn(path), std::filesystem::perms(0600));
        QVERIFY(ControlFile::read(path).error().code == ErrorCode::IoFailed);
    }
};

QTEST_APPLESS_MAIN(TestControlFile)
#include "tst_control_file.moc"
