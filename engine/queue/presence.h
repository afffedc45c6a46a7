// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// When an engine was at work on this database, and when none was.
//
// Queue thread. A word in the database says every minute that one is: kept there and not beside it, so that one that is
// restored says when it was copied. What lies between the last word and the next start is an absence, and so is a leap
// of the clock between two looks of a running engine. Those that are long enough to make mail late are kept as well,
// since mail that they made late may wait for a limit over more than one start.

#include "engine/policy/absence.h"
#include "engine/store/writer.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace postroom::queue {

class Presence {
public:
    /// What the database says of it.
    struct Memory {
        std::optional<TimePoint> seenAt;
        std::vector<policy::Absence> absences;
    };
    [[nodiscard]] static Result<Memory> read(store::Connection& connection);

    /// `lateAfter`: a shorter absence is none.
    Presence(store::Writer& writer, const Clock& clock, Milliseconds lateAfter);

    /// The engine is at work from now on. Returns by how much the clock is behind where it was. `isCounted`: time
    /// without an engine made mail late.
    Milliseconds begin(Memory memory, bool isCounted);
    /// At least once a second; the same.
    Milliseconds look(bool isCounted);
    /// The last word, to be written at the end.
    [[nodiscard]] std::function<Result<void>(store::Transaction&)> lastWord() const;

    /// Mail that was due then comes too late, for no other reason than that no engine was there to send it.
    [[nodiscard]] bool makesTooLate(TimePoint dueAt, TimePoint now) const {
        return !m_absences.empty() && policy::isTooLate(dueAt, m_absences, m_lateAfter, now);
    }

private:
    void write();

    store::Writer& m_writer;
    const Clock& m_clock;
    Milliseconds m_lateAfter;
    std::vector<policy::Absence> m_absences;
    policy::ClockLook m_last;
    SteadyPoint m_writtenAt{};
};

}  // namespace postroom::queue
