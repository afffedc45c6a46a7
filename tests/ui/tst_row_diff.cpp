// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/models/row_diff.h"

#include <QTest>

using namespace postroom::ui;

namespace {

// One letter a row; a capital reads differently from its small letter and is the same row.
QStringList idsOf(const QString& rows) {
    QStringList ids;
    for (const QChar c : rows) ids.append(c.toLower());
    return ids;
}

QList<RowStep> stepsOf(const QString& before, const QString& after) {
    return rowDiff(idsOf(before), idsOf(after), [&](qsizetype b, qsizetype a) { return before[b] != after[a]; });
}

// As a model makes the steps: what is inserted or changed is taken from the same place of `after`.
QString applied(QString rows, const QString& after, const QList<RowStep>& steps) {
    for (const RowStep& step : steps) switch (step.kind) {
            case RowStep::Remove: rows.remove(step.at, step.count); break;
            case RowStep::Insert: rows.insert(step.at, after.mid(step.at, step.count)); break;
            case RowStep::Change: rows.replace(step.at, step.count, after.mid(step.at, step.count)); break;
        }
    return rows;
}

}  // namespace

class tst_row_diff : public QObject {
    Q_OBJECT

private slots:
    void turnsOneListIntoTheOther_data();
    void turnsOneListIntoTheOther();
    void takesNeighboursInOneStep();
    void movesTheFewestRows();
};

void tst_row_diff::turnsOneListIntoTheOther_data() {
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("after");
    QTest::addColumn<int>("steps");
    const auto row = [](const char* name, const char* before, const char* after, int steps) {
        QTest::newRow(name) << QString::fromLatin1(before) << QString::fromLatin1(after) << steps;
    };
    row("both empty", "", "", 0);
    row("the same", "abc", "abc", 0);
    row("filled", "", "abc", 1);
    row("emptied", "abc", "", 1);
    row("new at the top", "abc", "xyabc", 1);
    row("new at the end", "abc", "abcxy", 1);
    row("new in between", "abc", "axbyc", 2);
    row("gone at the top", "abcd", "cd", 1);
    row("gone in two places", "abcde", "bd", 3);
    row("replaced", "abc", "xyz", 2);
    row("reads differently", "abc", "aBc", 1);
    row("all read differently", "abc", "ABC", 1);
    row("moved down", "abc", "bca", 2);
    row("moved up", "abc", "cab", 2);
    row("reversed", "abcd", "dcba", 3);
    row("new above one that reads differently", "abc", "xAbc", 2);
    row("moved and reads differently", "abc", "bcA", 2);
    row("all at once", "abcdef", "xbAyfD", 6);
}

void tst_row_diff::turnsOneListIntoTheOther() {
    QFETCH(QString, before);
    QFETCH(QString, after);
    QFETCH(int, steps);
    const QList<RowStep> made = stepsOf(before, after);
    QCOMPARE(applied(before, after, made), after);
    QVERIFY2(made.size() <= steps, qPrintable(QString::number(made.size())));
}

void tst_row_diff::takesNeighboursInOneStep() {
    const QList<RowStep> expected{{RowStep::Remove, 1, 2}, {RowStep::Insert, 0, 2}, {RowStep::Change, 3, 2}};
    QCOMPARE(stepsOf(QStringLiteral("abcde"), QStringLiteral("xyaDE")), expected);
}

void tst_row_diff::movesTheFewestRows() {
    // One row went from the end to the top: the rows that were selected among the others stay what they are.
    const QList<RowStep> expected{{RowStep::Remove, 5, 1}, {RowStep::Insert, 0, 1}};
    QCOMPARE(stepsOf(QStringLiteral("abcdef"), QStringLiteral("fabcde")), expected);
}

QTEST_APPLESS_MAIN(tst_row_diff)
#include "tst_row_diff.moc"
