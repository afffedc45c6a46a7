// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/inbox.h"

#include <QTest>
#include <thread>
#include <vector>

using postroom::Inbox;

class TestInbox : public QObject {
    Q_OBJECT

private slots:
    void runsWhatAnotherThreadPushedInItsOrder() {
        Inbox inbox;
        std::vector<int> ran;
        std::thread other([&] {
            for (int i = 0; i < 3; ++i) inbox.push([&ran, i] { ran.push_back(i); });
        });
        other.join();
        QVERIFY(ran.empty());
        QTRY_COMPARE(ran, (std::vector<int>{0, 1, 2}));
    }

    void takesNothingBehindTheLast() {
        Inbox inbox;
        std::vector<int> ran;
        QVERIFY(inbox.push([&] { ran.push_back(1); }));
        QVERIFY(inbox.pushLast([&] { ran.push_back(2); }));
        QVERIFY(!inbox.push([&] { ran.push_back(3); }));
        QVERIFY(!inbox.pushLast([&] { ran.push_back(4); }));
        QTRY_COMPARE(ran, (std::vector<int>{1, 2}));
        QCoreApplication::processEvents();
        QCOMPARE(ran.size(), std::size_t{2});
    }

    void dropsWhatHasNotRunTogetherWithWhatItHolds() {
        auto held = std::make_shared<int>(1);
        {
            Inbox inbox;
            inbox.push([held] { QFAIL("it has gone"); });
        }
        QCoreApplication::processEvents();
        QCOMPARE(held.use_count(), 1L);
    }
};

QTEST_GUILESS_MAIN(TestInbox)
#include "tst_inbox.moc"
