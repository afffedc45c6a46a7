// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/upkeep/history.h"

#include "engine/observe/log.h"
#include "engine/store/ledger.h"

namespace postroom::upkeep {

namespace {

using namespace std::chrono_literals;

constexpr Milliseconds hourStep = 5s, dayStep = 60s;
constexpr std::size_t hourPoints = 720, dayPoints = 1440;
constexpr std::size_t stepsOfAMinute = 12;
// An hour more than is shown, for who looks into the table.
constexpr auto kept = 25h;

}  // namespace

std::optional<Range> rangeNamed(std::string_view name) {
    if (name == "1h") return Range::Hour;
    if (name == "24h") return Range::Day;
    return std::nullopt;
}

History::History(Parts parts)
    : m_parts(std::move(parts)),
      m_hour(hourStep, hourPoints),
      m_day(dayStep, dayPoints),
      m_seen(m_parts.tally.read()),
      m_lookedAt(m_parts.clock.now()) {
    m_hour.begin(m_lookedAt);
    m_day.begin(m_lookedAt);
}

void History::load(std::function<void()> done) {
    const TimePoint from = m_parts.clock.now() - kept;
    m_parts.readers.submit([this, from, done = std::move(done)](store::Connection& connection) {
        auto rows = store::history::list(connection, m_parts.node, from);
        if (!rows) qCWarning(observe::logStore, "the charts' history can't be read: %s", rows.error().text().c_str());
        m_parts.worker.post([this, done, rows = std::move(rows)] {
            if (rows)
                for (const store::MinuteRecord& row : *rows)
                    m_day.restore(
                        row.at,
                        {.accepted = row.accepted, .sent = row.sent, .failed = row.failed, .deferred = row.deferred},
                        row.queued);
            if (done) done();
        });
    });
}

void History::run() {
    m_timer = std::make_unique<QTimer>();
    m_timer->setSingleShot(true);
    m_timer->setTimerType(Qt::PreciseTimer);
    QObject::connect(m_timer.get(), &QTimer::timeout, m_timer.get(), [this] {
        look();
        armTimer();
    });
    armTimer();
}

void History::armTimer() {
    const TimePoint now = m_parts.clock.now();
    m_timer->start(m_hour.stepOf(now) + hourStep - now);
}

void History::look(std::function<void()> done) {
    const observe::Flow counted = m_parts.tally.read();
    const observe::Flow flow = counted - std::exchange(m_seen, counted);
    const TimePoint until = m_parts.clock.now(), since = std::exchange(m_lookedAt, until);
    m_parts.readers.submit([this, since, until, flow, done = std::move(done)](store::Connection& connection) {
        const auto counters = store::ledger::readCounters(connection);
        m_parts.worker.post([this, since, until, flow, done, counters] {
            if (counters) {
                const auto count = [&](const char* name) {
                    const auto at = counters->find(name);
                    return at == counters->end() ? 0 : at->second;
                };
                m_queued = count("queued") + count("sending");
            }
            note(since, until, flow);
            if (done) done();
        });
    });
}

void History::note(TimePoint since, TimePoint until, const observe::Flow& flow) {
    // Stopped the moment it looked: no point for a step in which it did not run.
    if (since == until && flow == observe::Flow{}) return;
    m_hour.note(since, until, flow, m_queued);
    m_day.note(since, until, flow, m_queued);
    const TimePoint minute = m_day.stepOf(since);
    if (m_unwritten && m_unwritten->at != minute) write();
    if (!m_unwritten) m_unwritten = store::MinuteRecord{.at = minute};
    m_unwritten->accepted += flow.accepted;
    m_unwritten->sent += flow.sent;
    m_unwritten->failed += flow.failed;
    m_unwritten->deferred += flow.deferred;
    m_unwritten->queued = m_queued;
    if (m_day.stepOf(until) != minute) write();
}

void History::write() {
    if (!m_unwritten) return;
    const store::MinuteRecord minute = *std::exchange(m_unwritten, std::nullopt);
    m_parts.writer.submit(store::Write{[minute, node = m_parts.node](store::Transaction& transaction) -> Result<void> {
                                           if (auto added = store::history::add(transaction, node, minute); !added)
                                               return added;
                                           return store::history::trim(transaction, minute.at - kept);
                                       },
                                       [](const Result<void>& result) {
                                           // A minute of a chart: not worth a second try.
                                           if (!result)
                                               qCWarning(observe::logStore, "a minute of the charts is not kept: %s",
                                                         result.error().text().c_str());
                                       }});
}

void History::show(Range range, std::function<void(contract::Stats)> then) {
    m_parts.worker.post([this, range, then = std::move(then)] {
        const observe::Series& series = range == Range::Hour ? m_hour : m_day;
        then({.range = range == Range::Hour ? "1h" : "24h",
              .step_ms = series.step().count(),
              .fromAt = series.from(),
              .series = series.shown(),
              .ratePerMinute = sentLastMinute(),
              .totals = {}});
    });
}

void History::rate(std::function<void(double)> then) {
    m_parts.worker.post([this, then = std::move(then)] { then(sentLastMinute()); });
}

double History::sentLastMinute() const {
    return static_cast<double>(m_hour.sentIn(stepsOfAMinute));
}

void History::stop() {
    m_parts.worker.call([this] {
        m_timer.reset();
        const observe::Flow counted = m_parts.tally.read();
        const observe::Flow flow = counted - std::exchange(m_seen, counted);
        const TimePoint until = m_parts.clock.now();
        note(std::exchange(m_lookedAt, until), until, flow);
        write();
    });
}

}  // namespace postroom::upkeep
