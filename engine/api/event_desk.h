// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Long polls with a clock: the api thread's timer and the ring's wake-up bring Polls to look.
//
// wait() from any thread; polls wait as values in the api thread and hold none.

#include "engine/api/polls.h"
#include "engine/base/worker.h"

#include <memory>
#include <QTimer>

namespace postroom::api {

class EventDesk {
public:
    /// All of it outlives the desk.
    EventDesk(Worker& api, observe::EventRing& ring, const Clock& clock);
    /// Not from the api thread.
    ~EventDesk();
    EventDesk(const EventDesk&) = delete;
    EventDesk& operator=(const EventDesk&) = delete;

    /// `answer` runs in the api thread.
    void wait(std::string after, std::chrono::milliseconds wait, Polls::Answer answer);
    /// Not from the api thread. Everybody is answered with Stopping when it returns, and so is who comes later.
    void close();

private:
    void look();

    Worker& m_api;
    observe::EventRing& m_ring;
    const Clock& m_clock;
    Polls m_polls;
    std::unique_ptr<QTimer> m_timer;
};

}  // namespace postroom::api
