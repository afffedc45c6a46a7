// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The active window: what of the queue is in memory, grouped into lanes by who may carry it.
//
// Bounded by recipients, never by the length of the queue: what does not fit stays in the database and is paged in when
// its lane has room. Each lane has its own share, so that mail nobody can carry now never stands before mail that
// somebody can. Queue thread; no clock and no database of its own, so a test drives it with rows.

#include "engine/policy/choice.h"
#include "engine/queue/turns.h"

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace postroom::queue {

struct Lane {
    std::string name;
    policy::Wanted wanted;
    Turns ready;                             ///< due
    std::multimap<TimePoint, Parcel> later;  ///< put off for less than Lanes::horizon
    std::size_t held = 0;                    ///< recipients of this lane in memory, in flight included
    /// When the database may have something due for this lane, by priority; nothing: it has nothing.
    store::DueByPriority diskDueAt;
    bool reading = false;  ///< a page is on its way
    /// Deliveries whose fate was decided while a page was on its way: the page may show them as they were before.
    std::unordered_set<Id> decidedMeanwhile;
    /// Messages a person has changed: how many changes are being written. None of their recipients is taken in.
    std::unordered_map<Id, int> withdrawn;
    /// Messages whose change was written while a page was on its way: that page may show them as they were.
    std::unordered_set<Id> changedMeanwhile;
    policy::WaitingFor waiting;  ///< why the front does not move; empty code: it does

    /// When the database may have something due, whatever its priority.
    [[nodiscard]] std::optional<TimePoint> nextOnDisk() const;
};

class Lanes {
public:
    static constexpr std::chrono::minutes horizon{5};

    explicit Lanes(std::size_t capacity = 20'000) : m_capacity(capacity) {}

    /// Takes a parcel in unless all its recipients are in memory already; those that are get dropped from it. Where
    /// there is no room, what is due with less priority in the same lane goes back to the database for it. False if
    /// that is not enough for all of them or it is due beyond the horizon: then the lane knows to look in the database
    /// for the rest.
    bool admit(Parcel parcel, TimePoint now);
    /// A parcel that was out (in flight) comes back to wait; it keeps its room.
    void putBack(Parcel parcel, TimePoint now);
    /// A parcel's rest that was not taken along goes first again.
    void putFirst(Parcel parcel);
    /// These recipients are out of the window: ended, or left to the database.
    void forget(const std::string& lane, const std::vector<Id>& deliveries);
    /// Takes all waiting parcels of a message out of the window and keeps it out until readmit(); the recipients they
    /// had.
    std::vector<Id> withdraw(const Id& message, const std::string& lane);
    void readmit(const Id& message, const std::string& lane);
    /// A page has arrived and was admitted: what it could show wrongly is known to be right from here on.
    void pageArrived(const std::string& lane);
    /// The lane has something in the database that is due at this time.
    void noteOnDisk(const std::string& lane, TimePoint dueAt, int priority);
    /// The same where its priority is not known.
    void noteOnDisk(const std::string& lane, TimePoint dueAt);
    /// A page of the lane is asked for now, with all that has this priority or a greater one.
    static void beginPage(Lane& lane, int least);
    /// True if something is due in the database that goes before what is in memory.
    [[nodiscard]] static bool isUrgent(const Lane& lane, TimePoint now);

    /// The clock was set back: what is put off comes as much earlier, and every lane looks into the database anew.
    void setBack(Milliseconds by, TimePoint now);
    /// Moves what has become due from `later` to `ready`.
    void ripen(Lane& lane, TimePoint now);
    [[nodiscard]] Lane& lane(const std::string& name);
    [[nodiscard]] Lane* find(const std::string& name);
    /// Every lane there is, in a fixed order for one turn of the dispatcher.
    [[nodiscard]] const std::vector<Lane*>& all() const { return m_order; }
    /// Recipients this lane may still take in.
    [[nodiscard]] std::size_t roomFor(const Lane& lane) const;
    [[nodiscard]] std::size_t held() const { return m_known.size(); }
    [[nodiscard]] bool knows(const Id& delivery) const { return m_known.contains(delivery); }
    /// The next time anything becomes due, in memory or in the database.
    [[nodiscard]] std::optional<TimePoint> nextDue() const;
    /// Drops lanes with nothing in memory and nothing in the database.
    void sweep();

private:
    void release(Lane& lane, const Id& delivery);
    /// For how many of the parcel's recipients there is room then.
    std::size_t makeRoom(Lane& lane, const Parcel& parcel);

    std::size_t m_capacity;
    std::unordered_map<std::string, Lane> m_lanes;
    std::vector<Lane*> m_order;
    std::unordered_set<Id> m_known;
};

}  // namespace postroom::queue
