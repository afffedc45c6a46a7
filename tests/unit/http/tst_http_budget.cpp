// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/http/budget.h"

#include <QTest>

using postroom::http::BodyBudget;

class TestHttpBudget : public QObject {
    Q_OBJECT

private slots:
    void givesWhatThereIs() {
        BodyBudget budget{100};
        QVERIFY(budget.take(1, 60, 0));
        QVERIFY(budget.take(2, 40, 0));
        QVERIFY(!budget.take(3, 1, 0));
        QVERIFY(!budget.next());
        budget.give(40);
        QCOMPARE(budget.next(), std::optional<std::uint64_t>{3});
        QVERIFY(!budget.next());
        QCOMPARE(budget.used(), std::uint64_t{61});
    }

    void letsTheLineWaitInOrder() {
        BodyBudget budget{100};
        QVERIFY(budget.take(1, 90, 0));
        QVERIFY(!budget.take(2, 50, 0));
        QVERIFY(!budget.take(3, 5, 0));  // would fit, but 2 would never get its turn
        budget.give(90);
        QCOMPARE(budget.next(), std::optional<std::uint64_t>{2});
        QCOMPARE(budget.next(), std::optional<std::uint64_t>{3});
    }

    void letsOneAloneGoOverTheLimit() {
        BodyBudget budget{100};
        QVERIFY(budget.take(1, 500, 0));
        QVERIFY(!budget.take(2, 1, 0));
        budget.give(500);
        QCOMPARE(budget.next(), std::optional<std::uint64_t>{2});
    }

    void letsOneFinishWhenAllWhoHoldWait() {
        BodyBudget budget{100};
        QVERIFY(budget.take(1, 50, 0));
        QVERIFY(budget.take(2, 50, 0));
        QVERIFY(!budget.take(1, 10, 50));
        QVERIFY(!budget.next());  // 2 may still finish and give
        QVERIFY(!budget.take(2, 10, 50));
        const auto first = budget.next();
        QCOMPARE(first, std::optional<std::uint64_t>{2});
        QVERIFY(!budget.next());
        QVERIFY(!budget.take(2, 10, 60));  // grows again, and is again the one
        QCOMPARE(budget.next(), std::optional<std::uint64_t>{2});
        budget.give(70);
        QCOMPARE(budget.next(), std::optional<std::uint64_t>{1});
        QCOMPARE(budget.used(), std::uint64_t{60});
    }

    void forgetsWhoLeaves() {
        BodyBudget budget{100};
        QVERIFY(budget.take(1, 100, 0));
        QVERIFY(!budget.take(2, 10, 0));
        QVERIFY(!budget.take(3, 10, 0));
        budget.leave(2);
        budget.give(100);
        QCOMPARE(budget.next(), std::optional<std::uint64_t>{3});
        QVERIFY(!budget.hasWaiting());
        budget.give(10);
        QCOMPARE(budget.used(), std::uint64_t{0});
    }
};

QTEST_APPLESS_MAIN(TestHttpBudget)
#include "tst_http_budget.moc"
