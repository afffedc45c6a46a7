// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Which engine the window shows, and what its closing means: the one place that knows whether there is one inside.
//
// The ui thread.

#include "app/desktop/embedded_engine.h"
#include "engine/contract/settings.h"
#include "ui/shell/main_window.h"

namespace postroom::app {

class Desktop final : public ui::MainWindow::Port {
public:
    struct Start {
        std::string dataFolder;
        contract::SettingLayers layers = {};
        contract::Settings settings = {};  ///< what the layers come to
        QString connect = {};              ///< the engine to attach to first; empty: this computer's
        bool minimized = false;
    };
    Desktop(Start start, ui::Preferences& preferences);
    ~Desktop() override;

    void begin();
    /// Stops what runs here and ends the program, asking nobody: SIGTERM, the end of the session.
    void quit(int code = 0);
    void reload() { m_engine.reload(); }
    [[nodiscard]] ui::MainWindow& window() { return m_window; }

    [[nodiscard]] QList<ui::EngineAddress> addresses() const override;
    void choose(const ui::EngineAddress& address, const Secret& secret) override;
    void closeAsked() override;

private:
    void startEngine();
    void started(const Result<void>& result);
    void attachHere();
    [[nodiscard]] Result<ui::Link::Dialled> dialHere();
    void useAnotherPort();
    void askBeforeClosing(std::int64_t waiting);
    void remember(const ui::EngineAddress& address);

    Start m_start;
    EmbeddedEngine m_engine;
    bool m_quitting = false;
    bool m_asking = false;
    std::unique_ptr<ui::Link> m_own;  ///< to the engine inside, for the question before closing
    ui::MainWindow m_window;          // dies first: its link speaks to the engine
};

}  // namespace postroom::app
