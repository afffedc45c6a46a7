// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Which engine the window shows, and what its closing means: the one place that knows whether there is one inside.
//
// The ui thread.

#include "app/desktop/embedded_engine.h"
#include "engine/contract/settings.h"
#include "ui/shell/main_window.h"

#include <optional>

class QMessageBox;

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
    /// The same, and returns when it has stopped or STOP_GRACE is long over: for a session that ends and kills.
    void quitAndWait();
    void reload() { m_engine.reload(); }
    [[nodiscard]] ui::MainWindow& window() { return m_window; }

    [[nodiscard]] QList<ui::EngineAddress> addresses() const override;
    [[nodiscard]] ui::EngineAddress shown() const override { return m_shown; }
    void choose(const ui::EngineAddress& address, const Secret& secret) override;
    void forget(const ui::EngineAddress& address) override;
    void closeAsked() override;

private:
    void startEngine();
    void started(const Result<void>& result);
    void attachHere();
    [[nodiscard]] Result<ui::Link::Dialled> dialHere();
    void sayNoneRuns();
    void sayWhyNotStarted(const Error& error);
    void useAnotherPort();
    /// `waiting`: recipients; none: the engine did not say in time.
    void closeAnswered(std::optional<std::int64_t> waiting);
    void askBeforeClosing(std::optional<std::int64_t> waiting);
    [[nodiscard]] static QList<ui::EngineAddress> remembered();
    void remember(const ui::EngineAddress& address);

    Start m_start;
    EmbeddedEngine m_engine;
    ui::EngineAddress m_shown;  ///< see shown()
    bool m_saysNoneRuns = false;
    bool m_quitting = false;
    bool m_isStopped = false;
    bool m_hasFailed = false;  ///< the engine inside, for good
    bool m_asking = false;
    QTimer m_patience;                ///< with the engine's answer, before closing
    std::unique_ptr<ui::Link> m_own;  ///< to the engine inside, for the question before closing
    QPointer<QMessageBox> m_question;
    ui::MainWindow m_window;  // dies first: its link speaks to the engine
};

}  // namespace postroom::app
