// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/turns.h"

#include <algorithm>

namespace postroom::queue {

namespace {

constexpr auto isUsed = [](const auto& entry) { return !entry.second.empty(); };

}  // namespace

Parcel& Turns::front() {
    return std::find_if(m_byPriority.begin(), m_byPriority.end(), isUsed)->second.front();
}

void Turns::pop_front() {
    std::find_if(m_byPriority.begin(), m_byPriority.end(), isUsed)->second.pop_front();
    --m_size;
}

void Turns::push_back(Parcel parcel) {
    m_byPriority[parcel.message->priority].push_back(std::move(parcel));
    ++m_size;
}

void Turns::push_front(Parcel parcel) {
    m_byPriority[parcel.message->priority].push_front(std::move(parcel));
    ++m_size;
}

int Turns::lowest() const {
    return std::find_if(m_byPriority.rbegin(), m_byPriority.rend(), isUsed)->first;
}

Parcel Turns::takeLast() {
    std::deque<Parcel>& of = std::find_if(m_byPriority.rbegin(), m_byPriority.rend(), isUsed)->second;
    Parcel last = std::move(of.back());
    of.pop_back();
    --m_size;
    return last;
}

void Turns::eraseIf(const std::function<bool(const Parcel&)>& goes) {
    for (auto& [priority, parcels] : m_byPriority) m_size -= std::erase_if(parcels, goes);
}

void Turns::clear() {
    m_byPriority.clear();
    m_size = 0;
}

}  // namespace postroom::queue
