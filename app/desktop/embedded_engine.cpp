// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/desktop/embedded_engine.h"

#include "engine/observe/log.h"

namespace postroom::app {

EmbeddedEngine::EmbeddedEngine() = default;

EmbeddedEngine::~EmbeddedEngine() {
    m_worker.call([this] { m_host.reset(); });
}

void EmbeddedEngine::start(host::HostSettings settings, std::function<void(Result<void>)> done) {
    if (m_isStarting || m_isRunning) return;
    m_isStarting = true;
    settings.failed = [this, failed = std::move(settings.failed)](const Error& error) {
        m_inbox.push([failed, error] {
            if (failed) failed(error);
        });
    };
    m_worker.post([this, settings = std::move(settings), done = std::move(done)] {
        auto started = host::EngineHost::start(settings);
        if (started) m_host = std::move(*started);
        m_inbox.push([this, done, result = started ? Result<void>{} : fail(started.error())] {
            m_isStarting = false;
            m_isRunning = result.has_value();
            done(result);
        });
    });
}

void EmbeddedEngine::stop(std::chrono::milliseconds grace, std::function<void()> done) {
    m_worker.post([this, grace, done = std::move(done)] {
        if (m_host) m_host->stop(grace);
        m_inbox.push(done);
    });
}

void EmbeddedEngine::reload() {
    m_worker.post([this] {
        if (!m_host) return;
        if (auto reloaded = m_host->reload(); !reloaded)
            qCWarning(observe::logHost, "reload: %s", reloaded.error().text().c_str());
    });
}

Result<std::unique_ptr<client::Transport>> EmbeddedEngine::transport() {
    if (!m_isRunning) return fail(ErrorCode::Unavailable, "the engine of this window does not run");
    return m_host->transport();
}

}  // namespace postroom::app
