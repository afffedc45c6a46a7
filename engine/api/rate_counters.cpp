// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/rate_counters.h"

namespace postroom::api {

policy::RateVerdict RateTable::take(const std::string& who, std::int64_t perMinute, std::int64_t cost, SteadyPoint now,
                                    std::int64_t counted) {
    const std::lock_guard lock{m_mutex};
    const auto known = m_byName.find(who);
    const SteadyPoint fullAt = known == m_byName.end() ? SteadyPoint{} : known->second->fullAt;
    const auto verdict = policy::judgeRate(perMinute, cost, fullAt, now, counted);
    if (cost == 0 || !verdict.allowed) return verdict;
    if (known != m_byName.end()) {
        known->second->fullAt = verdict.fullAt;
        m_callers.splice(m_callers.begin(), m_callers, known->second);
        return verdict;
    }
    // The quietest has nothing to lose where it has got everything back; where it has not, the table is too small.
    if (m_byName.size() >= m_most) {
        m_byName.erase(m_callers.back().who);
        m_callers.pop_back();
    }
    m_callers.push_front({.who = who, .fullAt = verdict.fullAt});
    m_byName.emplace(who, m_callers.begin());
    return verdict;
}

std::size_t RateTable::size() const {
    const std::lock_guard lock{m_mutex};
    return m_byName.size();
}

}  // namespace postroom::api
