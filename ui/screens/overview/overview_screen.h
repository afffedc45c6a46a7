// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// How it goes: what waits, what was sent, the last hour as a chart, and what needs a human.

#include "engine/contract/resources.h"
#include "ui/models/desk.h"
#include "ui/screens/overview/attention.h"

class QButtonGroup;
class QGridLayout;
class QLabel;
class QPushButton;
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
    using Counts = std::map<std::string, std::int64_t>;
    void build();
    void buildTiles(QGridLayout& tiles, QWidget* page);
    void refreshAll();
    void refresh();
    void refreshChart();
    void askToPause();
    void pauseAll();
    void resume(const contract::Pause& pause);
    void showPauses(const Result<contract::QueueStatus>& queue);
    /// Asks for a part, unless the key may not read it.
    template <typename Call, typename Take>
    void ask(Seen::Part part, Call call, Take take);
    void showCounts(const Counts& counts, double ratePerMinute);
    void showOldest(double age_seconds);
    void showNeeds();
    [[nodiscard]] QWidget* rowOf(const Attention& need);
    void showChart(const contract::Stats& stats);

    QTimer m_pace;
    QTimer m_chartTimer;
    Seen m_seen;
    std::optional<QList<Attention>> m_shownNeeds;  ///< none: not yet
    int m_waitingAnswers = 0;
    std::map<std::string, QLabel*> m_counts;
    QLabel* m_rate = nullptr;
    QLabel* m_oldest = nullptr;
    RateChart* m_chart = nullptr;
    QButtonGroup* m_range = nullptr;
    QVBoxLayout* m_needs = nullptr;
    QPushButton* m_pause = nullptr;
};

}  // namespace postroom::ui
