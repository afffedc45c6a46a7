// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The engine inside this window: started and stopped in a thread of its own, so that neither holds the window up.
//
// The ui thread calls and is called back; the host lives and dies in the worker's.

#include "engine/base/inbox.h"
#include "engine/base/worker.h"
#include "engine/host/engine_host.h"

#include <memory>

namespace postroom::app {

class EmbeddedEngine {
public:
    EmbeddedEngine();
    /// Stops first if nobody did.
    ~EmbeddedEngine();

    /// `done` gets how the start ended. The settings' `failed` is called in the ui thread. Does nothing while it starts
    /// or runs: a second host would find the folder owned, by the first.
    void start(host::HostSettings settings, std::function<void(Result<void>)> done);
    /// Stops as EngineHost::stop does; `done` when it is over. Whoever holds a transport lets go of it in `done`.
    void stop(std::chrono::milliseconds grace, std::function<void()> done);
    /// SIGHUP.
    void reload();

    [[nodiscard]] bool isStarting() const { return m_isStarting; }
    [[nodiscard]] bool isRunning() const { return m_isRunning; }
    [[nodiscard]] std::string url() const { return m_isRunning ? m_host->url() : std::string(); }
    /// Unavailable while it does not run.
    [[nodiscard]] Result<std::unique_ptr<client::Transport>> transport();

private:
    Inbox m_inbox;  // of the ui thread
    bool m_isStarting = false;
    bool m_isRunning = false;
    std::unique_ptr<host::EngineHost> m_host;  // the worker's; the ui thread looks at it only while m_isRunning
    Worker m_worker{"host"};
};

}  // namespace postroom::app
