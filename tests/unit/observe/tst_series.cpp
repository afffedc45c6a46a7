// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/observe/series.h"

#include <QTest>

using namespace postroom;
using namespace postroom::observe;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint start{1'700'000'000s};  // at the beginning of a step of 5 s
using Values = std::vector<double>;

}  // namespace

class TestSeries : public QObject {
    Q_OBJECT

    // Looks every 5 s, `late` behind the end of the step.
    static void look(Series& series, int steps, const Flow& flow, std::int64_t queued = 0, Milliseconds late = 2ms) {
        series.note(start + (steps - 1) * 5s + late, start + steps * 5s + late, flow, queued);
    }

private slots:
    void hasNoPointWhereNobodyLooked() {
        Series series{5s, 4};
        series.begin(start);
        const auto shown = series.shown();
        QCOMPARE(shown.size(), std::size_t(5));
        for (const char* name : {"accepted", "sent", "failed", "deferred", "queued"})
            QCOMPARE(shown.at(name), (Values{-1, -1, -1, -1}));
        QCOMPARE(series.from(), start - 20s);
    }

    void showsTheNewestFinishedStepLast() {
        Series series{5s, 4};
        series.begin(start);
        look(series, 1, {.accepted = 3, .sent = 2, .failed = 1, .deferred = 4}, 7);
        look(series, 2, {.accepted = 1}, 8);
        const auto shown = series.shown();
        QCOMPARE(shown.at("accepted"), (Values{-1, -1, 3, 1}));
        QCOMPARE(shown.at("sent"), (Values{-1, -1, 2, 0}));
        QCOMPARE(shown.at("failed"), (Values{-1, -1, 1, 0}));
        QCOMPARE(shown.at("deferred"), (Values{-1, -1, 4, 0}));
        QCOMPARE(shown.at("queued"), (Values{-1, -1, 7, 8}));
        QCOMPARE(series.from(), start - 10s);
    }

    void rollsOver() {
        Series series{5s, 4};
        series.begin(start);
        for (int step = 1; step <= 11; ++step) look(series, step, {.sent = step}, step);
        QCOMPARE(series.shown().at("sent"), (Values{8, 9, 10, 11}));
        QCOMPARE(series.from(), start + 35s);
    }

    void addsSeveralLooksOfAStep() {
        Series series{60s, 2};
        const TimePoint minute = series.stepOf(start);
        series.begin(minute);
        for (int i = 0; i < 12; ++i) series.note(minute + i * 5s + 2ms, minute + (i + 1) * 5s + 2ms, {.sent = 1}, i);
        QCOMPARE(series.shown().at("sent"), (Values{-1, 12}));
        QCOMPARE(series.shown().at("queued"), (Values{-1, 11}));
    }

    void keepsWhatIsNotOverToItself() {
        Series series{5s, 2};
        series.begin(start);
        series.note(start + 1s, start + 2s, {.sent = 5}, 1);
        QCOMPARE(series.shown().at("sent"), (Values{-1, -1}));
        series.note(start + 2s, start + 5s, {.sent = 1}, 1);
        QCOMPARE(series.shown().at("sent"), (Values{-1, 6}));
    }

    void leavesAHoleWhereTheMachineSlept() {
        Series series{5s, 5};
        series.begin(start);
        look(series, 1, {.sent = 1});
        series.note(start + 5s, start + 16s, {.sent = 9}, 0);
        series.note(start + 16s, start + 20s, {.sent = 2}, 0);
        QCOMPARE(series.shown().at("sent"), (Values{-1, 1, 9, -1, 2}));
    }

    void forgetsEverythingAfterALongSleep() {
        Series series{5s, 3};
        series.begin(start);
        look(series, 1, {.sent = 1});
        series.note(start + 5s, start + 1h, {.sent = 9}, 0);
        QCOMPARE(series.shown().at("sent"), (Values{-1, -1, -1}));
        series.note(start + 1h, start + 1h + 5s, {.sent = 2}, 0);
        QCOMPARE(series.shown().at("sent"), (Values{-1, -1, 2}));
    }

    void beginsAnewWhenTheClockIsSetBack() {
        Series series{5s, 3};
        series.begin(start);
        look(series, 1, {.sent = 1});
        series.note(start + 5s, start - 1h, {.sent = 9}, 0);
        series.note(start - 1h, start - 1h + 5s, {.sent = 2}, 0);
        QCOMPARE(series.shown().at("sent"), (Values{-1, -1, 2}));
    }

    void standsStillWhenTheClockGoesBackALittle() {
        Series series{5s, 3};
        series.begin(start);
        look(series, 1, {.sent = 1});
        series.note(start + 5s, start + 3s, {.sent = 1}, 0);
        series.note(start + 3s, start + 6s, {.sent = 1}, 0);
        QCOMPARE(series.shown().at("sent"), (Values{-1, -1, 2}));
    }

    void goesOnWithAnEarlierRun() {
        Series series{60s, 4};
        const TimePoint minute = series.stepOf(start);
        series.begin(minute + 30s);
        series.restore(minute - 3min, {.sent = 3}, 30);
        series.restore(minute - 1min, {.sent = 4}, 40);
        series.restore(minute, {.sent = 5}, 50);
        series.restore(minute - 1h, {.sent = 9}, 90);
        series.restore(minute + 1h, {.sent = 9}, 90);
        QCOMPARE(series.shown().at("sent"), (Values{-1, 3, -1, 4}));
        // The minute of the restart has both runs in it.
        series.note(minute + 30s, minute + 60s, {.sent = 1}, 7);
        QCOMPARE(series.shown().at("sent"), (Values{3, -1, 4, 6}));
        QCOMPARE(series.shown().at("queued"), (Values{30, -1, 40, 7}));
    }

    void countsWhatWasSentLately() {
        Series series{5s, 20};
        series.begin(start);
        for (int step = 1; step <= 20; ++step) look(series, step, {.sent = step > 8 ? 2 : 100});
        QCOMPARE(series.sentIn(12), std::int64_t(24));
        QCOMPARE(Series(5s, 4).sentIn(12), std::int64_t(0));
    }

    void talliesWhatIsAdded() {
        Tally tally;
        tally.add({.accepted = 1, .sent = 2, .failed = 3, .deferred = 4});
        tally.add({.accepted = 1});
        QVERIFY(tally.read() == (Flow{.accepted = 2, .sent = 2, .failed = 3, .deferred = 4}));
        QVERIFY(tally.read() - Flow{.sent = 1} == (Flow{.accepted = 2, .sent = 1, .failed = 3, .deferred = 4}));
    }
};

QTEST_GUILESS_MAIN(TestSeries)
#include "tst_series.moc"
