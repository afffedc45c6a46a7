// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/contract/csv.h"

#include <QTest>

using namespace postroom::contract;

class TestCsv : public QObject {
    Q_OBJECT

private slots:
    void writesACell_data() {
        QTest::addColumn<std::string>("text");
        QTest::addColumn<std::string>("cell");
        const auto row = [](const char* name, const char* text, const char* cell) {
            QTest::newRow(name) << std::string(text) << std::string(cell);
        };
        row("nothing", "", "");
        row("a word", "word", "word");
        row("another script", "主题", "主题");
        row("a comma", "a,b", "\"a,b\"");
        row("a quote", "say \"hi\"", "\"say \"\"hi\"\"\"");
        row("line ends", "a\r\nb", "\"a\r\nb\"");
        row("a formula", "=1+1", "'=1+1");
        row("a formula with a comma", "=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"");
        row("a plus", "+1", "'+1");
        row("a minus", "-1", "'-1");
        row("an at", "@SUM(A1)", "'@SUM(A1)");
        row("a tab", "\t=1", "'\t=1");
        row("a carriage return", "\r=1", "\"'\r=1\"");
        row("an address", "a@b.c", "a@b.c");
    }
    void writesACell() {
        QFETCH(std::string, text);
        QFETCH(std::string, cell);
        QCOMPARE(csvCell(text), cell);
    }

    void writesALine() {
        QCOMPARE(csvLine({"a", "", "b c"}), std::string("a,,b c\r\n"));
        QCOMPARE(csvLine({}), std::string("\r\n"));
    }
};

QTEST_APPLESS_MAIN(TestCsv)
#include "tst_csv.moc"
