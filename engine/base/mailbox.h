// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The hop between threads on the way of a message: many push, the owner gets everything that has gathered as one
// vector.
//
// One event is posted per batch and not per message (measured: a posted event costs 1-6 us, a push 0.05 us). The
// pushing side may be any thread; the sink runs in the owner's thread. A mailbox outlives all who push into it.

#include "engine/base/worker.h"

#include <functional>
#include <mutex>
#include <vector>

namespace postroom {

template <typename T>
class Mailbox {
public:
    using Sink = std::function<void(std::vector<T>)>;

    Mailbox(Worker& owner, Sink sink) : m_owner(owner), m_sink(std::move(sink)) {}
    Mailbox(const Mailbox&) = delete;
    Mailbox& operator=(const Mailbox&) = delete;

    void push(T item) {
        const std::lock_guard lock{m_mutex};
        m_waiting.push_back(std::move(item));
        wake();
    }
    void push(std::vector<T> items) {
        if (items.empty()) return;
        const std::lock_guard lock{m_mutex};
        if (m_waiting.empty())
            m_waiting = std::move(items);
        else
            std::move(items.begin(), items.end(), std::back_inserter(m_waiting));
        wake();
    }

private:
    void wake() {
        if (m_posted) return;
        m_posted = m_owner.post([this] {
            std::vector<T> batch;
            {
                const std::lock_guard lock{m_mutex};
                batch.swap(m_waiting);
                m_posted = false;
            }
            m_sink(std::move(batch));
        });
    }

    Worker& m_owner;
    Sink m_sink;
    std::mutex m_mutex;
    std::vector<T> m_waiting;
    bool m_posted = false;
};

}  // namespace postroom
