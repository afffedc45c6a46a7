// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// How it goes: what waits, what was sent, the last hour as a chart, and what needs a human.

#include "engine/contract/resources.h"
#include "ui/models/desk.h"

class QButtonGroup;
class QLabel;
class QVBoxLayout;

namespace postroom::ui {

class RateChart;

class OverviewScreen : public Screen {
    Q_OBJECT

public:
    explicit OverviewScreen(Desk& desk);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void build();
    void refresh();
    void refreshChart();
    void showQueue();
    void showChart(const contract::Stats& stats);

    QTimer m_pace;
    QTimer m_chartTimer;
    std::optional<contract::QueueStatus> m_queue;
    std::vector<contract::Account> m_accounts;
    bool m_hasKeys = true;
    int m_waitingAnswers = 0;
    std::map<std::string, QLabel*> m_counts;
    QLabel* m_rate = nullptr;
    QLabel* m_oldest = nullptr;
    RateChart* m_chart = nullptr;
    QButtonGroup* m_range = nullptr;
    QVBoxLayout* m_needs = nullptr;
};

}  // namespace postroom::ui
