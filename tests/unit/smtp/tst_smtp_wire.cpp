// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/smtp/envelope.h"
#include "engine/smtp/wire.h"

#include <QTest>

using namespace postroom::smtp;

class TestSmtpWire : public QObject {
    Q_OBJECT

    static std::string wire(std::string_view content, std::size_t cut) {
        WireEncoder encoder;
        std::string out;
        encoder.encode(content.substr(0, cut), out);
        encoder.encode(content.substr(cut), out);
        encoder.finish(out);
        return out;
    }

private slots:
    void writesOnlyLinesThatNobodyMistakes_data() {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QByteArray>("wire");
        const auto row = [](const char* name, QByteArray content, QByteArray wire) {
            QTest::newRow(name) << content << wire;
        };
        row("empty", "", "");
        row("a line", "hello\r\n", "hello\r\n");
        row("without an end", "hello", "hello\r\n");
        row("dot", ".\r\n", "..\r\n");
        row("dot at the very end", "a\r\n.", "a\r\n..\r\n");
        row("two dots", "..a\r\n", "...a\r\n");
        row("dot inside a line", "a.b\r\n", "a.b\r\n");
        row("empty lines", "\r\n\r\n", "\r\n\r\n");
        row("CR at the very end", "a\r", "a\r\n");
        // The nine sequences that some server somewhere takes for the end of a mail.
        row("LF . LF", "a\n.\nb", "a\r\n..\r\nb\r\n");
        row("LF . CR", "a\n.\rb", "a\r\n..\r\nb\r\n");
        row("CR . LF", "a\r.\nb", "a\r\n..\r\nb\r\n");
        row("CR . CR", "a\r.\rb", "a\r\n..\r\nb\r\n");
        row("LF . CRLF", "a\n.\r\nb", "a\r\n..\r\nb\r\n");
        row("CR . CRLF", "a\r.\r\nb", "a\r\n..\r\nb\r\n");
        row("CRLF . CR CRLF", "a\r\n.\r\r\nb", "a\r\n..\r\n\r\nb\r\n");
        row("CR CRLF . CR CRLF", "a\r\r\n.\r\r\nb", "a\r\n\r\n..\r\n\r\nb\r\n");
        row("CRLF NUL . CRLF", QByteArray("a\r\n\0.\r\nb", 8), "a\r\n..\r\nb\r\n");
        row("dot between NULs", QByteArray("\r\n\0\0.\0\r\n", 9), "\r\n..\r\n");
        row("CR NUL LF", QByteArray("a\r\0\nb", 5), "a\r\n\r\nb\r\n");
    }
    void writesOnlyLinesThatNobodyMistakes() {
        QFETCH(QByteArray, content);
        const std::string all = content.toStdString();
        for (std::size_t cut = 0; cut <= all.size(); ++cut) QTEST(QByteArray::fromStdString(wire(all, cut)), "wire");
    }

    void leavesNoWayToEndTheMailEarly() {
        // Every string of five of these, cut at every byte.
        const std::string alphabet("\r\n.\0a", 5);
        std::string content(5, ' ');
        for (int number = 0; number < 3125; ++number) {
            for (int i = 0, rest = number; i < 5; ++i, rest /= 5) content[i] = alphabet[rest % 5];
            const std::string once = wire(content, 0);
            for (std::size_t cut = 1; cut <= content.size(); ++cut) QCOMPARE(wire(content, cut), once);
            QVERIFY(once.empty() || once.ends_with("\r\n"));
            QVERIFY(("\r\n" + once).find("\r\n.\r\n") == std::string::npos);
            for (std::size_t i = 0; i < once.size(); ++i) {
                QVERIFY(once[i] != '\0');
                if (once[i] == '\r') QCOMPARE(once[i + 1], '\n');
                if (once[i] == '\n') QCOMPARE(once[i - 1], '\r');
            }
        }
    }

    void knowsAddressesThatFitOnTheWire_data() {
        QTest::addColumn<QByteArray>("address");
        QTest::addColumn<bool>("fits");
        QTest::newRow("plain") << QByteArray("a@b.example") << true;
        QTest::newRow("null sender") << QByteArray("") << true;
        QTest::newRow("quoted space") << QByteArray("\"a b\"@c") << true;
        QTest::newRow("quoted bracket") << QByteArray("\"a>b\"@c") << true;
        QTest::newRow("quoted quote") << QByteArray("\"a\\\"b\"@c") << true;
        QTest::newRow("bare space") << QByteArray("a b@c") << false;
        QTest::newRow("bracket") << QByteArray("a@b> SIZE=1") << false;
        QTest::newRow("open quote") << QByteArray("\"a@b") << false;
        QTest::newRow("CR") << QByteArray("a@b\rX") << false;
        QTest::newRow("LF") << QByteArray("a@b\nX") << false;
        QTest::newRow("CRLF behind a backslash") << QByteArray("\"a\\\r\nRSET\"@b") << false;
        QTest::newRow("NUL") << QByteArray("a\0@b", 4) << false;
        QTest::newRow("UTF-8") << QByteArray("\xC3\xA4@b") << false;
        QTest::newRow("DEL") << QByteArray("a\x7F@b") << false;
    }
    void knowsAddressesThatFitOnTheWire() {
        QFETCH(QByteArray, address);
        QTEST(fitsOnTheWire(address.toStdString()), "fits");
    }
};

QTEST_APPLESS_MAIN(TestSmtpWire)
#include "tst_smtp_wire.moc"
