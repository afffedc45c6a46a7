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
    settings.failed = [this, failed = std::move(settings.failed)](const Error& error) {
        m_inbox.push([failed, error] {
            if (failed) failed(error);
        });
    };
    m_worker.post([this, settings = std::move(settings), done = std::move(done)] {
        auto started = host::EngineHost::start(settings);
        m_inbox.push([this, done, host = started ? std::shared_ptr<host::EngineHost>(std::move(*started)) : nullptr,
                      error = started ? Error{} : started.error()]() mutable {
            m_host = std::move(host);
            done(m_host ? Result<void>{} : fail(error));
        });
    });
}

void EmbeddedEngine::stop(std::chrono::milliseconds grace, std::function<void()> done) {
    m_worker.post([this, grace, done = std::move(done), host = m_host] {
        if (host) host->stop(grace);
        m_inbox.push(done);
    });
}

void EmbeddedEngine::reload() {
    m_worker.post([host = m_host] {
        if (!host) return;
        if (auto reloaded = host->reload(); !reloaded)
            qCWarning(observe::logHost, "reload: %s", reloaded.error().text().c_str());
    });
}

Result<std::unique_ptr<client::Transport>> EmbeddedEngine::transport() {
    if (!m_host) return fail(ErrorCode::Unavailable, "the engine of this window does not run");
    return m_host->transport();
}

}  // namespace postroom::app
