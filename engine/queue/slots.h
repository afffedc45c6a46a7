// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The moment of doubt, on record: one slot per open transaction in a small memory-mapped file.
//
// A byte says how far its final "." has come, two more whether a thread is at work on the mail right now: should the
// engine end there, that work is what it ended in. A store into the map survives kill -9 with no fsync; after a power
// cut (another boot id) nothing in it is trusted. take() and free() belong to the queue thread; mark*() to the smtp
// thread, which owns the slot's byte between the two. What the bytes mean at a restart is decided in recovery.cpp.

#include "engine/base/id.h"
#include "engine/base/platform.h"
#include "engine/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace postroom::queue {

class Slots {
public:
    enum class Phase : std::uint8_t {
        Free = 0,
        Open = 1,     ///< taken; no "." has left
        Dot = 2,      ///< "." may have left, no reply was read
        Taken = 3,    ///< 2xx was read
        Refused = 4,  ///< 4xx or 5xx was read
    };
    /// Who is in a slot. `delivery` is null where the transaction carries several: their names are in the attempt's
    /// row.
    struct Entry {
        Phase phase = Phase::Free;
        Id attempt;
        Id message;
        Id delivery;
        Id account;
        TimePoint takenAt{};
        int recipients = 0;
        bool inHand = false;  ///< a thread was at work on it
    };
    /// Which thread is at work: each has a byte of its own.
    enum class Desk : std::uint8_t { Smtp, Queue };
    /// A message that has no slot is worked on from here to the end of the scope. Any thread.
    class Reading {
    public:
        Reading(Slots& slotFile, const Id& message, TimePoint at);
        ~Reading();
        Reading(const Reading&) = delete;
        Reading& operator=(const Reading&) = delete;

    private:
        std::uint8_t* m_place = nullptr;
    };
    /// The mail of a slot is worked on from here to the end of the scope, in the queue thread.
    class Working {
    public:
        Working(Slots& slotFile, std::size_t slot) : m_slots(slotFile), m_slot(slot) {
            slotFile.takeInHand(slot, Desk::Queue);
        }
        ~Working() { m_slots.letGo(m_slot, Desk::Queue); }
        Working(const Working&) = delete;
        Working& operator=(const Working&) = delete;

    private:
        Slots& m_slots;
        std::size_t m_slot;
    };

    /// Opens DATA/slots. What an earlier run on this boot left is in leftovers(); the file starts empty after begin().
    [[nodiscard]] static Result<Slots> open(const std::string& path, const std::string& bootId);

    /// False after a power cut or on a new file: then leftovers() is empty and says nothing.
    [[nodiscard]] bool trusted() const { return m_trusted; }
    [[nodiscard]] const std::vector<Entry>& leftovers() const { return m_leftovers; }
    /// Frees every slot and writes this boot's id: call when the leftovers are recorded in the database.
    void begin();

    /// A slot's number, or nothing if all are taken.
    [[nodiscard]] std::optional<std::size_t> take(const Entry& entry);
    void free(std::size_t slot);
    void markDot(std::size_t slot) { setPhase(slot, Phase::Dot); }
    void markAnswered(std::size_t slot, int code) { setPhase(slot, code / 100 == 2 ? Phase::Taken : Phase::Refused); }
    /// Counted, since work on a mail may begin within work on it.
    void takeInHand(std::size_t slot, Desk desk) { setHands(slot, desk, hands(slot, desk) + 1); }
    void letGo(std::size_t slot, Desk desk) { setHands(slot, desk, hands(slot, desk) - 1); }
    void dropAll(std::size_t slot, Desk desk) { setHands(slot, desk, 0); }
    [[nodiscard]] std::size_t freeCount() const { return m_free.size(); }

    static constexpr std::size_t count = 2048;
    /// More threads than ever read bodies at a time.
    static constexpr std::size_t readingPlaces = 16;

private:
    Slots(platform::SharedMap map, std::string bootId) : m_map(std::move(map)), m_bootId(std::move(bootId)) {}
    void setPhase(std::size_t slot, Phase phase);
    [[nodiscard]] int hands(std::size_t slot, Desk desk);
    void setHands(std::size_t slot, Desk desk, int count);
    [[nodiscard]] std::uint8_t* at(std::size_t slot);

    platform::SharedMap m_map;
    std::string m_bootId;
    bool m_trusted = false;
    std::vector<Entry> m_leftovers;
    std::vector<std::size_t> m_free;
};

}  // namespace postroom::queue
