// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/absence.h"

#include <QTest>

using namespace postroom;
using namespace postroom::policy;
using namespace std::chrono_literals;

namespace {
const TimePoint noon{1'767'268'800s};
}

class TestAbsence : public QObject {
    Q_OBJECT

private slots:
    void tellsWhatTheClocksSay_data() {
        QTest::addColumn<qint64>("wall_ms");
        QTest::addColumn<qint64>("steady_ms");
        QTest::addColumn<bool>("absence");
        QTest::addColumn<qint64>("setBackBy_ms");
        const auto row = [](const char* name, Milliseconds wall, Milliseconds steady, bool absence, Milliseconds back) {
            QTest::newRow(name) << qint64{wall.count()} << qint64{steady.count()} << absence << qint64{back.count()};
        };
        row("a second", 1s, 1s, false, 0s);
        row("a second under load", 9s, 9s, false, 0s);
        row("the process stood still", 30s, 30s, true, 0s);
        row("the machine slept", 8h, 1s, true, 0s);
        row("the clock was set forward", 1h, 1s, true, 0s);
        row("a leap second", 0s, 1s, false, 0s);
        row("the clock was put right by a little", -4s, 1s, false, 0s);
        row("the clock was set back", -3h, 1s, false, 3h + 1s);
        row("it stood still, and was set back within that", 30min, 1h, true, 30min);
        row("it was set back within a sleep", 1h, 1s, true, 0s);
    }
    void tellsWhatTheClocksSay() {
        QFETCH(qint64, wall_ms);
        QFETCH(qint64, steady_ms);
        QFETCH(bool, absence);
        QFETCH(qint64, setBackBy_ms);
        const ClockLook before{.wall = noon, .steady = SteadyPoint{1h}};
        const Leap leap = leapBetween(
            before, {.wall = noon + Milliseconds{wall_ms}, .steady = before.steady + Milliseconds{steady_ms}});
        QCOMPARE(leap.isAbsence, absence);
        QCOMPARE(qint64{leap.setBackBy.count()}, setBackBy_ms);
    }

    // No engine from 0 to 72 h, a limit of 24 h.
    void blamesTheAbsenceForItsOwnPartAlone_data() {
        QTest::addColumn<int>("dueHour");
        QTest::addColumn<int>("nowHour");
        QTest::addColumn<bool>("tooLate");
        QTest::newRow("due at its beginning") << 0 << 72 << true;
        QTest::newRow("due within, two days ago") << 24 << 72 << true;
        QTest::newRow("due within, a day ago") << 48 << 72 << false;
        QTest::newRow("due as it ended") << 72 << 72 << false;
        QTest::newRow("due after it, and late by a limit") << 80 << 800 << false;
        QTest::newRow("due within, and late by a limit since") << 60 << 800 << false;
        QTest::newRow("due long before it") << -100 << 72 << true;
        QTest::newRow("not due yet") << 100 << 72 << false;
        QTest::newRow("looked at before its end") << 0 << 20 << false;
    }
    void blamesTheAbsenceForItsOwnPartAlone() {
        QFETCH(int, dueHour);
        QFETCH(int, nowHour);
        QFETCH(bool, tooLate);
        const auto at = [](int hour) { return noon + std::chrono::hours{hour}; };
        const std::vector<Absence> absences{{at(-1000), at(-990)}, {at(0), at(72)}};
        QCOMPARE(isTooLate(at(dueHour), absences, 24h, at(nowHour)), tooLate);
        QVERIFY(!isTooLate(at(dueHour), {}, 24h, at(nowHour)));
    }

    // Ten nights of ten hours make nothing late that has had all the days.
    void addsNothingUp() {
        std::vector<Absence> nights;
        for (int day = 0; day < 10; ++day) noteAbsence(nights, {noon + day * 24h, noon + day * 24h + 10h}, 8h);
        QCOMPARE(nights.size(), std::size_t{10});
        QVERIFY(!isTooLate(noon, nights, 12h, noon + 240h));
        QVERIFY(isTooLate(noon, nights, 9h, noon + 240h));
    }

    void keepsThoseThatMakeLateAndNotTooManyOfThem() {
        std::vector<Absence> absences;
        noteAbsence(absences, {noon, noon + 24h}, 24h);
        QVERIFY(absences.empty());
        for (int i = 0; i < 100; ++i) noteAbsence(absences, {noon + i * 48h, noon + i * 48h + 25h}, 24h);
        QCOMPARE(absences.size(), std::size_t{32});
        QCOMPARE(absences.back().from, noon + 99 * 48h);
    }

    void forgetsWhatAClockHasSaidThatWasWrong() {
        std::vector<Absence> absences{{noon, noon + 24h}, {noon + 30h, noon + 8000h}, {noon + 9000h, noon + 9001h}};
        clipAbsences(absences, noon + 31h);
        const std::vector<Absence> left{{noon, noon + 24h}, {noon + 30h, noon + 31h}};
        QVERIFY(absences == left);
    }

    void readsWhatItWrote() {
        const std::vector<Absence> absences{{noon, noon + 24h}, {noon + 30h, noon + 31h + 5ms}};
        QVERIFY(absencesIn(toText(absences)) == absences);
        QVERIFY(absencesIn("").empty());
        QVERIFY(absencesIn("   nonsense / 2026-01-01T00:00:00Z/ /x " + toText({{noon + 2h, noon}})).empty());
    }
};

QTEST_APPLESS_MAIN(TestAbsence)
#include "tst_absence.moc"
