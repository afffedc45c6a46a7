// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/observe/events.h"

#include <algorithm>
#include <charconv>
#include <unordered_set>

namespace postroom::observe {

std::string_view name(Topic topic) {
    switch (topic) {
        case Topic::Messages: return "messages";
        case Topic::Accounts: return "accounts";
        case Topic::Keys: return "keys";
        case Topic::Queue: return "queue";
        case Topic::Sandbox: return "sandbox";
        case Topic::Templates: return "templates";
        case Topic::Settings: break;
    }
    return "settings";
}

EventRing::EventRing(std::string epoch) : m_epoch(std::move(epoch)) {}

void EventRing::note(Topic topic, std::span<const Id> ids) {
    const std::lock_guard lock{m_mutex};
    Log& log = m_logs[static_cast<std::size_t>(topic)];
    log.last = ++m_last;
    if (ids.empty() || ids.size() > mostIds) {
        log.missing = m_last;
    } else {
        for (const Id& id : ids) {
            Entry& entry = log.ring[log.next];
            log.missing = std::max(log.missing, entry.place);
            entry = {m_last, id};
            log.next = (log.next + 1) % kept;
        }
    }
    if (std::exchange(m_armed, false) && m_wake) m_wake();
}

std::uint64_t EventRing::last() const {
    const std::lock_guard lock{m_mutex};
    return m_last;
}

std::string EventRing::text(std::uint64_t place) const {
    return m_epoch + "." + std::to_string(place);
}

std::optional<std::uint64_t> EventRing::place(std::string_view next) const {
    if (next.size() <= m_epoch.size() + 1 || !next.starts_with(m_epoch) || next[m_epoch.size()] != '.')
        return std::nullopt;
    next.remove_prefix(m_epoch.size() + 1);
    std::uint64_t place = 0;
    const auto [end, error] = std::from_chars(next.data(), next.data() + next.size(), place);
    if (error != std::errc{} || end != next.data() + next.size() || place > last()) return std::nullopt;
    return place;
}

std::vector<std::string> EventRing::idsSince(const Log& log, std::uint64_t place) {
    if (log.missing > place) return {};
    std::vector<std::string> ids;
    std::unordered_set<Id> seen;
    for (std::size_t back = 1; back <= kept; ++back) {
        const Entry& entry = log.ring[(log.next + kept - back) % kept];
        if (entry.place <= place) break;
        if (!seen.insert(entry.id).second) continue;
        if (ids.size() == mostIds) return {};
        ids.push_back(entry.id.text());
    }
    // In the order in which they changed.
    std::reverse(ids.begin(), ids.end());
    return ids;
}

contract::Events EventRing::since(std::uint64_t place) const {
    const std::lock_guard lock{m_mutex};
    contract::Events out{.next = text(m_last), .reset = false, .events = {}};
    for (std::size_t topic = 0; topic < topicCount; ++topic)
        if (m_logs[topic].last > place)
            out.events.push_back(
                {.topic = std::string(name(static_cast<Topic>(topic))), .ids = idsSince(m_logs[topic], place)});
    return out;
}

contract::Events EventRing::reset() const {
    return {.next = text(last()), .reset = true, .events = {}};
}

void EventRing::onNews(std::function<void()> wake) {
    const std::lock_guard lock{m_mutex};
    m_wake = std::move(wake);
}

bool EventRing::arm(std::uint64_t place) {
    const std::lock_guard lock{m_mutex};
    if (m_last > place) return false;
    return m_armed = true;
}

}  // namespace postroom::observe
