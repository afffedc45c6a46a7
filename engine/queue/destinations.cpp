// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/destinations.h"

#include "engine/base/text.h"
#include "engine/content/address.h"

#include <algorithm>

namespace postroom::queue {

namespace {

constexpr std::size_t mostDomains = 10'000;

std::string domainOf(const Due& due) {
    return toLowerAscii(content::domainOf(due.recipient));
}

// Each domain once, however many of its recipients there are.
std::vector<std::string> domainsOf(const std::vector<Due>& deliveries) {
    std::vector<std::string> domains;
    for (const Due& due : deliveries) domains.push_back(domainOf(due));
    std::sort(domains.begin(), domains.end());
    domains.erase(std::unique(domains.begin(), domains.end()), domains.end());
    return domains;
}

}  // namespace

std::optional<TimePoint> Destinations::waitsUntil(const Due& due, TimePoint now, double dice) const {
    const auto at = m_domains.find(domainOf(due));
    return at == m_domains.end() ? std::nullopt : policy::waitsUntil(at->second.state, at->second.underWay, now, dice);
}

void Destinations::begin(const std::vector<Due>& deliveries) {
    if (none()) return;
    for (const std::string& domain : domainsOf(deliveries))
        if (const auto at = m_domains.find(domain); at != m_domains.end()) ++at->second.underWay;
}

void Destinations::end(const std::vector<Due>& deliveries) {
    if (none()) return;
    // Those that began before it was known are not among the counted.
    for (const std::string& domain : domainsOf(deliveries))
        if (const auto at = m_domains.find(domain); at != m_domains.end())
            at->second.underWay = std::max(at->second.underWay - 1, 0);
}

void Destinations::setBack(Milliseconds by, TimePoint now) {
    for (auto& [name, domain] : m_domains)
        if (domain.state.pausedUntil > now) domain.state.pausedUntil -= by;
}

void Destinations::note(const Due& due, const policy::Verdict& verdict, TimePoint now, double dice) {
    const bool refuses = verdict.level == policy::Level::Destination && verdict.meaning == policy::Meaning::Deferred;
    const bool takes = verdict.meaning == policy::Meaning::Sent;
    if (!refuses && (!takes || none())) return;
    const std::string name = domainOf(due);
    if (refuses) {
        if (m_domains.size() >= mostDomains)
            std::erase_if(m_domains, [now](const auto& entry) { return entry.second.state.pausedUntil <= now; });
        policy::Destination& state = m_domains[name].state;
        state = policy::afterRefusing(state, now, verdict.asked, dice);
        return;
    }
    const auto at = m_domains.find(name);
    // What was taken during the pause was on its way before it.
    if (at == m_domains.end() || at->second.state.pausedUntil > now) return;
    at->second.state = policy::afterTaking(at->second.state);
    if (at->second.state.isOpen(now)) m_domains.erase(at);
}

}  // namespace postroom::queue
