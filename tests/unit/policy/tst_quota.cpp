// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/pace.h"
#include "engine/policy/quota.h"

#include <deque>
#include <QTest>

using namespace postroom;
using namespace postroom::policy;
using namespace std::chrono_literals;

namespace {

TimePoint at(const char* iso) {
    return fromIso(iso).value();
}

// "2026-01-31..2026-01-31 <= 5 account.daily_limit until 2026-02-01T00:00:00.000Z"
QByteArray text(const Quota& quota) {
    std::string out;
    for (const std::string& counter : quota.counters) out.append(counter).append(" ");
    for (const Cap& cap : quota.caps)
        out.append("| ")
            .append(cap.first)
            .append("..")
            .append(cap.last)
            .append(" <= ")
            .append(std::to_string(cap.limit))
            .append(" ")
            .append(cap.code)
            .append(" until ")
            .append(toIso(cap.endsAt));
    return QByteArray::fromStdString(out);
}

Limits plan() {
    return {.daily = 1000,
            .hourly = {},
            .zone = "Asia/Shanghai",
            .warmup = {{"2026-02-01", 50}, {"2026-02-03", 2000}, {"2026-02-05", std::nullopt}}};
}

}  // namespace

class TestQuota : public QObject {
    Q_OBJECT

private slots:
    void countsInDaysAndHours() {
        const TimePoint now = at("2026-01-31T20:30:00.000Z");
        QCOMPARE(text(quotaOf({}, now)), QByteArray());
        QCOMPARE(text(quotaOf({.daily = 5, .hourly = {}, .zone = {}, .warmup = {}}, now)),
                 QByteArray("2026-01-31 | 2026-01-31..2026-01-31 <= 5 account.daily_limit until "
                            "2026-02-01T00:00:00.000Z"));
        QCOMPARE(text(quotaOf({.daily = 5, .hourly = {}, .zone = "Asia/Shanghai", .warmup = {}}, now)),
                 QByteArray("2026-02-01 | 2026-02-01..2026-02-01 <= 5 account.daily_limit until "
                            "2026-02-01T16:00:00.000Z"));
        QCOMPARE(text(quotaOf({.daily = {}, .hourly = 7, .zone = "Asia/Shanghai", .warmup = {}}, now)),
                 QByteArray("h2026-01-31T20 | h2026-01-31T20..h2026-01-31T20 <= 7 account.hourly_limit until "
                            "2026-01-31T21:00:00.000Z"));
        QCOMPARE(text(quotaOf({.daily = 5, .rolling = true, .hourly = 7, .zone = {}, .warmup = {}}, now)),
                 QByteArray("h2026-01-31T20 | h2026-01-31T20..h2026-01-31T20 <= 7 account.hourly_limit until "
                            "2026-01-31T21:00:00.000Z| h2026-01-30T20..h2026-01-31T20 <= 5 account.daily_limit until "
                            "2026-01-31T21:00:00.000Z"));
        QCOMPARE(text(quotaOf({.daily = 5, .hourly = 7, .zone = {}, .warmup = {}}, now)),
                 QByteArray("2026-01-31 h2026-01-31T20 | 2026-01-31..2026-01-31 <= 5 account.daily_limit until "
                            "2026-02-01T00:00:00.000Z| h2026-01-31T20..h2026-01-31T20 <= 7 account.hourly_limit until "
                            "2026-01-31T21:00:00.000Z"));
    }

    void isAskedForAgainWhenItsFirstCounterEnds() {
        const TimePoint now = at("2026-01-31T20:30:00.000Z");
        QVERIFY(quotaOf({.daily = 5, .hourly = 7, .zone = {}, .warmup = {}}, now).endsAt ==
                at("2026-01-31T21:00:00.000Z"));
        // A day that ends within the hour: Kathmandu is three quarters off.
        QVERIFY(
            quotaOf({.daily = 5, .hourly = 7, .zone = "Asia/Kathmandu", .warmup = {}}, at("2026-01-31T18:01:00.000Z"))
                .endsAt == at("2026-01-31T18:15:00.000Z"));
        QVERIFY(quotaOf({}, now).endsAt == at("2026-02-01T00:00:00.000Z"));
    }

