// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/widgets/table.h"

#include <QHeaderView>
#include <QScrollBar>
#include <QSettings>
#include <QStandardItemModel>
#include <QStandardPaths>
#include <QTest>

using namespace postroom::ui;

namespace {

// A list of accounts: the first column takes what is left.
struct Shown {
    QStandardItemModel model{3, 5};
    Table table{QStringLiteral("tst_table")};

    explicit Shown(int width) {
        model.setHorizontalHeaderLabels({QStringLiteral("E-mail"), QStringLiteral("A title of many words"),
                                         QStringLiteral("State"), QStringLiteral("Priority"),
                                         QStringLiteral("Updated")});
        table.setModel(&model);
        table.setColumnWidths({0, 9, 18, 7, 15});
        table.resize(width, 200);
        table.show();
    }
    [[nodiscard]] int width(int column) const { return table.columnWidth(column); }
    [[nodiscard]] int all() const { return table.horizontalHeader()->length(); }
    [[nodiscard]] int room() const { return table.viewport()->width(); }
    [[nodiscard]] int least() const { return 22 * table.fontMetrics().horizontalAdvance(QLatin1Char('0')) + 20; }
    [[nodiscard]] bool hasItsTitle(int column) const {
        return width(column) >= table.horizontalHeader()->sectionSizeHint(column);
    }
    [[nodiscard]] bool scrolls() const { return table.horizontalScrollBar()->maximum() > 0; }
};

}  // namespace

class TestTable : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("Postroom"));
        QCoreApplication::setApplicationName(QStringLiteral("tst_table"));
    }
    void init() { QSettings().clear(); }
    void cleanupTestCase() { QSettings().clear(); }

    void showsEveryColumnWhileThereIsRoom_data() {
        QTest::addColumn<int>("width");
        for (const int width : {1400, 1000, 850, 700, 600}) QTest::addRow("%d", width) << width;
    }
    void showsEveryColumnWhileThereIsRoom() {
        QFETCH(int, width);
        Shown shown(width);
        QVERIFY(QTest::qWaitForWindowExposed(&shown.table));
        QCOMPARE(shown.all(), shown.room());
        QVERIFY(!shown.scrolls());
        QVERIFY(shown.width(0) >= shown.least());
        for (int column = 0; column < 5; ++column)
            QVERIFY2(shown.hasItsTitle(column), qPrintable(QString::number(column)));
    }

    void scrollsWhereNothingCanGiveWay() {
        Shown shown(300);
        QVERIFY(QTest::qWaitForWindowExposed(&shown.table));
        QTRY_VERIFY(shown.scrolls());
        QCOMPARE(shown.width(0), shown.least());
        for (int column = 0; column < 5; ++column) QVERIFY(shown.hasItsTitle(column));
        // And takes its room again.
        shown.table.resize(1000, 200);
        QTRY_VERIFY(!shown.scrolls());
        QCOMPARE(shown.all(), shown.room());
    }

    void keepsWhatTheUserSized() {
        {
            Shown shown(1000);
            QVERIFY(QTest::qWaitForWindowExposed(&shown.table));
            shown.table.horizontalHeader()->resizeSection(2, 260);
            QCOMPARE(shown.width(2), 260);
            QCOMPARE(shown.all(), shown.room());
            shown.table.horizontalHeader()->moveSection(4, 1);
        }
        Shown again(1000);
        QVERIFY(QTest::qWaitForWindowExposed(&again.table));
        QCOMPARE(again.width(2), 260);
        QCOMPARE(again.table.horizontalHeader()->visualIndex(4), 1);
        QCOMPARE(again.all(), again.room());
        // It gives way in a smaller window, and comes back; only the user forgets it.
        again.table.resize(600, 200);
        QTRY_VERIFY(again.width(2) < 260);
        again.table.resize(1000, 200);
        QTRY_COMPARE(again.width(2), 260);
    }

    void givesTheRoomOfAHiddenColumnToTheRest() {
        Shown shown(1000);
        QVERIFY(QTest::qWaitForWindowExposed(&shown.table));
        const int before = shown.width(0);
        shown.table.setColumnHidden(1, true);
        QTRY_VERIFY(shown.width(0) > before);
        QCOMPARE(shown.all(), shown.room());
        shown.table.setColumnHidden(1, false);
        QTRY_COMPARE(shown.all(), shown.room());
        QCOMPARE(shown.width(0), before);
    }
};

QTEST_MAIN(TestTable)
#include "tst_table.moc"
