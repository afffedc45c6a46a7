// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/rate_limit.h"

#include <QTest>

using namespace postroom;
using namespace postroom::policy;
using namespace std::chrono_literals;

class TestRateLimit : public QObject {
    Q_OBJECT

private slots:
    void judges_data() {
        QTest::addColumn<int>("limit");
        QTest::addColumn<int>("cost");
        QTest::addColumn<int>("taken_ms");  // what was taken before, as the time in which it comes back
        QTest::addColumn<bool>("allowed");
        QTest::addColumn<int>("remaining");
        QTest::addColumn<int>("full_ms");
        QTest::addColumn<int>("retry_ms");
        const auto row = [](const char* title, int limit, int cost, int taken, bool allowed, int remaining, int full,
                            int retry) {
            QTest::newRow(title) << limit << cost << taken << allowed << remaining << full << retry;
        };
        row("the first of a hundred", 100, 1, 0, true, 99, 600, 0);
        row("the last of a hundred", 100, 1, 59'400, true, 0, 60'000, 0);
        row("one too many", 100, 1, 60'000, false, 0, 60'000, 600);
        row("one too many, a bit later", 100, 1, 59'700, false, 0, 59'700, 300);
        row("as soon as there is room", 100, 1, 59'400, true, 0, 60'000, 0);
        row("looking takes nothing", 100, 0, 600, true, 99, 600, 0);
        row("looking when nothing is left", 100, 0, 60'000, true, 0, 60'000, 0);
        row("a batch that fits", 100, 40, 0, true, 60, 24'000, 0);
        row("a batch that does not fit", 100, 70, 24'000, false, 60, 24'000, 6'000);
        row("a whole minute at once", 100, 100, 0, true, 0, 60'000, 0);
        row("more than a minute's worth", 100, 1000, 0, true, 0, 600'000, 0);
        row("more than a minute's worth after others", 100, 1000, 600, false, 99, 600, 600);
        row("in debt", 100, 1, 600'000, false, 0, 600'000, 540'600);
        row("one a minute", 1, 1, 0, true, 0, 60'000, 0);
        row("a second one a minute", 1, 1, 60'000, false, 0, 60'000, 60'000);
        row("what divides badly", 7, 7, 0, true, 0, 60'000, 0);
        row("ten million", 10'000'000, 10'000'000, 0, true, 0, 60'000, 0);
        row("no limit at all is one", 0, 1, 0, true, 0, 60'000, 0);
    }
    void judges() {
        QFETCH(int, limit);
        QFETCH(int, cost);
        QFETCH(int, taken_ms);
        QFETCH(bool, allowed);
        QFETCH(int, remaining);
        QFETCH(int, full_ms);
        QFETCH(int, retry_ms);
        const SteadyPoint now{1h};
        const auto verdict = judgeRate(limit, cost, now + Milliseconds{taken_ms}, now);
        QCOMPARE(verdict.allowed, allowed);
        QCOMPARE(verdict.remaining, std::int64_t{remaining});
        QCOMPARE(std::chrono::duration_cast<Milliseconds>(verdict.fullIn).count(), std::int64_t{full_ms});
        QCOMPARE(std::chrono::duration_cast<Milliseconds>(verdict.retryIn).count(), std::int64_t{retry_ms});
        QVERIFY(verdict.fullAt == now + Milliseconds{allowed ? full_ms : taken_ms});
    }

    void allowsExactlyTheLimitAtOnceAndItsRateAfter_data() {
        QTest::addColumn<int>("limit");
        for (const int limit : {1, 3, 7, 10, 100, 999, 6000}) QTest::newRow(std::to_string(limit).c_str()) << limit;
    }
    void allowsExactlyTheLimitAtOnceAndItsRateAfter() {
        QFETCH(int, limit);
        SteadyPoint now{1h}, fullAt{};
        const auto take = [&] {
            const auto verdict = judgeRate(limit, 1, fullAt, now);
            fullAt = verdict.fullAt;
            return verdict.allowed;
        };
        int atOnce = 0;
        while (take()) ++atOnce;
        QCOMPARE(atOnce, limit);
        // Asked without a pause for three minutes: three minutes' worth more.
        int later = 0;
        const auto step = std::chrono::nanoseconds{1min} / (4 * limit);
        for (int i = 1; i <= 12 * limit; ++i) {
            now += step;
            later += take();
        }
        QVERIFY2(later >= 3 * limit - 1 && later <= 3 * limit, std::to_string(later).c_str());
    }

    void countsDownByOne() {
        SteadyPoint fullAt{};
        const SteadyPoint now{1h};
        for (int left = 6999; left >= 0; --left) {
            const auto verdict = judgeRate(7000, 1, fullAt, now);
            QVERIFY(verdict.allowed);
            QCOMPARE(verdict.remaining, std::int64_t{left});
            fullAt = verdict.fullAt;
        }
        QVERIFY(!judgeRate(7000, 1, fullAt, now).allowed);
    }

    void letsWaitAsLongAsItSays() {
        SteadyPoint fullAt{};
        SteadyPoint now{1h};
        for (int i = 0; i < 5; ++i) fullAt = judgeRate(5, 1, fullAt, now).fullAt;
        const auto refused = judgeRate(5, 1, fullAt, now);
        QVERIFY(!refused.allowed);
        QVERIFY(!judgeRate(5, 1, fullAt, now + refused.retryIn - 1ns).allowed);
        QVERIFY(judgeRate(5, 1, fullAt, now + refused.retryIn).allowed);
    }
};

QTEST_APPLESS_MAIN(TestRateLimit)
#include "tst_rate_limit.moc"
