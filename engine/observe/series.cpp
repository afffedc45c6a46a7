// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/observe/series.h"

#include <algorithm>

namespace postroom::observe {

Flow& Flow::operator+=(const Flow& other) {
    accepted += other.accepted;
    sent += other.sent;
    failed += other.failed;
    deferred += other.deferred;
    return *this;
}

Flow Flow::operator-(const Flow& other) const {
    return {.accepted = accepted - other.accepted,
            .sent = sent - other.sent,
            .failed = failed - other.failed,
            .deferred = deferred - other.deferred};
}

void Tally::add(const Flow& flow) {
    const auto add = [](std::atomic<std::int64_t>& to, std::int64_t count) {
        if (count != 0) to.fetch_add(count, std::memory_order_relaxed);
    };
    add(m_accepted, flow.accepted);
    add(m_sent, flow.sent);
    add(m_failed, flow.failed);
    add(m_deferred, flow.deferred);
}

Flow Tally::read() const {
    return {.accepted = m_accepted.load(std::memory_order_relaxed),
            .sent = m_sent.load(std::memory_order_relaxed),
            .failed = m_failed.load(std::memory_order_relaxed),
            .deferred = m_deferred.load(std::memory_order_relaxed)};
}

// One place more than is shown: the step that is not over has a point too.
Series::Series(Milliseconds step, std::size_t points)
    : m_step(step), m_shown(static_cast<std::int64_t>(points)), m_points(points + 1) {}

std::int64_t Series::numberOf(TimePoint at) const {
    return std::max<std::int64_t>(0, at.time_since_epoch() / m_step);
}

TimePoint Series::stepOf(TimePoint at) const {
    return TimePoint{numberOf(at) * m_step};
}

Series::Point& Series::at(std::int64_t number) {
    Point& point = m_points[static_cast<std::size_t>(number) % m_points.size()];
    if (point.number != number) point = {.number = number, .flow = {}, .queued = 0};
    return point;
}

const Series::Point* Series::find(std::int64_t number) const {
    if (number < 0) return nullptr;
    const Point& point = m_points[static_cast<std::size_t>(number) % m_points.size()];
    return point.number == number ? &point : nullptr;
}

void Series::begin(TimePoint now) {
    m_open = numberOf(now);
}

void Series::note(TimePoint since, TimePoint until, const Flow& flow, std::int64_t queued) {
    if (numberOf(until) < m_open - m_shown) {
        // The clock was set back: what is here lies in a time to come.
        m_points.assign(m_points.size(), {});
        m_open = 0;
    }
    m_open = std::max(m_open, numberOf(until));
    const std::int64_t number = numberOf(since);
    if (number < m_open - m_shown) return;
    Point& point = at(number);
    point.flow += flow;
    point.queued = queued;
}

void Series::restore(TimePoint at, const Flow& flow, std::int64_t queued) {
    const std::int64_t number = numberOf(at);
    if (number < m_open - m_shown || number > m_open) return;
    Point& point = this->at(number);
    point.flow += flow;
    point.queued = queued;
}

TimePoint Series::from() const {
    return TimePoint{(m_open - m_shown) * m_step};
}

std::map<std::string, std::vector<double>> Series::shown() const {
    std::map<std::string, std::vector<double>> out;
    const auto column = [&](const char* name, auto&& valueOf) {
        std::vector<double>& values = out[name];
        values.reserve(static_cast<std::size_t>(m_shown));
        for (std::int64_t number = m_open - m_shown; number < m_open; ++number) {
            const Point* point = find(number);
            values.push_back(point ? static_cast<double>(valueOf(*point)) : -1);
        }
    };
    column("accepted", [](const Point& point) { return point.flow.accepted; });
    column("sent", [](const Point& point) { return point.flow.sent; });
    column("failed", [](const Point& point) { return point.flow.failed; });
    column("deferred", [](const Point& point) { return point.flow.deferred; });
    column("queued", [](const Point& point) { return point.queued; });
    return out;
}

std::int64_t Series::sentIn(std::size_t steps) const {
    std::int64_t sent = 0;
    for (std::size_t back = 1; back <= steps; ++back)
        if (const Point* point = find(m_open - static_cast<std::int64_t>(back))) sent += point->flow.sent;
    return sent;
}

}  // namespace postroom::observe
