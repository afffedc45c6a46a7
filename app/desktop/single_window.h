// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// One window for a data folder: a second start finds the first and brings it to the front.
//
// A lock file decides who is first (it dies with its holder, kill -9 included); a local socket beside it carries the
// word.

#include "engine/base/platform.h"

#include <functional>
#include <memory>
#include <QString>

class QLocalServer;

namespace postroom::app {

class SingleWindow {
public:
    /// Takes the folder, or raises the window that has it and gives StorageOwned. IoFailed where the folder can't be
    /// used.
    [[nodiscard]] static Result<std::unique_ptr<SingleWindow>> take(const std::string& dataFolder);
    ~SingleWindow();

    /// Called for each later start.
    void onRaise(std::function<void()> raise) { m_raise = std::move(raise); }

private:
    explicit SingleWindow(platform::FileLock lock);

    platform::FileLock m_lock;
    std::unique_ptr<QLocalServer> m_server;
    std::function<void()> m_raise;
};

}  // namespace postroom::app
