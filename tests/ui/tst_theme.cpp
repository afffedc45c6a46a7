// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/widgets/theme.h"

#include "ui/widgets/copy.h"

#include <cmath>
#include <QApplication>
#include <QComboBox>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSpinBox>
#include <QTest>

using namespace postroom::ui;

namespace {

double luminance(const QColor& colour) {
    const auto channel = [](double value) {
        return value <= 0.03928 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * channel(colour.redF()) + 0.7152 * channel(colour.greenF()) + 0.0722 * channel(colour.blueF());
}
// WCAG 2.1, 1.4.3.
double contrast(const QColor& a, const QColor& b) {
    const double x = luminance(a), y = luminance(b);
    return (qMax(x, y) + 0.05) / (qMin(x, y) + 0.05);
}

void themes() {
    QTest::addColumn<int>("theme");
    QTest::newRow("light") << int(Theme::Light);
    QTest::newRow("dark") << int(Theme::Dark);
}

}  // namespace

class TestTheme : public QObject {
    Q_OBJECT

private slots:
    void hasPlaceholdersThatCanBeRead_data() { themes(); }
    void hasPlaceholdersThatCanBeRead() {
        QFETCH(int, theme);
        applyTheme(*qApp, static_cast<Theme>(theme));
        QLineEdit line;
        QPlainTextEdit text;
        QComboBox combo;
        QSpinBox number;
        for (QWidget* field : {static_cast<QWidget*>(&line), static_cast<QWidget*>(&text),
                               static_cast<QWidget*>(&combo), static_cast<QWidget*>(&number)}) {
            field->show();
            const QColor ink = field->palette().color(QPalette::PlaceholderText);
            QCOMPARE(ink.alpha(), 255);
            QVERIFY2(contrast(ink, colours().base) >= 4.5, qPrintable(ink.name()));
            QCOMPARE(field->palette().color(QPalette::Active, QPalette::Text), colours().text);
            QCOMPARE(field->palette().color(QPalette::Disabled, QPalette::Text), colours().muted);
        }
    }

    // The arrow of a button with a menu stands beside its words: there is ink in its middle line right of them.
    void putsTheArrowOfAMenuBesideTheWords_data() { themes(); }
    void putsTheArrowOfAMenuBesideTheWords() {
        QFETCH(int, theme);
        applyTheme(*qApp, static_cast<Theme>(theme));
        CopyAsButton button;
        button.show();
        button.resize(button.sizeHint());
        QVERIFY(QTest::qWaitForWindowExposed(&button));
        const QImage seen = button.grab().toImage();
        const qreal ratio = seen.devicePixelRatio();
        const auto ink = [&](const QRect& where) {
            QRect found;
            const QColor ground = seen.pixelColor(2, seen.height() / 2);
            for (int y = where.top(); y <= where.bottom(); ++y)
                for (int x = where.left(); x <= where.right(); ++x)
                    if (contrast(seen.pixelColor(x, y), ground) > 1.5) found |= QRect(x, y, 1, 1);
            return found;
        };
        const int right = static_cast<int>(18 * ratio);
        const QRect arrow = ink(QRect(seen.width() - right, 0, right - static_cast<int>(2 * ratio), seen.height())
                                    .adjusted(0, static_cast<int>(3 * ratio), 0, static_cast<int>(-3 * ratio)));
        QVERIFY(!arrow.isEmpty());
        QVERIFY2(std::abs(arrow.center().y() - seen.height() / 2) <= 2 * ratio,
                 qPrintable(QString::number(arrow.center().y())));
        QVERIFY(arrow.width() <= 11 * ratio);
    }
};

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
