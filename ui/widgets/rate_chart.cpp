// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/widgets/rate_chart.h"

#include "ui/widgets/theme.h"

#include <cmath>
#include <memory>
#include <QChart>
#include <QChartView>
#include <QDateTimeAxis>
#include <QEvent>
#include <QLegend>
#include <QLegendMarker>
#include <QLineSeries>
#include <QValueAxis>
#include <QVBoxLayout>

namespace postroom::ui {

namespace {

constexpr qsizetype mostPoints = 240;

struct Point {
    qint64 at_ms;
    double perMinute;
};

// Runs of known points: between two of them the line is broken.
QList<QList<Point>> runsOf(const QList<double>& points, qint64 from_ms, qint64 step_ms) {
    const qsizetype together = qMax<qsizetype>(1, (points.size() + mostPoints - 1) / mostPoints);
    QList<QList<Point>> runs;
    bool open = false;
    for (qsizetype at = 0; at < points.size(); at += together) {
        double sum = 0;
        qsizetype known = 0;
        for (qsizetype i = at; i < qMin(at + together, points.size()); ++i)
            if (points[i] >= 0) sum += points[i], ++known;
        if (known == 0) {
            open = false;
            continue;
        }
        if (!open) runs.append(QList<Point>());
        open = true;
        runs.last().append({from_ms + at * step_ms, sum * 60000.0 / (static_cast<double>(known * step_ms))});
    }
    return runs;
}

// 1, 2 or 5 times a power of ten, so that the axis reads well.
double niceTop(double most) {
    if (most <= 10) return 10;
    const double power = std::pow(10.0, std::floor(std::log10(most)));
    for (const double factor : {1.0, 2.0, 5.0, 10.0})
        if (most <= factor * power) return factor * power;
    return most;
}

}  // namespace

struct RateChart::Drawing {
    QChart* chart = nullptr;
    QChartView* view = nullptr;
    QDateTimeAxis* time = nullptr;
    QValueAxis* rate = nullptr;
};

RateChart::RateChart(QWidget* parent) : QWidget(parent), m_drawing(std::make_unique<Drawing>()) {
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    Drawing& d = *m_drawing;
    d.chart = new QChart;
    d.chart->setMargins(QMargins(0, 0, 0, 0));
    d.chart->setBackgroundVisible(false);
    d.chart->legend()->setAlignment(Qt::AlignTop);
    d.time = new QDateTimeAxis(d.chart);
    d.time->setFormat(QStringLiteral("HH:mm"));
    d.time->setTickCount(7);
    d.rate = new QValueAxis(d.chart);
    d.rate->setLabelFormat(QStringLiteral("%.0f"));
    d.chart->addAxis(d.time, Qt::AlignBottom);
    d.chart->addAxis(d.rate, Qt::AlignLeft);
    d.view = new QChartView(d.chart, this);
    d.view->setRenderHint(QPainter::Antialiasing);
    d.view->setFrameShape(QFrame::NoFrame);
    d.view->setBackgroundBrush(Qt::NoBrush);
    d.view->viewport()->setAutoFillBackground(false);
    d.view->setFocusPolicy(Qt::NoFocus);
    all->addWidget(d.view);
    setMinimumHeight(180);
    dress();
}

RateChart::~RateChart() = default;

void RateChart::show(const QDateTime& from, qint64 step_ms, const QList<Line>& lines) {
    Drawing& d = *m_drawing;
    d.chart->removeAllSeries();
    double most = 0;
    qsizetype steps = 0;
    for (const Line& line : lines) {
        steps = qMax(steps, line.points.size());
        bool named = false;
        for (const QList<Point>& run : runsOf(line.points, from.toMSecsSinceEpoch(), step_ms)) {
            auto* series = new QLineSeries(d.chart);
            QList<QPointF> points;
            for (const Point& point : run) {
                points.append(QPointF(static_cast<double>(point.at_ms), point.perMinute));
                most = qMax(most, point.perMinute);
            }
            series->replace(points);
            QPen pen(line.colour);
            pen.setWidthF(1.6);
            series->setPen(pen);
            series->setName(line.name);
            d.chart->addSeries(series);
            series->attachAxis(d.time);
            series->attachAxis(d.rate);
            // A line in several pieces stands in the legend once.
            if (std::exchange(named, true))
                for (QLegendMarker* marker : d.chart->legend()->markers(series)) marker->setVisible(false);
        }
    }
    d.time->setRange(from, from.addMSecs(step_ms * qMax<qsizetype>(steps, 1)));
    d.rate->setRange(0, niceTop(most));
}

void RateChart::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) dress();
}

void RateChart::dress() {
    const Colours& c = colours();
    Drawing& d = *m_drawing;
    for (QAbstractAxis* axis : {static_cast<QAbstractAxis*>(d.time), static_cast<QAbstractAxis*>(d.rate)}) {
        axis->setLabelsColor(c.muted);
        axis->setGridLineColor(c.border);
        axis->setLinePenColor(c.border);
    }
    d.chart->legend()->setLabelColor(c.text);
}

}  // namespace postroom::ui
