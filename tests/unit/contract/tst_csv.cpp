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

    void readsWhatItWrote_data() { writesACell_data(); }
    void readsWhatItWrote() {
        QFETCH(std::string, text);
        const std::string line = csvLine({"x", text, "y"});
        CsvReader reader(line);
        const auto read = reader.next();
        QVERIFY(read && !read->isBroken);
        QCOMPARE(read->cells.size(), std::size_t{3});
        QCOMPARE(std::string(csvText(read->cells[1])), text);
        QVERIFY(!reader.next());
    }

    void readsLines_data() {
        QTest::addColumn<std::string>("text");
        QTest::addColumn<std::string>("lines");  // number:cell|cell, "!" where it is broken
        const auto row = [](const char* name, const char* text, const char* lines) {
            QTest::newRow(name) << std::string(text) << std::string(lines);
        };
        row("nothing", "", "");
        row("blank lines", "\r\n\n\r", "");
        row("each end of a line", "a\nb\r\nc\rd", "1:a 2:b 3:c 4:d ");
        row("blank lines count", "a\n\n\nb", "1:a 4:b ");
        row("empty cells", ",a,\n", "1:|a| ");
        row("quotes", "\"a,b\",\"say \"\"hi\"\"\",\"\"\n", "1:a,b|say \"hi\"| ");
        row("a line within quotes", "\"a\r\nb\"\nc", "1:a\r\nb 3:c ");
        row("a mark", "\xef\xbb\xbf\"a\"", "1:a ");
        row("quotes that do not end", "a,\"b\nc", "1:a|b\nc! ");
        row("something behind quotes", "\"a\"b,c", "1:ab|c! ");
        row("something behind empty quotes", "\"\"b,c", "1:b|c! ");
        row("a quote inside", "a\"b,c", "1:a\"b|c ");
    }
    void readsLines() {
        QFETCH(std::string, text);
        CsvReader reader(text);
        std::string lines;
        while (const auto line = reader.next()) {
            lines += std::to_string(line->number) + ":";
            for (std::size_t i = 0; i < line->cells.size(); ++i) lines += (i > 0 ? "|" : "") + line->cells[i];
            lines += line->isBroken ? "! " : " ";
        }
        QTEST(lines, "lines");
    }

    void writesALine() {
        QCOMPARE(csvLine({"a", "", "b c"}), std::string("a,,b c\r\n"));
        QCOMPARE(csvLine({}), std::string("\r\n"));
    }
};

QTEST_APPLESS_MAIN(TestCsv)
#include "tst_csv.moc"
