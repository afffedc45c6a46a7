// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// POSIX signals as calls in the main thread: a handler may only write a byte, so that is all it does (self-pipe).

#include <functional>
#include <memory>

class QSocketNotifier;

namespace postroom::app {

class Signals {
public:
    /// `received` runs in the thread's event loop for each SIGINT, SIGTERM and SIGHUP. One at a time.
    explicit Signals(std::function<void(int signal)> received);
    ~Signals();

private:
    std::unique_ptr<QSocketNotifier> m_notifier;
};

}  // namespace postroom::app
