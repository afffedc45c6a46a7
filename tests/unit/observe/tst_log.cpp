// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/observe/log.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>
#include <thread>
#include <vector>

using namespace postroom;
using namespace postroom::observe;

class TestLog : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    int m_number = 0;

    QString freshPath() { return m_folder.filePath(QStringLiteral("%1/engine.log").arg(++m_number)); }

    static LogSettings into(const QString& path) { return {.level = "INFO", .file = path.toStdString()}; }

    static QByteArrayList linesOf(const QString& path) {
        QFile file{path};
        if (!file.open(QIODevice::ReadOnly)) return {};
        QByteArrayList lines = file.readAll().split('\n');
        lines.removeAll(QByteArray());
        return lines;
    }

private slots:
    void cleanup() { stopLog(); }

    void writesJsonLinesWithLevelAndCategory() {
        const QString path = freshPath();
        QVERIFY(startLog(into(path)));
        qCWarning(logQueue) << "account rests" << 30 << "s";
        qCInfo(logHttp, "listening on %s", "127.0.0.1");
        qCCritical(logStore) << "password=hunter2";
        stopLog();
        const QByteArrayList lines = linesOf(path);
        QCOMPARE(lines.size(), 3);
        const QJsonObject first = QJsonDocument::fromJson(lines[0]).object();
        QCOMPARE(first[u"level"].toString(), QStringLiteral("WARNING"));
        QCOMPARE(first[u"category"].toString(), QStringLiteral("postroom.queue"));
        QCOMPARE(first[u"message"].toString(), QStringLiteral("account rests 30 s"));
        QCOMPARE(QJsonDocument::fromJson(lines[1]).object()[u"level"].toString(), QStringLiteral("INFO"));
        QCOMPARE(QJsonDocument::fromJson(lines[2]).object()[u"message"].toString(), QStringLiteral("password=***"));
        QCOMPARE(QJsonDocument::fromJson(lines[2]).object()[u"level"].toString(), QStringLiteral("ERROR"));
    }

    void isReadableByItsOwnerOnly() {
        const QString path = freshPath();
        QVERIFY(startLog(into(path)));
        const auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther;
        QVERIFY(!(QFileInfo{path}.permissions() & others));
    }

    void keepsToItsLevel_data() {
        QTest::addColumn<QByteArray>("level");
        QTest::addColumn<int>("lines");
        QTest::newRow("debug") << QByteArray("DEBUG") << 4;
        QTest::newRow("info") << QByteArray("info") << 3;
        QTest::newRow("warning") << QByteArray("WARNING") << 2;
        QTest::newRow("error") << QByteArray("ERROR") << 1;
        QTest::newRow("critical") << QByteArray("CRITICAL") << 0;
    }
    void keepsToItsLevel() {
        QFETCH(QByteArray, level);
        QFETCH(int, lines);
        const QString path = freshPath();
        LogSettings settings = into(path);
        settings.level = level.toStdString();
        settings.json = false;
        QVERIFY(startLog(settings));
        qCDebug(logHost) << "d";
        qCInfo(logHost) << "i";
        qCWarning(logHost) << "w";
        qCCritical(logHost) << "e";
        stopLog();
        QCOMPARE(linesOf(path).size(), lines);
    }

    void putsFullFilesAside() {
        const QString path = freshPath();
        LogSettings settings = into(path);
        settings.maxFile_bytes = 4096;
        settings.files = 2;
        QVERIFY(startLog(settings));
        for (int i = 0; i < 400; ++i) qCInfo(logHost) << "line" << i;
        stopLog();
        const QFileInfo file{path};
        QVERIFY(file.size() <= 4096);
        QVERIFY(QFileInfo::exists(file.path() + QStringLiteral("/engine.1.log")));
        QVERIFY(QFileInfo::exists(file.path() + QStringLiteral("/engine.2.log")));
        QVERIFY(!QFileInfo::exists(file.path() + QStringLiteral("/engine.3.log")));
        QVERIFY(linesOf(path).last().contains("line 399"));
    }

    void opensItsFileAgainAfterARotationByOthers() {
        const QString path = freshPath();
        QVERIFY(startLog(into(path)));
        qCInfo(logHost) << "before";
        QTRY_COMPARE(linesOf(path).size(), 1);
        QVERIFY(QFile::rename(path, path + QStringLiteral(".old")));
        QVERIFY(reopenLog());
        qCInfo(logHost) << "after";
        stopLog();
        QCOMPARE(linesOf(path + QStringLiteral(".old")).size(), 1);
        QCOMPARE(linesOf(path).size(), 1);
        QVERIFY(linesOf(path)[0].contains("after"));
    }

    void refusesSettingsThatAreNone_data() {
        QTest::addColumn<QByteArray>("level");
        QTest::addColumn<QString>("file");
        QTest::addColumn<int>("size");
        QTest::addColumn<int>("files");
        QTest::addColumn<ErrorCode>("code");
        QTest::newRow("level") << QByteArray("LOUD") << QString() << 1000 << 1 << ErrorCode::ConfigInvalid;
        QTest::newRow("size") << QByteArray("INFO") << QString() << 0 << 1 << ErrorCode::ConfigInvalid;
        QTest::newRow("files") << QByteArray("INFO") << QString() << 1000 << -1 << ErrorCode::ConfigInvalid;
        QTest::newRow("a file below a file")
            << QByteArray("INFO") << QStringLiteral("/dev/null/x/y.log") << 1000 << 1 << ErrorCode::IoFailed;
        QTest::newRow("a folder") << QByteArray("INFO") << QStringLiteral("/proc/self") << 1000 << 1
                                  << ErrorCode::IoFailed;
    }
    void refusesSettingsThatAreNone() {
        QFETCH(QByteArray, level);
        QFETCH(QString, file);
        QFETCH(int, size);
        QFETCH(int, files);
        QFETCH(ErrorCode, code);
        const QString path = freshPath();
        QVERIFY(startLog(into(path)));
        const auto started = startLog({.level = level.toStdString(),
                                       .file = file.toStdString(),
                                       .maxFile_bytes = static_cast<std::size_t>(size),
                                       .files = files});
        QVERIFY(!started);
        QCOMPARE(started.error().code, code);
        qCInfo(logHost) << "still here";
        stopLog();
        QCOMPARE(linesOf(path).size(), 1);
    }

    void takesLinesFromEveryThread() {
        const QString path = freshPath();
        QVERIFY(startLog(into(path)));
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([t] {
                for (int i = 0; i < 250; ++i) qCInfo(logHost) << "thread" << t << "line" << i;
            });
        for (std::thread& thread : threads) thread.join();
        stopLog();
        const QByteArrayList lines = linesOf(path);
        QCOMPARE(lines.size(), 1000);
        for (const QByteArray& line : lines) QVERIFY(QJsonDocument::fromJson(line).isObject());
    }

    void startsAndStopsWhileOthersSpeak() {
        // Between two starts it is Qt's own handler that hears the talk; here it has nothing to add.
        const QtMessageHandler before =
            qInstallMessageHandler([](QtMsgType, const QMessageLogContext&, const QString&) {});
        std::atomic<bool> done = false;
        std::thread speaker{[&done] {
            while (!done) qCInfo(logHost) << "talk";
        }};
        for (int i = 0; i < 20; ++i) {
            QVERIFY(startLog(into(freshPath())));
            if (i % 3 == 0) stopLog();
        }
        done = true;
        speaker.join();
        stopLog();
        qInstallMessageHandler(before);
    }
};

QTEST_GUILESS_MAIN(TestLog)
#include "tst_log.moc"
