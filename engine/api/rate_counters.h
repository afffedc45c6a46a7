// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// How much of its minute each caller has taken: policy::judgeRate() with a memory.
//
// Any thread. The memory is bounded: callers may be addresses, and an attacker has as many of those as they like.
// Whoever took something last is remembered; the one forgotten is whoever has been quiet for longest.

#include "engine/policy/rate_limit.h"

#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

namespace postroom::api {

/// What counts requests: here the table below; several nodes that share their counters put another in its place.
class RateCounters {
public:
    virtual ~RateCounters() = default;
    /// Judges `cost` requests of `who` and, where they are allowed, takes them; see policy::judgeRate().
    [[nodiscard]] virtual policy::RateVerdict take(const std::string& who, std::int64_t perMinute, std::int64_t cost,
                                                   SteadyPoint now, std::int64_t counted = 0) = 0;
};

class RateTable final : public RateCounters {
public:
    /// Remembers `most` callers.
    explicit RateTable(std::size_t most) : m_most(most) {}

    policy::RateVerdict take(const std::string& who, std::int64_t perMinute, std::int64_t cost, SteadyPoint now,
                             std::int64_t counted = 0) override;
    [[nodiscard]] std::size_t size() const;

private:
    struct Caller {
        std::string who;
        SteadyPoint fullAt;
    };

    const std::size_t m_most;
    mutable std::mutex m_mutex;
    std::list<Caller> m_callers;  // who took something last stands first
    std::unordered_map<std::string, std::list<Caller>::iterator> m_byName;
};

}  // namespace postroom::api
