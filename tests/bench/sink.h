// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The sink: an SMTP server that takes everything at once and counts, in a thread of its own over one epoll.

#include <atomic>
#include <cstdint>
#include <thread>

namespace postroom::bench {

class Sink {
public:
    Sink();
    ~Sink();
    [[nodiscard]] std::uint16_t port() const { return m_port; }
    [[nodiscard]] int taken() const { return m_taken.load(std::memory_order_relaxed); }

private:
    void run();
    int m_listener = -1;
    std::uint16_t m_port = 0;
    std::atomic<int> m_taken = 0;
    std::atomic<bool> m_stop = false;
    std::thread m_thread;
};

}  // namespace postroom::bench
