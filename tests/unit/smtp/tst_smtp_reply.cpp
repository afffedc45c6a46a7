// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/smtp/capabilities.h"
#include "engine/smtp/reply.h"

#include <QTest>

using namespace postroom::smtp;

class TestSmtpReply : public QObject {
    Q_OBJECT

private slots:
    void readsWhatServersSay_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("enhanced");
        QTest::addColumn<QByteArray>("text");
        const auto row = [](const char* name, QByteArray bytes, int code, const char* enhanced, QByteArray text) {
            QTest::newRow(name) << bytes << code << QByteArray(enhanced) << text;
        };
        row("plain", "250 ok\r\n", 250, "", "ok");
        row("LF only", "250 ok\n", 250, "", "ok");
        row("code alone", "354\r\n", 354, "", "");
        row("code and a space", "250 \r\n", 250, "", "");
        row("enhanced code", "535 5.7.8 bad password\r\n", 535, "5.7.8", "bad password");
        row("enhanced code alone", "250 2.1.0\r\n", 250, "2.1.0", "");
        row("enhanced code with long parts", "450 4.123.456 x\r\n", 450, "4.123.456", "x");
        row("not an enhanced code: a version", "220 5.7.8.9 x\r\n", 220, "", "5.7.8.9 x");
        row("not an enhanced code: class", "250 3.1.0 x\r\n", 250, "", "3.1.0 x");
        row("not an enhanced code: four digits", "250 2.1.1234 x\r\n", 250, "", "2.1.1234 x");
        row("many lines", "250-one\r\n250-two\r\n250 three\r\n", 250, "", "one / two / three");
        row("last line without text", "250-one\r\n250\r\n", 250, "", "one");
        row("enhanced code on each line", "550-5.1.1 no\r\n550-5.1.1 such\r\n550 5.1.1 user\r\n", 550, "5.1.1",
            "no / such / user");
        row("controls are not shown", "250 a\tb\x1b[31m\r\n", 250, "", "a?b?[31m");
        row("bytes that are not UTF-8", "550 \xD3\xCA\xCF\xE4\r\n", 550, "", "????");
        row("UTF-8", "550 \xE9\x82\xAE\xE4\xBB\xB6\r\n", 550, "", "\xE9\x82\xAE\xE4\xBB\xB6");
        row("longest text is cut", "250 " + QByteArray(2000, 'x') + "\r\n", 250, "", QByteArray(1021, 'x') + "...");
        row("a hundred lines", QByteArray("250-x\r\n").repeated(99) + "250 \r\n", 250, "",
            (QByteArray("x / ").repeated(99)).chopped(3));
    }
    void readsWhatServersSay() {
        QFETCH(QByteArray, bytes);
        const std::string all = bytes.toStdString();
        // Cut in two at every byte: it must make no difference.
        for (std::size_t cut = 0; cut <= all.size(); ++cut) {
            ReplyParser parser;
            QVERIFY(parser.isEmpty());
            QCOMPARE(parser.feed(std::string_view{all}.substr(0, cut)), cut);
            QCOMPARE(parser.feed(std::string_view{all}.substr(cut)), all.size() - cut);
            QCOMPARE(parser.status(), ReplyParser::Status::Complete);
            const Reply reply = parser.take();
            QTEST(reply.code, "code");
            QTEST(QByteArray::fromStdString(reply.enhanced), "enhanced");
            QTEST(QByteArray::fromStdString(reply.text), "text");
            QVERIFY(reply.text.size() <= ReplyParser::TextLimit_bytes);
            QVERIFY(parser.isEmpty());
        }
    }

    void breaksOnWhatIsNoReply_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("no code") << QByteArray("hello\r\n");
        QTest::newRow("empty line") << QByteArray("\r\n");
        QTest::newRow("two digits") << QByteArray("25\r\n");
        QTest::newRow("four digits") << QByteArray("2500 ok\r\n");
        QTest::newRow("letter behind the code") << QByteArray("250ok\r\n");
        QTest::newRow("first digit too low") << QByteArray("150 ok\r\n");
        QTest::newRow("first digit too high") << QByteArray("650 ok\r\n");
        QTest::newRow("code changes") << QByteArray("250-ok\r\n251 ok\r\n");
        QTest::newRow("line without code inside") << QByteArray("250-ok\r\nwelcome\r\n250 ok\r\n");
        QTest::newRow("NUL") << QByteArray("250 o\0k\r\n", 9);
        QTest::newRow("0xFF") << QByteArray("\xFF\xFF\xFF\r\n");
        QTest::newRow("endless line") << QByteArray(2049, '2');
        QTest::newRow("line too long") << "250 " + QByteArray(2045, 'x') + "\r\n";
        QTest::newRow("too many lines") << QByteArray("250-x\r\n").repeated(100) + "250 x\r\n";
        QTest::newRow("too many bytes") << ("250-" + QByteArray(2000, 'x') + "\r\n").repeated(33) + "250 x\r\n";
    }
    void breaksOnWhatIsNoReply() {
        QFETCH(QByteArray, bytes);
        const std::string all = bytes.toStdString();
        for (std::size_t cut = 0; cut <= all.size(); cut += all.size() > 4000 ? 997 : 1) {
            ReplyParser parser;
            parser.feed(std::string_view{all}.substr(0, cut));
            parser.feed(std::string_view{all}.substr(cut));
            QCOMPARE(parser.status(), ReplyParser::Status::Broken);
            QVERIFY(!parser.fault().empty());
            QCOMPARE(parser.feed("250 ok\r\n"), std::size_t{0});
        }
    }

    void stopsBehindOneReply() {
        ReplyParser parser;
        QCOMPARE(parser.feed("250-a\r\n250 b\r\n354 go\r\n25"), std::size_t{14});
        QCOMPARE(parser.take().code, 250);
        QCOMPARE(parser.feed("354 go\r\n25"), std::size_t{8});
        QCOMPARE(parser.take().code, 354);
        QCOMPARE(parser.feed("25"), std::size_t{2});
        QVERIFY(!parser.isEmpty());
    }

    void readsCapabilities_data() {
        QTest::addColumn<QByteArray>("lines");
        QTest::addColumn<QByteArray>("found");
        QTest::newRow("none") << QByteArray("hello\n") << QByteArray();
        QTest::newRow("the greeting is none") << QByteArray("PIPELINING\n") << QByteArray();
        QTest::newRow("all") << QByteArray("h\nPIPELINING\nSIZE 1000\nSTARTTLS\nAUTH PLAIN LOGIN\n")
                             << QByteArray("pipelining starttls plain login size=1000 ");
        QTest::newRow("any case") << QByteArray("h\npipelining\nsize 5\nStartTLS\nauth login plain\n")
                                  << QByteArray("pipelining starttls plain login size=5 ");
        QTest::newRow("old form of AUTH") << QByteArray("h\nAUTH=LOGIN PLAIN\n") << QByteArray("plain login ");
        QTest::newRow("unknown mechanisms")
            << QByteArray("h\nAUTH CRAM-MD5 XOAUTH2 PLAIN-CLIENTTOKEN\n") << QByteArray();
        QTest::newRow("SIZE without limit") << QByteArray("h\nSIZE\n") << QByteArray("size=0 ");
        QTest::newRow("SIZE that is no number") << QByteArray("h\nSIZE 12x\n") << QByteArray("size=0 ");
        QTest::newRow("SIZE beyond 64 bits")
            << QByteArray("h\nSIZE 99999999999999999999999\n") << QByteArray("size=0 ");
        QTest::newRow("longer words") << QByteArray("h\nPIPELININGS\nXSTARTTLS\n") << QByteArray();
    }
    void readsCapabilities() {
        QFETCH(QByteArray, lines);
        const Capabilities can = Capabilities::fromEhlo(lines.toStdString());
        QByteArray found;
        if (can.pipelining) found += "pipelining ";
        if (can.startTls) found += "starttls ";
        if (can.authPlain) found += "plain ";
        if (can.authLogin) found += "login ";
        if (can.size) found += "size=" + QByteArray::number(static_cast<qulonglong>(can.sizeLimit_bytes)) + " ";
        QTEST(found, "found");
    }
};

QTEST_APPLESS_MAIN(TestSmtpReply)
#include "tst_smtp_reply.moc"
