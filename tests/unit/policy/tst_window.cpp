// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/window.h"
#include "engine/policy/zone.h"

#include <QTest>

using namespace postroom;
using namespace postroom::policy;
using namespace std::chrono_literals;

class TestWindow : public QObject {
    Q_OBJECT

private slots:
    void knowsDayAndItsEnd_data() {
        QTest::addColumn<QByteArray>("zone");
        QTest::addColumn<QByteArray>("at");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("end");
        const auto row = [](const char* title, const char* zone, const char* at, const char* name, const char* end) {
            QTest::newRow(title) << QByteArray(zone) << QByteArray(at) << QByteArray(name) << QByteArray(end);
        };
        row("UTC", "UTC", "2026-01-31T23:59:59.999Z", "2026-01-31", "2026-02-01T00:00:00.000Z");
        row("UTC at midnight", "UTC", "2026-02-01T00:00:00.000Z", "2026-02-01", "2026-02-02T00:00:00.000Z");
        row("Shanghai is ahead", "Asia/Shanghai", "2026-01-31T16:00:00.000Z", "2026-02-01", "2026-02-01T16:00:00.000Z");
        row("Kathmandu's quarters", "Asia/Kathmandu", "2026-01-31T18:14:59.999Z", "2026-01-31",
            "2026-01-31T18:15:00.000Z");
        row("Berlin, 23 hours", "Europe/Berlin", "2026-03-28T23:00:00.000Z", "2026-03-29", "2026-03-29T22:00:00.000Z");
        row("Berlin, 25 hours", "Europe/Berlin", "2026-10-24T22:00:00.000Z", "2026-10-25", "2026-10-25T23:00:00.000Z");
        row("a day without midnight", "America/Sao_Paulo", "2018-11-04T02:59:59.999Z", "2018-11-03",
            "2018-11-04T03:00:00.000Z");
        row("a day that never was", "Pacific/Apia", "2011-12-30T09:00:00.000Z", "2011-12-29",
            "2011-12-30T10:00:00.000Z");
        row("an unknown zone is UTC", "Mars/Olympus", "2026-01-31T12:00:00.000Z", "2026-01-31",
            "2026-02-01T00:00:00.000Z");
        row("no zone is UTC", "", "2026-01-31T12:00:00.000Z", "2026-01-31", "2026-02-01T00:00:00.000Z");
    }
    void knowsDayAndItsEnd() {
        QFETCH(QByteArray, zone);
        QFETCH(QByteArray, at);
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, end);
        const TimePoint time = fromIso(at.toStdString()).value();
        QCOMPARE(QByteArray::fromStdString(windowName(time, zone.toStdString())), name);
        QCOMPARE(QByteArray::fromStdString(toIso(windowEnd(time, zone.toStdString()))), end);
    }

    void endsOneWindowWhereTheNextBegins_data() {
        QTest::addColumn<QByteArray>("zone");
        for (const char* zone : {"UTC", "Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo", "America/Havana",
                                 "Australia/Lord_Howe", "Africa/Cairo", "Asia/Beirut"})
            QTest::newRow(zone) << QByteArray(zone);
    }
    void endsOneWindowWhereTheNextBegins() {
        QFETCH(QByteArray, zone);
        const std::string name = zone.toStdString();
        QVERIFY(isKnownZone(name));
        for (const int year : {2018, 2026}) {
            TimePoint at = TimePoint{std::chrono::sys_days{std::chrono::year{year} / 1 / 1}} + 7min;
            for (int half = 0; half < 2 * 24 * 366; ++half, at += 30min) {
                const TimePoint end = windowEnd(at, name);
                QVERIFY(end > at && end - at <= 25h);
                QCOMPARE(windowName(end - 1ms, name), windowName(at, name));
                QVERIFY(windowName(end, name) > windowName(at, name));
            }
        }
    }

    void knowsWhichZonesThereAre() {
        QVERIFY(isKnownZone("Asia/Shanghai"));
        QVERIFY(!isKnownZone("Mars/Olympus"));
        QVERIFY(!isKnownZone(""));
    }
};

QTEST_APPLESS_MAIN(TestWindow)
#include "tst_window.moc"
