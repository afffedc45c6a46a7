// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Who is inside: a stop lets nobody in any more and waits for those who are. Any thread.

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace postroom::api {

class CallsUnderWay {
public:
    using Ticket = std::shared_ptr<void>;

    /// The call is under way until the last copy of its ticket is gone; null once close() has begun.
    [[nodiscard]] Ticket enter() {
        const std::lock_guard lock{m_gate->mutex};
        if (m_gate->closed) return nullptr;
        ++m_gate->inside;
        return {m_gate.get(), [gate = m_gate](void*) { gate->leave(); }};
    }

    /// Lets nobody in any more. True if nobody is inside, after `grace` at the latest.
    bool close(std::chrono::milliseconds grace) {
        std::unique_lock lock{m_gate->mutex};
        m_gate->closed = true;
        return m_gate->left.wait_for(lock, grace, [this] { return m_gate->inside == 0; });
    }

private:
    struct Gate {
        std::mutex mutex;
        std::condition_variable left;
        int inside = 0;
        bool closed = false;

        void leave() {
            const std::lock_guard lock{mutex};
            --inside;
            left.notify_all();
        }
    };
    std::shared_ptr<Gate> m_gate = std::make_shared<Gate>();  // shared with the tickets, which may outlive this
};

}  // namespace postroom::api
