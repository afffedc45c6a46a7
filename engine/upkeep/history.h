// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The history behind the charts: an hour in steps of 5 s in memory, a day in steps of a minute in the store.
//
// Lives in the worker it is given, in which it is also destroyed. Every 5 s, right behind the end of a step, it takes
// what the tally has grown by and asks a reader how long the queue is.

#include "engine/contract/resources.h"
#include "engine/observe/series.h"
#include "engine/store/history.h"
#include "engine/store/readers.h"

#include <functional>
#include <memory>
#include <optional>
#include <QTimer>

namespace postroom::upkeep {

enum class Range { Hour, Day };
/// "1h" and "24h".
[[nodiscard]] std::optional<Range> rangeNamed(std::string_view name);

class History {
public:
    /// All of it outlives the history.
    struct Parts {
        Worker& worker;
        store::Writer& writer;
        store::Readers& readers;
        const Clock& clock;
        const observe::Tally& tally;
        std::string node = "local";
    };

    explicit History(Parts parts);
    History(const History&) = delete;
    History& operator=(const History&) = delete;

    /// Any thread. Reads the last day; `done` runs in the worker's thread.
    void load(std::function<void()> done);
    /// In the worker's thread. Looks at the end of every step from now on.
    void run();
    /// In the worker's thread. One look; `done` runs in the worker's thread when it is in the series.
    void look(std::function<void()> done = {});
    /// Any thread; `then` runs in the worker's thread. Without totals.
    void show(Range range, std::function<void(contract::Stats)> then);
    /// Recipients sent within the last minute. Any thread; `then` runs in the worker's thread.
    void rate(std::function<void(double)> then);
    /// Not from the worker. Takes the last look and writes what is not written.
    void stop();

private:
    void note(TimePoint since, TimePoint until, const observe::Flow& flow);
    void write();
    void armTimer();
    [[nodiscard]] double sentLastMinute() const;

    Parts m_parts;
    observe::Series m_hour, m_day;
    observe::Flow m_seen;  ///< the tally at the last look
    TimePoint m_lookedAt;
    std::int64_t m_queued = 0;
    std::optional<store::MinuteRecord> m_unwritten;  ///< of one minute
    std::unique_ptr<QTimer> m_timer;
};

}  // namespace postroom::upkeep
