// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What happened in each of the last steps of a fixed length, for charts.

#include "engine/base/clock.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace postroom::observe {

/// Recipients, counted. The sandbox's are among them: the charts show what the engine did.
struct Flow {
    std::int64_t accepted = 0;
    std::int64_t sent = 0;
    std::int64_t failed = 0;
    std::int64_t deferred = 0;  ///< put off by a reply or a fault, to be tried again

    Flow& operator+=(const Flow& other);
    [[nodiscard]] Flow operator-(const Flow& other) const;
    bool operator==(const Flow&) const = default;
};

/// Grows while the engine runs. Any thread; one call a batch.
class Tally {
public:
    void add(const Flow& flow);
    [[nodiscard]] Flow read() const;

private:
    std::atomic<std::int64_t> m_accepted = 0, m_sent = 0, m_failed = 0, m_deferred = 0;
};

/// Points by step; steps are counted from 1970, so that they lie alike after a restart. Pure; one thread.
class Series {
public:
    Series(Milliseconds step, std::size_t points);

    /// Somebody looks for the first time: steps before this one are over.
    void begin(TimePoint now);
    /// `flow` happened between two looks. It belongs to the step of the earlier one: looks come right behind the end
    /// of a step, and one that comes later finds steps in between that nobody saw; they stay unknown. `queued` is the
    /// queue's length at the later look.
    void note(TimePoint since, TimePoint until, const Flow& flow, std::int64_t queued);
    /// A point of an earlier run. What is noted in its step is added to it.
    void restore(TimePoint at, const Flow& flow, std::int64_t queued);

    /// Where the step begins that `at` lies in.
    [[nodiscard]] TimePoint stepOf(TimePoint at) const;
    [[nodiscard]] Milliseconds step() const { return m_step; }
    /// Where the first shown point's step begins.
    [[nodiscard]] TimePoint from() const;
    /// As many points as it was made for, the newest finished step last; -1 where nobody looked.
    [[nodiscard]] std::map<std::string, std::vector<double>> shown() const;
    /// Recipients sent in so many of the last finished steps.
    [[nodiscard]] std::int64_t sentIn(std::size_t steps) const;

private:
    struct Point {
        std::int64_t number = -1;  ///< of its step; what lies here is another step's if it differs
        Flow flow;
        std::int64_t queued = 0;
    };
    [[nodiscard]] std::int64_t numberOf(TimePoint at) const;
    [[nodiscard]] Point& at(std::int64_t number);
    [[nodiscard]] const Point* find(std::int64_t number) const;

    Milliseconds m_step;
    std::int64_t m_shown;
    std::vector<Point> m_points;
    std::int64_t m_open = 0;  ///< the number of the step that is not over
};

}  // namespace postroom::observe
