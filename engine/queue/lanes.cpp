// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/lanes.h"

#include <algorithm>

namespace postroom::queue {

namespace {

// What laneName() wrote.
policy::Wanted wantedOf(std::string_view name) {
    if (name == "sandbox") return {.from = {}, .pinned = "sandbox"};
    policy::Wanted wanted;
    const auto take = [&](std::string_view prefix, std::string& to) {
        if (!name.starts_with(prefix)) return;
        const std::size_t end = std::min(name.find(' '), name.size());
        to = name.substr(prefix.size(), end - prefix.size());
        name.remove_prefix(std::min(end + 1, name.size()));
    };
    take("account:", wanted.pinned);
    if (name.starts_with("from:")) wanted.from = name.substr(5);
    return wanted;
}

}  // namespace

std::optional<TimePoint> Lane::nextOnDisk() const {
    std::optional<TimePoint> next;
    for (const std::optional<TimePoint>& dueAt : diskDueAt)
        if (dueAt) next = next ? std::min(*next, *dueAt) : dueAt;
    return next;
}

bool Lanes::admit(Parcel parcel, TimePoint now) {
    Lane& into = lane(parcel.message->lane);
    if (into.withdrawn.contains(parcel.message->id) || into.changedMeanwhile.contains(parcel.message->id)) return true;
    std::erase_if(parcel.deliveries, [&](const Due& due) {
        return m_known.contains(due.delivery) || into.decidedMeanwhile.contains(due.delivery);
    });
    if (parcel.deliveries.empty()) return true;
    // In part where it does not fit whole: else a lane with some room for nothing but large messages would read them
    // over and over.
    const std::size_t fitting = parcel.dueAt > now + horizon ? 0 : makeRoom(into, parcel);
    const bool isWhole = fitting == parcel.deliveries.size();
    if (!isWhole) noteOnDisk(into.name, parcel.dueAt, parcel.message->priority);
    if (fitting == 0) return false;
    parcel.deliveries.resize(fitting);
    for (const Due& due : parcel.deliveries) m_known.insert(due.delivery);
    into.held += parcel.deliveries.size();
    putBack(std::move(parcel), now);
    return isWhole;
}

std::size_t Lanes::makeRoom(Lane& lane, const Parcel& parcel) {
    while (roomFor(lane) < parcel.deliveries.size()) {
        if (lane.ready.empty() || lane.ready.lowest() >= parcel.message->priority) break;
        const Parcel last = lane.ready.takeLast();
        for (const Due& due : last.deliveries) release(lane, due.delivery);
        noteOnDisk(lane.name, last.dueAt, last.message->priority);
    }
    return std::min(roomFor(lane), parcel.deliveries.size());
}

void Lanes::putBack(Parcel parcel, TimePoint now) {
    Lane& into = lane(parcel.message->lane);
    if (parcel.dueAt <= now)
        into.ready.push_back(std::move(parcel));
    else
        into.later.emplace(parcel.dueAt, std::move(parcel));
}

void Lanes::putFirst(Parcel parcel) {
    lane(parcel.message->lane).ready.push_front(std::move(parcel));
}

void Lanes::forget(const std::string& name, const std::vector<Id>& deliveries) {
    Lane& from = lane(name);
    for (const Id& delivery : deliveries) release(from, delivery);
}

void Lanes::release(Lane& lane, const Id& delivery) {
    if (m_known.erase(delivery) > 0) --lane.held;
    if (lane.reading) lane.decidedMeanwhile.insert(delivery);
}

std::vector<Id> Lanes::withdraw(const Id& message, const std::string& name) {
    Lane& from = lane(name);
    std::vector<Id> taken;
    const auto take = [&](const Parcel& parcel) {
        if (parcel.message->id != message) return false;
        for (const Due& due : parcel.deliveries) taken.push_back(due.delivery);
        return true;
    };
    from.ready.eraseIf(take);
    std::erase_if(from.later, [&](const auto& entry) { return take(entry.second); });
    for (const Id& delivery : taken) release(from, delivery);
    ++from.withdrawn[message];
    return taken;
}

void Lanes::readmit(const Id& message, const std::string& name) {
    Lane& of = lane(name);
    const auto at = of.withdrawn.find(message);
    if (at == of.withdrawn.end()) return;
    if (--at->second == 0) of.withdrawn.erase(at);
    if (of.reading) of.changedMeanwhile.insert(message);
}

void Lanes::pageArrived(const std::string& name) {
    Lane& of = lane(name);
    of.reading = false;
    of.decidedMeanwhile.clear();
    of.changedMeanwhile.clear();
}

void Lanes::noteOnDisk(const std::string& name, TimePoint dueAt, int priority) {
    std::optional<TimePoint>& known = lane(name).diskDueAt.at(static_cast<std::size_t>(priority));
    known = known ? std::min(*known, dueAt) : dueAt;
}

void Lanes::noteOnDisk(const std::string& name, TimePoint dueAt) {
    for (int priority = 0; priority <= contract::greatestPriority; ++priority) noteOnDisk(name, dueAt, priority);
}

void Lanes::beginPage(Lane& lane, int least) {
    lane.reading = true;
    std::fill(lane.diskDueAt.begin() + least, lane.diskDueAt.end(), std::nullopt);
}

bool Lanes::isUrgent(const Lane& lane, TimePoint now) {
    return !lane.ready.empty() &&
           std::any_of(lane.diskDueAt.begin() + lane.ready.lowest() + 1, lane.diskDueAt.end(),
                       [&](const std::optional<TimePoint>& dueAt) { return dueAt && *dueAt <= now; });
}

void Lanes::ripen(Lane& lane, TimePoint now) {
    while (!lane.later.empty() && lane.later.begin()->first <= now) {
        lane.ready.push_back(std::move(lane.later.begin()->second));
        lane.later.erase(lane.later.begin());
    }
}

void Lanes::setBack(Milliseconds by, TimePoint now) {
    for (Lane* lane : m_order) {
        std::multimap<TimePoint, Parcel> later;
        for (auto& [dueAt, parcel] : lane->later) {
            parcel.dueAt = dueAt - by;
            later.emplace(dueAt - by, std::move(parcel));
        }
        lane->later = std::move(later);
        noteOnDisk(lane->name, now);
    }
}

Lane& Lanes::lane(const std::string& name) {
    const auto [at, isNew] = m_lanes.try_emplace(name);
    if (isNew) {
        at->second.name = name;
        at->second.wanted = wantedOf(name);
        m_order.push_back(&at->second);
    }
    return at->second;
}

Lane* Lanes::find(const std::string& name) {
    const auto at = m_lanes.find(name);
    return at == m_lanes.end() ? nullptr : &at->second;
}

std::size_t Lanes::roomFor(const Lane& lane) const {
    // A lane that can't move takes half of the window at most; the last eighth is for lanes that hold little.
    const std::size_t share = m_capacity / 2;
    const std::size_t own = share > lane.held ? share - lane.held : 0;
    const std::size_t limit = lane.held < m_capacity / 64 ? m_capacity : m_capacity - m_capacity / 8;
    const std::size_t common = limit > m_known.size() ? limit - m_known.size() : 0;
    return std::min(own, common);
}

std::optional<TimePoint> Lanes::nextDue() const {
    std::optional<TimePoint> next;
    const auto consider = [&](TimePoint at) { next = next ? std::min(*next, at) : at; };
    for (const Lane* lane : m_order) {
        if (!lane->later.empty()) consider(lane->later.begin()->first);
        if (const auto onDisk = lane->nextOnDisk(); onDisk && !lane->reading) consider(*onDisk);
    }
    return next;
}

void Lanes::sweep() {
    std::erase_if(m_order, [&](Lane* lane) {
        const bool idle = lane->held == 0 && !lane->nextOnDisk() && !lane->reading && lane->withdrawn.empty() &&
                          lane->ready.empty() && lane->later.empty();
        if (idle) m_lanes.erase(std::string(lane->name));
        return idle;
    });
}

}  // namespace postroom::queue