    void followsThePlanOfTheFirstWeeks_data() {
        QTest::addColumn<QByteArray>("day");
        QTest::addColumn<int>("limit");
        QTest::newRow("before it begins") << QByteArray("2026-01-31") << 1000;
        QTest::newRow("its first day") << QByteArray("2026-02-01") << 50;
        QTest::newRow("the day between") << QByteArray("2026-02-02") << 50;
        QTest::newRow("never more than the account's own") << QByteArray("2026-02-03") << 1000;
        QTest::newRow("after its end") << QByteArray("2026-02-05") << 1000;
    }
    void followsThePlanOfTheFirstWeeks() {
        QFETCH(QByteArray, day);
        QFETCH(int, limit);
        QCOMPARE(dailyLimit(plan(), day.toStdString()), std::optional<std::int64_t>{limit});
    }

    void limitsAnAccountByItsPlanAlone() {
        Limits limits = plan();
        limits.daily.reset();
        QVERIFY(!dailyLimit(limits, "2026-01-31"));
        QCOMPARE(dailyLimit(limits, "2026-02-04"), std::optional<std::int64_t>{2000});
        QVERIFY(!dailyLimit(limits, "2026-02-06"));
        // The day is that of its zone.
        QCOMPARE(quotaOf(limits, at("2026-01-31T16:00:00.000Z")).daily, std::optional<std::int64_t>{50});
    }

    // A day that rolls looks back 24 hours from every moment of an hour.
    void looksBackAWholeDay() {
        for (int minutes = 0; minutes < 48 * 60; minutes += 7) {
            const TimePoint now = at("2026-03-28T00:00:00.000Z") + std::chrono::minutes{minutes};
            const Quota quota = quotaOf({.daily = 5, .rolling = true, .hourly = {}, .zone = {}, .warmup = {}}, now);
            const Cap& cap = quota.caps.front();
            QVERIFY(cap.first <= hourName(now - 24h) && hourName(now) <= cap.last);
            QVERIFY(quota.endsAt > now && quota.endsAt - now <= 1h);
        }
    }

    void spreadsAMinuteEvenly_data() {
        QTest::addColumn<int>("rate");
        for (const int rate : {1, 2, 7, 30, 60, 61, 600, 6000, 1'000'000}) QTest::addRow("%d", rate) << rate;
    }
    // Whoever takes all it may at every look is never over the rate in any minute, and has nearly all of it in the end.
    void spreadsAMinuteEvenly() {
        QFETCH(int, rate);
        const TimePoint begin = at("2026-01-31T12:00:00.000Z");
        TimePoint paid{};
        std::deque<std::pair<TimePoint, std::int64_t>> lastMinute;
        std::int64_t inMinute = 0, sent = 0;
        for (TimePoint now = begin; now < begin + 10min; now += 50ms) {
            while (!lastMinute.empty() && lastMinute.front().first <= now - 60s) {
                inMinute -= lastMinute.front().second;
                lastMinute.pop_front();
            }
            const std::int64_t room = paceRoom(rate, paid, now);
            QCOMPARE(room > 0, paceNext(rate, paid, now) <= now);
            if (room == 0) continue;
            paid = pacePaid(rate, paid, now, room);
            lastMinute.emplace_back(now, room);
            inMinute += room;
            sent += room;
            QVERIFY2(inMinute <= rate, qPrintable(QString::number(inMinute)));
        }
        QVERIFY2(sent >= rate * 9, qPrintable(QString::number(sent)));
    }

    void doesNotWaitForAClockThatWasPutBack() {
        const TimePoint now = at("2026-01-31T12:00:00.000Z");
        const TimePoint paid = pacePaid(1, {}, now + 10h, 1);
        QVERIFY(paceNext(1, paid, now) - now <= 61s);
    }
};

QTEST_APPLESS_MAIN(TestQuota)
#include "tst_quota.moc"
