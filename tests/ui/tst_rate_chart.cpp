// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/widgets/rate_chart.h"

#include <algorithm>
#include <QDir>
#include <QGraphicsTextItem>
#include <QGraphicsView>
#include <QTest>

using namespace postroom::ui;

namespace {

// What the axes say, left out what lies outside of the picture: a label half of which is cut off is none.
struct Labels {
    QList<double> rates;  ///< from the bottom up
    QStringList times;    ///< from the left to the right
};

Labels labelsOf(const QGraphicsView& view) {
    QList<QGraphicsTextItem*> shown;
    for (QGraphicsItem* item : view.scene()->items())
        if (auto* text = qgraphicsitem_cast<QGraphicsTextItem*>(item);
            text && text->isVisible() && !text->toPlainText().isEmpty() &&
            view.sceneRect().adjusted(-1, -1, 1, 1).contains(text->sceneBoundingRect()))
            shown.append(text);
    std::sort(shown.begin(), shown.end(), [](const QGraphicsTextItem* a, const QGraphicsTextItem* b) {
        return a->scenePos().x() < b->scenePos().x();
    });
    Labels labels;
    for (const QGraphicsTextItem* text : shown) {
        const QString said = text->toPlainText().remove(QChar(0x200B));
        bool isNumber = false;
        const double number = said.toDouble(&isNumber);
        if (isNumber) labels.rates.append(number);
        if (said.contains(QLatin1Char(':'))) labels.times.append(said);
    }
    std::sort(labels.rates.begin(), labels.rates.end());
    return labels;
}

}  // namespace

class TestRateChart : public QObject {
    Q_OBJECT

private slots:
    void init() {
        m_chart = std::make_unique<RateChart>();
        m_chart->resize(1000, 300);
        m_chart->setVisible(true);
        // Laid out before the first answer comes, as in the window.
        QVERIFY(QTest::qWaitForWindowExposed(m_chart.get()));
    }

    void saysTheTime_data() {
        QTest::addColumn<QDateTime>("from");
        QTest::addColumn<int>("step_ms");
        QTest::addColumn<int>("steps");
        QTest::addColumn<QStringList>("times");
        const QDate day(2026, 11, 25);
        const auto words = [](const char* text) { return QString::fromLatin1(text).split(QLatin1Char(' ')); };
        QTest::newRow("an hour") << QDateTime(day, QTime(8, 41)) << 5000 << 720
                                 << words("08:50 09:00 09:10 09:20 09:30 09:40");
        QTest::newRow("a round hour") << QDateTime(day, QTime(8, 0)) << 5000 << 720
                                      << words("08:00 08:10 08:20 08:30 08:40 08:50 09:00");
        QTest::newRow("an hour over midnight")
            << QDateTime(day, QTime(23, 35)) << 5000 << 720 << words("23:40 23:50 00:00 00:10 00:20 00:30");
        QTest::newRow("a day") << QDateTime(day, QTime(9, 41)) << 60000 << 1440
                               << words("12:00 16:00 20:00 00:00 04:00 08:00");
        QTest::newRow("a round day") << QDateTime(day, QTime(12, 0)) << 60000 << 1440
                                     << words("12:00 16:00 20:00 00:00 04:00 08:00 12:00");
        QTest::newRow("in another zone") << QDateTime(day, QTime(8, 41)).toUTC() << 5000 << 720
                                         << words("08:50 09:00 09:10 09:20 09:30 09:40");
    }
    void saysTheTime() {
        QFETCH(QDateTime, from);
        QFETCH(int, step_ms);
        QFETCH(int, steps);
        QFETCH(QStringList, times);
        draw(from, step_ms, steps, 50);
        QTRY_COMPARE(labelsOf(view()).times, times);
        keepPicture();
        // What was shown before leaves nothing behind.
        draw(from.addSecs(-7), 5000, 36, 50);
        QTRY_VERIFY(labelsOf(view()).times != times);
        draw(from, step_ms, steps, 50);
        QTRY_COMPARE(labelsOf(view()).times, times);
    }

    void saysRatesThatAreWhole_data() {
        QTest::addColumn<double>("most");
        QTest::addColumn<QList<double>>("rates");
        QTest::newRow("nothing") << 0.0 << QList<double>{0, 2, 4, 6, 8, 10};
        QTest::newRow("7") << 7.0 << QList<double>{0, 2, 4, 6, 8, 10};
        QTest::newRow("11") << 11.0 << QList<double>{0, 5, 10, 15, 20};
        QTest::newRow("50") << 50.0 << QList<double>{0, 10, 20, 30, 40, 50};
        QTest::newRow("99") << 99.0 << QList<double>{0, 20, 40, 60, 80, 100};
        QTest::newRow("1500") << 1500.0 << QList<double>{0, 500, 1000, 1500, 2000};
    }
    void saysRatesThatAreWhole() {
        QFETCH(double, most);
        QFETCH(QList<double>, rates);
        // At its least height too.
        for (const int height : {300, 180}) {
            m_chart->resize(1000, height);
            draw(QDateTime(QDate(2026, 11, 25), QTime(8, 41)), 60000, 60, most);
            QTRY_COMPARE(labelsOf(view()).rates, rates);
        }
    }

private:
    void draw(const QDateTime& from, int step_ms, int steps, double perMinute) {
        const QList<double> points(steps, perMinute * step_ms / 60000.0);
        m_chart->show(from, step_ms, {{QStringLiteral("Sent"), Qt::darkGreen, points}});
    }
    [[nodiscard]] const QGraphicsView& view() const { return *m_chart->findChild<QGraphicsView*>(); }
    void keepPicture() {
        if (const QString folder = qEnvironmentVariable("POSTROOM_PICTURES"); !folder.isEmpty())
            QVERIFY(m_chart->grab().save(QDir(folder).filePath(
                QStringLiteral("chart-%1.png").arg(QString::fromLatin1(QTest::currentDataTag())))));
    }

    std::unique_ptr<RateChart> m_chart;
};

QTEST_MAIN(TestRateChart)
#include "tst_rate_chart.moc"
