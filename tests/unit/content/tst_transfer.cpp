// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/text.h"
#include "engine/content/transfer.h"
#include "tests/unit/content/show_strings.h"

using namespace postroom;
using namespace postroom::content;
using namespace std::string_literals;

class TestTransfer : public QObject {
    Q_OBJECT

private slots:
    void everyLineEndIsACrlf_data() {
        QTest::addColumn<std::string>("text");
        QTest::addColumn<std::string>("settled");
        QTest::newRow("none") << "a"s
                              << "a"s;
        QTest::newRow("empty") << ""s
                               << ""s;
        QTest::newRow("LF") << "a\nb\n"s
                            << "a\r\nb\r\n"s;
        QTest::newRow("CR") << "a\rb"s
                            << "a\r\nb"s;
        QTest::newRow("CRLF") << "a\r\nb"s
                              << "a\r\nb"s;
        QTest::newRow("CR CR LF") << "a\r\r\nb"s
                                  << "a\r\n\r\nb"s;
        QTest::newRow("LF CR") << "a\n\rb"s
                               << "a\r\n\r\nb"s;
        QTest::newRow("smuggling \\n.\\n") << "x\n.\ny"s
                                           << "x\r\n.\r\ny"s;
        QTest::newRow("smuggling \\r.\\r\\n") << "x\r.\r\ny"s
                                              << "x\r\n.\r\ny"s;
    }
    void everyLineEndIsACrlf() {
        QFETCH(std::string, text);
        QFETCH(std::string, settled);
        QCOMPARE(withCrlf(text), settled);
    }

    void choosesWhatNobodyTouches_data() {
        QTest::addColumn<std::string>("text");
        QTest::addColumn<std::string>("name");
        QTest::newRow("empty") << ""s
                               << "7bit"s;
        QTest::newRow("ASCII") << "Hello,\r\nworld\r\n"s
                               << "7bit"s;
        QTest::newRow("78 columns") << std::string(78, 'a') << "7bit"s;
        QTest::newRow("79 columns") << std::string(79, 'a') << "quoted-printable"s;
        QTest::newRow("mostly ASCII") << "a caf\u00E9 in Paris"s
                                      << "quoted-printable"s;
        QTest::newRow("Chinese") << "您好，世界"s
                                 << "base64"s;
        QTest::newRow("lone dot") << "a\r\n.\r\nb"s
                                  << "quoted-printable"s;
        QTest::newRow("From at a line's start") << "a\r\nFrom me\r\nand many more words to go"s
                                                << "quoted-printable"s;
        QTest::newRow("blank at a line's end") << "a word and a blank \r\nb"s
                                               << "quoted-printable"s;
        QTest::newRow("looks like our boundary") << "this has a --=_ inside"s
                                                 << "quoted-printable"s;
        QTest::newRow("escape character") << "some words and \x1B[0m"s
                                          << "quoted-printable"s;
    }
    void choosesWhatNobodyTouches() {
        QFETCH(std::string, text);
        QFETCH(std::string, name);
        QCOMPARE(std::string{wireName(transferFor(text))}, name);
    }

    void writesQuotedPrintable_data() {
        QTest::addColumn<std::string>("text");
        QTest::addColumn<std::string>("encoded");
        QTest::newRow("equals sign") << "a=b"s
                                     << "a=3Db"s;
        QTest::newRow("two bytes") << "\u00E9"s
                                   << "=C3=A9"s;
        QTest::newRow("blank last") << "a \r\nb\t"s
                                    << "a=20\r\nb=09"s;
        QTest::newRow("blank inside") << "a b"s
                                      << "a b"s;
        QTest::newRow("lone dot") << ".\r\n..\r\na."s
                                  << "=2E\r\n=2E.\r\na."s;
        QTest::newRow("From") << "From me\r\nFromage"s
                              << "=46rom me\r\nFromage"s;
        QTest::newRow("76 columns") << std::string(76, 'a') << std::string(76, 'a');
        QTest::newRow("77 columns") << std::string(77, 'a') << std::string(75, 'a') + "=\r\naa";
        QTest::newRow("dot behind a soft break") << std::string(75, 'a') + ".." << std::string(75, 'a') + "=\r\n=2E.";
        QTest::newRow("an escape is never cut")
            << std::string(74, 'a') + "\u00E9" << std::string(74, 'a') + "=\r\n=C3=A9";
        QTest::newRow("an escape fills the last line")
            << std::string(70, 'a') + "\u00E9" << std::string(70, 'a') + "=C3=A9";
    }
    void writesQuotedPrintable() {
        QFETCH(std::string, text);
        QFETCH(std::string, encoded);
        std::string out;
        appendEncoded(out, text, Transfer::QuotedPrintable);
        QCOMPARE(out, encoded);
    }

    void writesBase64InLines() {
        for (const std::size_t size : {0u, 1u, 2u, 3u, 56u, 57u, 58u, 113u, 114u, 115u, 1000u}) {
            std::string bytes;
            for (std::size_t i = 0; i < size; ++i) bytes.push_back(static_cast<char>(i * 7 + 250));
            std::string lines;
            appendBase64(lines, bytes);
            QCOMPARE(base64LinesSize_bytes(size), lines.size() + (size > 0 ? 2 : 0));
            std::string joined;
            for (std::size_t at = 0; at < lines.size(); at += base64Line_bytes) {
                if (at > 0) QCOMPARE(lines.substr(at - 2, 2), "\r\n"s);
                joined += lines.substr(at, base64Line_bytes - 2);
            }
            QCOMPARE(joined, toBase64(bytes));
        }
    }
};

QTEST_APPLESS_MAIN(TestTransfer)
#include "tst_transfer.moc"
