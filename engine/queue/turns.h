// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What is due in one lane, in the order it goes: greater priority first, the oldest first within one.
//
// Queue thread. Strict: a parcel goes only when nothing of greater priority is due in its lane. Mail that can't wait
// its turn out says so by its `expires_at`.

#include "engine/queue/parcel.h"

#include <deque>
#include <functional>
#include <map>

namespace postroom::queue {

class Turns {
public:
    [[nodiscard]] bool empty() const { return m_size == 0; }
    [[nodiscard]] std::size_t size() const { return m_size; }
    /// Not of an empty one; neither are pop_front(), lowest() and takeLast().
    [[nodiscard]] Parcel& front();
    void pop_front();
    void push_back(Parcel parcel);
    /// First of its own priority.
    void push_front(Parcel parcel);
    /// The priority of what goes last.
    [[nodiscard]] int lowest() const;
    /// Takes out what would go last.
    [[nodiscard]] Parcel takeLast();
    void eraseIf(const std::function<bool(const Parcel&)>& goes);
    void clear();

private:
    // One that has become empty stays: most lanes have one priority, and it empties after every message.
    std::map<int, std::deque<Parcel>, std::greater<>> m_byPriority;
    std::size_t m_size = 0;
};

}  // namespace postroom::queue
