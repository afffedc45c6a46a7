// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/send_hours.h"

#include <QTest>

using namespace postroom;
using namespace postroom::policy;

class TestSendHours : public QObject {
    Q_OBJECT

private slots:
    void saysWhenItOpens_data() {
        QTest::addColumn<QByteArray>("days");
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<QByteArray>("zone");
        QTest::addColumn<QByteArray>("now");
        QTest::addColumn<QByteArray>("opens");  // empty: it is open
        const auto row = [](const char* name, const char* days, const char* from, const char* to, const char* zone,
                            const char* now, const char* opens) {
            QTest::newRow(name) << QByteArray(days) << QByteArray(from) << QByteArray(to) << QByteArray(zone)
                                << QByteArray(now) << QByteArray(opens);
        };
        // 2026-01-30 is a Friday.
        const char work[] = "mon tue wed thu fri";
        row("in its hours", work, "08:00", "18:00", "UTC", "2026-01-30T12:00:00.000Z", "");
        row("the first moment", work, "08:00", "18:00", "UTC", "2026-01-30T08:00:00.000Z", "");
        row("the last moment", work, "08:00", "18:00", "UTC", "2026-01-30T17:59:59.999Z", "");
        row("the end", work, "08:00", "18:00", "UTC", "2026-01-30T18:00:00.000Z", "2026-02-02T08:00:00.000Z");
        row("before", work, "08:00", "18:00", "UTC", "2026-01-30T07:59:59.999Z", "2026-01-30T08:00:00.000Z");
        row("the weekend", work, "08:00", "18:00", "UTC", "2026-01-31T12:00:00.000Z", "2026-02-02T08:00:00.000Z");
        row("one day a week, just over", "fri", "08:00", "18:00", "UTC", "2026-01-30T18:00:00.000Z",
            "2026-02-06T08:00:00.000Z");
        row("every day", "", "08:00", "18:00", "UTC", "2026-01-31T20:00:00.000Z", "2026-02-01T08:00:00.000Z");
        row("on its own clocks", work, "08:00", "18:00", "Asia/Shanghai", "2026-01-30T00:00:00.000Z", "");
        row("on its own days", work, "08:00", "18:00", "Asia/Shanghai", "2026-01-30T22:00:00.000Z",
            "2026-02-02T00:00:00.000Z");
        row("to the day's end", "fri", "08:00", "24:00", "UTC", "2026-01-30T23:59:59.999Z", "");
        row("not beyond it", "fri", "08:00", "24:00", "UTC", "2026-01-31T00:00:00.000Z", "2026-02-06T08:00:00.000Z");
        row("over night, before midnight", "fri", "22:00", "06:00", "UTC", "2026-01-30T23:00:00.000Z", "");
        row("over night, after midnight", "fri", "22:00", "06:00", "UTC", "2026-01-31T05:59:59.999Z", "");
        row("over night, over", "fri", "22:00", "06:00", "UTC", "2026-01-31T06:00:00.000Z", "2026-02-06T22:00:00.000Z");
        row("over night, of a day before that is none of its days", "sat", "22:00", "06:00", "UTC",
            "2026-01-31T05:00:00.000Z", "2026-01-31T22:00:00.000Z");
        row("an hour that is skipped", "sun", "02:30", "04:00", "Europe/Berlin", "2026-03-28T12:00:00.000Z",
            "2026-03-29T01:30:00.000Z");
        row("an hour that comes twice, the second time", "sun", "02:00", "03:00", "Europe/Berlin",
            "2026-10-25T01:30:00.000Z", "");
    }
    void saysWhenItOpens() {
        QFETCH(QByteArray, days);
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(QByteArray, zone);
        QFETCH(QByteArray, now);
        QFETCH(QByteArray, opens);
        contract::SendHours hours{.days = {}, .from = from.toStdString(), .to = to.toStdString()};
        for (const QByteArray& day : days.split(' '))
            if (!day.isEmpty()) hours.days.push_back(day.toStdString());
        const auto when = opensAt({hours}, zone.toStdString(), fromIso(now.toStdString()).value());
        QCOMPARE(when ? QByteArray::fromStdString(toIso(*when)) : QByteArray(), opens);
    }

    void isAlwaysOpenWithoutHours() { QVERIFY(!opensAt({}, "UTC", TimePoint{})); }

    void opensWithTheFirstOfSeveral() {
        const std::vector<contract::SendHours> hours{{{"fri"}, "18:00", "20:00"}, {{"fri"}, "08:00", "12:00"}};
        QVERIFY(opensAt(hours, "UTC", fromIso("2026-01-30T13:00:00.000Z").value()) ==
                fromIso("2026-01-30T18:00:00.000Z").value());
        QVERIFY(!opensAt(hours, "UTC", fromIso("2026-01-30T09:00:00.000Z").value()));
    }

    void readsTimes_data() {
        QTest::addColumn<QByteArray>("time");
        QTest::addColumn<int>("minutes");  // -1: none
        const auto row = [](const char* time, int minutes) { QTest::newRow(time) << QByteArray(time) << minutes; };
        row("00:00", 0);
        row("08:30", 510);
        row("23:59", 1439);
        row("24:00", 1440);
        row("24:01", -1);
        row("25:00", -1);
        row("08:60", -1);
        row("8:30", -1);
        row("08.30", -1);
        row("0a:30", -1);
        row("08:3 ", -1);
        row("", -1);
    }
    void readsTimes() {
        QFETCH(QByteArray, time);
        QFETCH(int, minutes);
        QCOMPARE(minutesOf(time.toStdString()).value_or(-1), minutes);
    }

    void knowsTheDays() {
        QCOMPARE(weekday("mon"), std::optional{1});
        QCOMPARE(weekday("sun"), std::optional{7});
        QVERIFY(!weekday("Mon") && !weekday("") && !weekday("monday"));
    }
};

QTEST_APPLESS_MAIN(TestSendHours)
#include "tst_send_hours.moc"
