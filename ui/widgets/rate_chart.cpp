// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/widgets/rate_chart.h"

#include "ui/widgets/theme.h"

#include <cmath>
#include <memory>
#include <QCategoryAxis>
#include <QChart>
#include <QChartView>
#include <QEvent>
#include <QGraphicsLayout>
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

struct Scale {
    double top;
    int parts;  ///< each of them is a whole number
};

// The top is 1, 2 or 5 times a power of ten, so that the axis reads well.
Scale scaleFor(double most) {
    if (most <= 10) return {10, 5};
    const double power = std::pow(10.0, std::floor(std::log10(most)));
    const Scale scales[] = {{power, 5}, {2 * power, 4}, {5 * power, 5}, {10 * power, 5}};
    for (const Scale& scale : scales)
        if (most <= scale.top) return scale;
    return scales[3];
}

// Between two labels of the time axis: what divides a day, and leaves room for the words.
std::chrono::minutes tickStep(std::chrono::milliseconds shown) {
    using namespace std::chrono_literals;
    for (const std::chrono::minutes step : {1min, 2min, 5min, 10min, 30min, 60min, 120min, 240min, 480min})
        if (shown <= 7 * step) return step;
    return 720min;
}

// The round times of a local day in [from, to]. By the clock on the wall: where it is put back or forward a mark stays
// at a round hour.
QList<QDateTime> roundTimes(const QDateTime& from, const QDateTime& to) {
    QList<QDateTime> times;
    const int step_s =
        static_cast<int>(std::chrono::seconds(tickStep(std::chrono::milliseconds(from.msecsTo(to)))).count());
    for (QDate day = from.toLocalTime().date(); day <= to.toLocalTime().date(); day = day.addDays(1))
        for (int second = 0; second < 24 * 60 * 60; second += step_s)
            if (const QDateTime at(day, QTime::fromMSecsSinceStartOfDay(second * 1000)); at >= from && at <= to)
                times.append(at);
    return times;
}

}  // namespace

struct RateChart::Drawing {
    QChart* chart = nullptr;
    QChartView* view = nullptr;
    QCategoryAxis* time = nullptr;
    QValueAxis* rate = nullptr;
};

RateChart::RateChart(QWidget* parent) : QWidget(parent), m_drawing(std::make_unique<Drawing>()) {
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    Drawing& d = *m_drawing;
    d.chart = new QChart;
    d.chart->setBackgroundVisible(false);
    d.chart->layout()->setContentsMargins(0, 0, 0, 0);
    d.chart->legend()->setAlignment(Qt::AlignTop);
    d.chart->legend()->layout()->setContentsMargins(0, 0, 0, 0);
    // Marks of our own, at round times. A QDateTimeAxis has them only at equal distances from its ends, and none at all
    // where its first range is set after it was laid out.
    d.time = new QCategoryAxis(d.chart);
    d.time->setLabelsPosition(QCategoryAxis::AxisLabelsPositionOnValue);
    d.time->setTruncateLabels(false);
    // Half of a label stands out at the right end.
    const int half = QFontMetrics(d.time->labelsFont()).horizontalAdvance(QStringLiteral("00:00")) / 2 + 4;
    d.chart->setMargins(QMargins(0, 0, half, 0));
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
    showTimes(from, from.addMSecs(step_ms * qMax<qsizetype>(steps, 1)));
    const Scale scale = scaleFor(most);
    d.rate->setTickCount(scale.parts + 1);
    d.rate->setRange(0, scale.top);
}

void RateChart::showTimes(const QDateTime& from, const QDateTime& to) {
    QCategoryAxis& axis = *m_drawing->time;
    for (const QString& label : axis.categoriesLabels()) axis.remove(label);
    const auto valueOf = [](const QDateTime& at) { return static_cast<double>(at.toMSecsSinceEpoch()); };
    // A mark must lie above the start.
    axis.setStartValue(valueOf(from) - 1);
    axis.setRange(valueOf(from), valueOf(to));
    for (const QDateTime& at : roundTimes(from, to)) {
        QString label = at.toString(QStringLiteral("HH:mm"));
        // The axis knows its marks by their text, and a day has the same time at both ends.
        while (axis.categoriesLabels().contains(label)) label += QChar(0x200B);
        axis.append(label, valueOf(at));
    }
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
