// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/upkeep/history.h"

#include <algorithm>
#include <atomic>
#include <QTemporaryDir>
#include <QTest>
#include <semaphore>

using namespace postroom;
using namespace postroom::upkeep;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint start{28'333'334min};

class TestClock final : public Clock {
public:
    [[nodiscard]] TimePoint now() const override { return TimePoint{Milliseconds{m_now}}; }
    [[nodiscard]] SteadyPoint steady() const override { return {}; }
    void set(TimePoint at) { m_now = at.time_since_epoch().count(); }

private:
    std::atomic<std::int64_t> m_now = start.time_since_epoch().count();
};

double total(const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += std::max(value, 0.0);
    return sum;
}

}  // namespace

class TestHistory : public QObject {
    Q_OBJECT

    // One run of an engine on the folder, as far as the charts see it.
    struct Run {
        TestClock& clock;
        Worker writing{"writer"}, worker{"api"};
        store::Location location;
        store::Writer writer;
        store::Readers readers;
        observe::Tally tally;
        std::unique_ptr<History> history;

        Run(const std::string& folder, TestClock& time)
            : clock(time),
              location(store::Location::parse("", folder).value()),
              writer(writing, location),
              readers(location, 1) {
            if (!writer.open() || !readers.open()) qFatal("no store");
            std::counting_semaphore<> ready{0};
            worker.call([&] {
                history = std::make_unique<History>(History::Parts{.worker = worker,
                                                                   .writer = writer,
                                                                   .readers = readers,
                                                                   .clock = clock,
                                                                   .tally = tally,
                                                                   .node = "local"});
            });
            history->load([&] { ready.release(); });
            ready.acquire();
        }
        ~Run() {
            readers.stop();
            history->stop();
            worker.call([&] { history.reset(); });
            writer.stop();
        }
        void look(TimePoint at) {
            clock.set(at);
            std::counting_semaphore<> ready{0};
            worker.call([&] { history->look([&] { ready.release(); }); });
            ready.acquire();
        }
        contract::Stats show(Range range) {
            contract::Stats stats;
            std::counting_semaphore<> ready{0};
            history->show(range, [&](contract::Stats shown) {
                stats = std::move(shown);
                ready.release();
            });
            ready.acquire();
            return stats;
        }
    };

    std::unique_ptr<QTemporaryDir> m_folder;
    TestClock m_clock;
    [[nodiscard]] std::string folder() const { return m_folder->path().toStdString(); }

private slots:
    void init() {
        m_folder = std::make_unique<QTemporaryDir>();
        m_clock.set(start);
    }

    void hasAnHourAndADay() {
        Run run(folder(), m_clock);
        const auto hour = run.show(Range::Hour), day = run.show(Range::Day);
        QCOMPARE(hour.range, std::string("1h"));
        QCOMPARE(hour.step_ms, std::int64_t(5000));
        QCOMPARE(hour.fromAt, start - 1h);
        QCOMPARE(day.range, std::string("24h"));
        QCOMPARE(day.step_ms, std::int64_t(60'000));
        QCOMPARE(day.fromAt, start - 24h);
        for (const char* name : {"accepted", "sent", "failed", "deferred", "queued"}) {
            QCOMPARE(hour.series.at(name), std::vector<double>(720, -1));
            QCOMPARE(day.series.at(name), std::vector<double>(1440, -1));
        }
        QVERIFY(!rangeNamed("") && !rangeNamed("2h") && rangeNamed("24h") == Range::Day);
    }

    void countsWhatHappensBetweenLooks() {
        Run run(folder(), m_clock);
        run.tally.add({.accepted = 5, .sent = 3});
        run.look(start + 5s);
        run.tally.add({.sent = 2});
        run.look(start + 10s);
        const auto hour = run.show(Range::Hour);
        QCOMPARE(hour.series.at("accepted")[718], 5.0);
        QCOMPARE(hour.series.at("sent")[718], 3.0);
        QCOMPARE(hour.series.at("sent")[719], 2.0);
        QCOMPARE(hour.series.at("queued")[719], 0.0);
        QCOMPARE(hour.series.at("sent")[717], -1.0);
        QCOMPARE(hour.ratePerMinute, 5.0);
        QCOMPARE(total(run.show(Range::Day).series.at("sent")), 0.0);
        for (auto at = 15s; at <= 60s; at += 5s) run.look(start + at);
        QCOMPARE(run.show(Range::Day).series.at("sent")[1439], 5.0);
        run.look(start + 65s);
        QCOMPARE(run.show(Range::Hour).ratePerMinute, 2.0);
    }

    void keepsTheDayAcrossARestart() {
        {
            Run run(folder(), m_clock);
            run.tally.add({.accepted = 7, .sent = 7, .failed = 1, .deferred = 2});
            run.look(start + 60s);
            run.tally.add({.sent = 2});
            run.look(start + 80s);
            run.tally.add({.sent = 1});
            m_clock.set(start + 90s);
        }
        m_clock.set(start + 100s);
        {
            Run run(folder(), m_clock);
            const auto early = run.show(Range::Day);
            QCOMPARE(early.series.at("sent")[1439], 7.0);
            QCOMPARE(early.series.at("failed")[1439], 1.0);
            QCOMPARE(early.series.at("deferred")[1439], 2.0);
            run.tally.add({.sent = 4});
            run.look(start + 120s);
            // The minute with the restart in it has what both runs did.
            QCOMPARE(run.show(Range::Day).series.at("sent")[1439], 7.0);
            QCOMPARE(total(run.show(Range::Day).series.at("sent")), 14.0);
            QCOMPARE(total(run.show(Range::Hour).series.at("sent")), 4.0);
        }
        m_clock.set(start + 180s);
        Run run(folder(), m_clock);
        const auto late = run.show(Range::Day);
        QCOMPARE(late.series.at("sent")[1437], 7.0);
        QCOMPARE(late.series.at("sent")[1438], 7.0);
        QCOMPARE(late.series.at("sent")[1439], -1.0);
    }

    void throwsAwayWhatIsOlderThanADayAndAnHour() {
        {
            Run run(folder(), m_clock);
            run.tally.add({.sent = 1});
            run.look(start + 60s);
        }
        m_clock.set(start + 25h + 5min);
        {
            Run run(folder(), m_clock);
            QCOMPARE(total(run.show(Range::Day).series.at("sent")), 0.0);
            run.tally.add({.sent = 2});
            run.look(start + 25h + 6min);
        }
        Run run(folder(), m_clock);
        const auto reading = store::Connection::open(run.location, store::Access::Read).value();
        const auto rows = store::history::list(*reading, "local", TimePoint{}).value();
        QVERIFY(!rows.empty());
        for (const auto& row : rows) QVERIFY(row.at >= start + 25h);
    }
};

QTEST_GUILESS_MAIN(TestHistory)
#include "tst_history.moc"
