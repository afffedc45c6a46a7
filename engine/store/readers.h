// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Read-only connections, each in its own Worker: lists, searches and exports, beside the writer and never in its way.
//
// submit() from any thread; a read runs in whichever reader is free first, in the order of submission.

#include "engine/base/worker.h"
#include "engine/store/connection.h"

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace postroom::store {

class Readers {
public:
    /// Ends its statements with TimedOut after `limit`: a reader that stays holds the write-ahead log back.
    explicit Readers(Location location, int count = 2, Milliseconds limit = Milliseconds{2000});
    ~Readers();
    Readers(const Readers&) = delete;
    Readers& operator=(const Readers&) = delete;

    /// Opens every connection; the writer must have migrated before.
    [[nodiscard]] Result<void> open();
    /// Runs `read` in a reader's thread. False, and it will not run, after stop() began or before open().
    /// When the server is gone the read still runs, and its queries fail with StorageFailed.
    bool submit(std::function<void(Connection&)> read);
    /// Runs what waits, then ends the threads. Not from a reader.
    void stop();

private:
    struct Seat;
    void serve(Seat& seat);

    const Location m_location;
    const Milliseconds m_limit;
    std::mutex m_mutex;
    std::deque<std::function<void(Connection&)>> m_waiting;
    std::vector<std::unique_ptr<Seat>> m_seats;
    bool m_open = false;
};

}  // namespace postroom::store
