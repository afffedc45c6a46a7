// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The engine, whole: builds every room from the ground up, owns the threads, starts and stops them in order.
//
// Called from one thread (the program's main), which it never needs an event loop of. Both programs that hold an
// engine, the daemon and the window, hold exactly this.

#include "engine/client/transport.h"
#include "engine/contract/settings.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace postroom::host {

struct HostSettings {
    contract::Settings settings;
    std::string dataFolder;
    std::string version;
    /// Called once, in a thread of the engine, when the disk can't be trusted any more: the program should end.
    std::function<void(const Error&)> failed = {};
};

class EngineHost {
public:
    /// Starts everything or nothing. StorageOwned if another engine holds the data folder, Unavailable if the port is
    /// taken, ConfigInvalid, SecretUnreadable, Storage... as they come; the detail names the remedy.
    [[nodiscard]] static Result<std::unique_ptr<EngineHost>> start(HostSettings settings);
    /// Stops first if nobody did.
    ~EngineHost();
    EngineHost(const EngineHost&) = delete;
    EngineHost& operator=(const EngineHost&) = delete;

    /// "http://127.0.0.1:8000", as control.json says it.
    [[nodiscard]] const std::string& url() const;
    /// A carrier straight into this engine, as local-admin. Must not outlive the host.
    [[nodiscard]] std::unique_ptr<client::Transport> transport();
    /// Reads the TLS certificate and the reply rules again and opens the log again (SIGHUP). What is not right leaves
    /// what was there before in force.
    [[nodiscard]] Result<void> reload();
    /// Requests that have begun are answered, what is before its "." is broken off, open dots are waited for at most
    /// `grace`, results are recorded. Blocks.
    void stop(std::chrono::milliseconds grace);

private:
    struct House;
    explicit EngineHost(std::unique_ptr<House> house);
    std::unique_ptr<House> m_house;
};

}  // namespace postroom::host
