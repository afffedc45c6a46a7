// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/platform.h"

#include <atomic>
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <thread>
#include <vector>

using namespace postroom;

class TestPlatform : public QObject {
    Q_OBJECT

private slots:
    void writesAFileThatSeveralThreadsWriteAtOnce() {
        const QTemporaryDir folder;
        const std::string path = folder.path().toStdString() + "/a";
        const std::string content(200'000, 'x');
        std::atomic<int> failed = 0;
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] {
                for (int round = 0; round < 25; ++round) {
                    const bool wrote = platform::writePrivateFile(path, content).has_value();
                    const auto read = platform::readFile(path);
                    failed += wrote && read && *read == content ? 0 : 1;
                }
            });
        for (std::thread& thread : threads) thread.join();
        QCOMPARE(failed.load(), 0);
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files), QStringList{QStringLiteral("a")});
    }

    void tellsAFullDiskFromABrokenOne() {
        const auto full = platform::createPrivateFile("/dev/full");
        QCOMPARE(full.error().code, ErrorCode::IoFailed);
        QFile device(QStringLiteral("/dev/full"));
        QVERIFY(device.open(QIODevice::WriteOnly));
        QCOMPARE(platform::writeFile(device.handle(), "/dev/full", "x").error().code, ErrorCode::StorageFull);
        QCOMPARE(platform::writeFile(-1, "nothing", "x").error().code, ErrorCode::IoFailed);
    }

    void leavesNothingBesideAFileThatItCouldNotWrite() {
        const QTemporaryDir folder;
        QVERIFY(QDir(folder.path()).mkpath(QStringLiteral("a/b")));
        QVERIFY(!platform::writePrivateFile(folder.path().toStdString() + "/a", "x"));
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files), QStringList{});
    }
};

QTEST_GUILESS_MAIN(TestPlatform)
#include "tst_platform.moc"
