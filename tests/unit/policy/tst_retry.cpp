// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/retry.h"

#include <QTest>

using namespace postroom;
using namespace postroom::policy;
using namespace std::chrono_literals;

class TestRetry : public QObject {
    Q_OBJECT

private slots:
    void waitsByClassAndAttempt_data() {
        QTest::addColumn<Deferral>("deferral");
        QTest::addColumn<int>("attempts");
        QTest::addColumn<int>("askedSeconds");
        QTest::addColumn<bool>("firstOfItsKind");
        QTest::addColumn<int>("waitSeconds");

        QTest::newRow("network, first") << Deferral::Network << 1 << 0 << false << 60;
        QTest::newRow("network, third") << Deferral::Network << 3 << 0 << false << 240;
        QTest::newRow("network, capped") << Deferral::Network << 20 << 0 << false << 3600;
        QTest::newRow("network, after a year of trying") << Deferral::Network << 9000 << 0 << false << 3600;
        QTest::newRow("greylisted comes back soon") << Deferral::Greylisted << 1 << 0 << false << 120;
        QTest::newRow("greylisted, capped") << Deferral::Greylisted << 30 << 0 << false << 1800;
        QTest::newRow("server asks for more") << Deferral::Greylisted << 1 << 900 << false << 900;
        QTest::newRow("server asks for less than ours") << Deferral::MailboxFull << 1 << 5 << false << 3600;
        QTest::newRow("server asks for a year") << Deferral::Other << 1 << 31'000'000 << false << 86'400;
        QTest::newRow("mailbox full, capped") << Deferral::MailboxFull << 9 << 0 << false << 14'400;
        QTest::newRow("rate limited") << Deferral::RateLimited << 2 << 0 << false << 600;
        QTest::newRow("anything else") << Deferral::Other << 1 << 0 << false << 300;
        QTest::newRow("soon is now") << Deferral::Soon << 1 << 0 << false << 0;
        QTest::newRow("soon, second") << Deferral::Soon << 2 << 0 << false << 5;
        QTest::newRow("soon, third") << Deferral::Soon << 3 << 0 << false << 15;
        QTest::newRow("soon, capped") << Deferral::Soon << 40 << 0 << false << 300;
        QTest::newRow("soon, but the server asks") << Deferral::Soon << 1 << 60 << false << 60;
        QTest::newRow("unknown is due at once") << Deferral::Unknown << 1 << 0 << false << 0;
        QTest::newRow("unknown for the first time, late") << Deferral::Unknown << 7 << 0 << true << 0;
        QTest::newRow("unknown again") << Deferral::Unknown << 2 << 0 << false << 300;
        QTest::newRow("no attempt counted yet") << Deferral::Network << 0 << 0 << false << 60;
    }
    void waitsByClassAndAttempt() {
        QFETCH(Deferral, deferral);
        QFETCH(int, attempts);
        QFETCH(int, askedSeconds);
        QFETCH(bool, firstOfItsKind);
        QFETCH(int, waitSeconds);
        const TimePoint now{1'000'000s};
        const auto due = nextAttempt({.deferral = deferral,
                                      .attempts = attempts,
                                      .now = now,
                                      .expiresAt = now + 48h,
                                      .asked = std::chrono::seconds{askedSeconds},
                                      .dice = 0.0,
                                      .firstOfItsKind = firstOfItsKind});
        QVERIFY(due.has_value());
        QCOMPARE((*due - now).count(), waitSeconds * 1000LL);
    }

    void spreadsWhatWasPutOffTogether() {
        const TimePoint now{};
        const auto due = nextAttempt(
            {.deferral = Deferral::Network, .attempts = 1, .now = now, .expiresAt = now + 48h, .dice = 0.5});
        QCOMPARE((*due - now).count(), 66'000LL);
    }

    void givesUpWhenTheMessageWouldHaveExpired() {
        const TimePoint now{};
        RetryQuestion question{.deferral = Deferral::MailboxFull, .attempts = 1, .now = now, .expiresAt = now + 1h};
        QVERIFY(!nextAttempt(question));
        question.expiresAt += 1ms;
        QVERIFY(nextAttempt(question));
    }

    void neverWaitsLessTheLongerItTries() {
        const TimePoint now{};
        for (int d = 0; d <= static_cast<int>(Deferral::Unknown); ++d) {
            TimePoint last = now;
            for (int attempts = 1; attempts < 100; ++attempts) {
                const auto due = nextAttempt(
                    {.deferral = static_cast<Deferral>(d), .attempts = attempts, .now = now, .expiresAt = now + 48h});
                QVERIFY(due && *due >= last);
                last = *due;
            }
            QVERIFY(last - now >= 5min);
        }
    }
};

QTEST_APPLESS_MAIN(TestRetry)
#include "tst_retry.moc"
