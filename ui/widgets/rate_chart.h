// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Recipients per step over time, drawn by Qt Charts: lines for what was accepted, sent, deferred and failed.

#include <memory>
#include <QDateTime>
#include <QWidget>

namespace postroom::ui {

class RateChart : public QWidget {
    Q_OBJECT

public:
    struct Line {
        QString name;
        QColor colour;
        QList<double> points;  ///< one a step; below 0: unknown, drawn as a gap
    };
    explicit RateChart(QWidget* parent = nullptr);
    ~RateChart() override;
    /// Replaces everything. Steps are summed until at most 240 points are left; one axis says recipients a minute, the
    /// other local time.
    void show(const QDateTime& from, qint64 step_ms, const QList<Line>& lines);

protected:
    void changeEvent(QEvent* event) override;

private:
    struct Drawing;
    void dress();
    void showTimes(const QDateTime& from, const QDateTime& to);
    std::unique_ptr<Drawing> m_drawing;
};

}  // namespace postroom::ui
