// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/account_rest.h"

#include <QTest>

using namespace postroom;
using namespace postroom::policy;
using namespace std::chrono_literals;

class TestAccountRest : public QObject {
    Q_OBJECT

private slots:
    void restsByReasonAndFaultsInARow_data() {
        QTest::addColumn<QByteArray>("reason");
        QTest::addColumn<int>("faults");
        QTest::addColumn<int>("askedSeconds");
        QTest::addColumn<double>("dice");
        QTest::addColumn<qint64>("restMs");

        QTest::newRow("first") << QByteArray("network.refused") << 1 << 0 << 0.0 << qint64{30'000};
        QTest::newRow("second") << QByteArray("network.refused") << 2 << 0 << 0.0 << qint64{60'000};
        QTest::newRow("capped") << QByteArray("network.refused") << 12 << 0 << 0.0 << qint64{3'600'000};
        QTest::newRow("after a year") << QByteArray("network.refused") << 100'000 << 0 << 0.0 << qint64{3'600'000};
        QTest::newRow("count missing") << QByteArray("network.refused") << 0 << 0 << 0.0 << qint64{30'000};
        QTest::newRow("dice") << QByteArray("network.refused") << 1 << 0 << 0.5 << qint64{33'000};
        QTest::newRow("login") << QByteArray("smtp.auth_rejected") << 1 << 0 << 0.0 << qint64{300'000};
        QTest::newRow("login, again") << QByteArray("smtp.auth_rejected") << 2 << 0 << 0.0 << qint64{600'000};
        QTest::newRow("login, capped") << QByteArray("smtp.auth_rejected") << 20 << 0 << 0.0 << qint64{21'600'000};
        QTest::newRow("server asks for more")
            << QByteArray("smtp.rate_limited") << 1 << 7200 << 0.0 << qint64{7'200'000};
        QTest::newRow("server asks for less") << QByteArray("smtp.rate_limited") << 3 << 5 << 0.0 << qint64{120'000};
        QTest::newRow("asks for a year") << QByteArray("smtp.rate_limited") << 1 << 31'000'000 << 0.0
                                         << qint64{86'400'000};
    }
    void restsByReasonAndFaultsInARow() {
        QFETCH(QByteArray, reason);
        QFETCH(int, faults);
        QFETCH(int, askedSeconds);
        QFETCH(double, dice);
        QFETCH(qint64, restMs);
        const TimePoint now{1'000'000s};
        const std::string why = reason.toStdString();
        const TimePoint until = restsUntil(
            {.reason = why, .faults = faults, .now = now, .asked = std::chrono::seconds{askedSeconds}, .dice = dice});
        QCOMPARE(qint64{(until - now).count()}, restMs);
    }
};

QTEST_APPLESS_MAIN(TestAccountRest)
#include "tst_account_rest.moc"
