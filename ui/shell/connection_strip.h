// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The line at the window's top: which engine this is, how the link to it is, how fast mail goes and how much waits.

#include "ui/models/desk.h"

class QLabel;
class QToolButton;

namespace postroom::ui {

class Badge;

class ConnectionStrip : public QWidget {
    Q_OBJECT

public:
    explicit ConnectionStrip(Desk& desk, QWidget* parent = nullptr);
    /// Where menus go: of engines, and of the window itself.
    [[nodiscard]] QToolButton* engineButton() { return m_engine; }
    [[nodiscard]] QToolButton* menuButton() { return m_menu; }
    [[nodiscard]] QToolButton* activityButton() { return m_activity; }

private:
    void showState();
    void ask();
    void askQueue();
    void askStats();
    void showCounts(const std::map<std::string, std::int64_t>& recipients, double ratePerMinute);
    void showActivity();

    Desk& m_desk;
    QTimer m_timer;
    enum class Source { Queue, Stats, None } m_source = Source::Queue;  ///< what the key may read
    QToolButton* m_engine;
    Badge* m_state;
    QLabel* m_rate;
    QLabel* m_queue;
    QToolButton* m_activity;
    QToolButton* m_menu;
};

}  // namespace postroom::ui
