// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// How what requests are judged by comes from the database into memory, each time it changes.
//
// Any thread. One reading at a time, so that what was read first is never put in force last: a key that was revoked
// must not come back with the rows that another change has just read. A reading that failed, since the database was
// gone for a moment, is due again, and the next call that comes makes it.

#include "engine/base/clock.h"
#include "engine/store/readers.h"

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>

namespace postroom::api {

class Rereads {
public:
    /// Reads the rows and puts them in force, in a reader's thread.
    using Read = std::function<Result<void>(store::Connection&)>;
    using Done = std::function<void(const Result<void>&)>;

    /// `readers` and `clock` outlive it.
    Rereads(store::Readers& readers, const Clock& clock) : m_readers(readers), m_clock(clock) {}

    /// `done` runs when the rows are in force, or with what kept them from it; `subject` is what they are of, of which
    /// the last reading counts. Stopping once the readers have stopped.
    void submit(const std::string& subject, Read read, Done done);
    /// Makes what is due again, once a second at most. Costs nothing where nothing is.
    void tryAgain();

private:
    store::Readers& m_readers;
    const Clock& m_clock;
    std::mutex m_reading;
    std::atomic<bool> m_isDue = false;
    std::mutex m_mutex;
    std::map<std::string, Read> m_due;  ///< by subject
    SteadyPoint m_triedAt{};
};

}  // namespace postroom::api
