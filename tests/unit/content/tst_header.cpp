// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/text.h"
#include "engine/content/header.h"

#include "engine/content/encoded_word.h"
#include "tests/unit/content/show_strings.h"

using namespace postroom;
using namespace postroom::content;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

std::string repeated(std::string_view piece, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += piece;
    return out;
}

}  // namespace

class TestHeader : public QObject {
    Q_OBJECT

private slots:
    void writesAnUnstructuredHeader_data() {
        QTest::addColumn<std::string>("value");
        QTest::addColumn<std::string>("lines");
        QTest::newRow("plain") << "Hello, world"s
                               << "Subject: Hello, world\r\n"s;
        QTest::newRow("empty") << ""s
                               << "Subject: \r\n"s;
        QTest::newRow("Chinese") << "测试邮件"s
                                 << "Subject: =?utf-8?B?5rWL6K+V6YKu5Lu2?=\r\n"s;
        QTest::newRow("mostly ASCII") << "un caf\u00E9 noir"s
                                      << "Subject: =?utf-8?Q?un_caf=C3=A9_noir?=\r\n"s;
        QTest::newRow("folds at a space") << repeated("ten chars ", 7) + "end"
                                          << "Subject: " + repeated("ten chars ", 6) + "ten\r\n chars end\r\n";
        QTest::newRow("a long word stays whole") << repeated("x", 200) << "Subject: " + repeated("x", 200) + "\r\n";
        QTest::newRow("what looks encoded is encoded") << "=?utf-8?Q?x?="s
                                                       << "Subject: =?utf-8?B?PT91dGYtOD9RP3g/PQ==?=\r\n"s;
        QTest::newRow("blanks at the edge") << " a "s
                                            << "Subject: =?utf-8?Q?_a_?=\r\n"s;
        QTest::newRow("two blanks") << "some  words"s
                                    << "Subject: =?utf-8?Q?some__words?=\r\n"s;
        QTest::newRow("a line end never leaves") << "a\r\nBcc: x@y.com"s
                                                 << "Subject: =?utf-8?B?YQ0KQmNjOiB4QHkuY29t?=\r\n"s;
    }
    void writesAnUnstructuredHeader() {
        QFETCH(std::string, value);
        QFETCH(std::string, lines);
        QCOMPARE(unstructuredHeader("Subject", value), lines);
    }

    void keepsLinesShortAndCharactersWhole_data() {
        QTest::addColumn<std::string>("value");
        QTest::newRow("Chinese, long") << repeated("这是一个很长的标题", 40);
        QTest::newRow("four bytes each") << repeated("\U0001F4E7", 100);
        QTest::newRow("mixed widths") << repeated("a\u00E9\u4E2D\U0001F4E7", 60);
        QTest::newRow("broken UTF-8") << repeated("\xE4\xB8", 200);
        QTest::newRow("a word beyond any line") << repeated("y", 1500);
        QTest::newRow("nothing but continuation bytes") << repeated("\x80", 300);
    }
    void keepsLinesShortAndCharactersWhole() {
        QFETCH(std::string, value);
        for (const std::string& name : {"Subject"s, "X-"s + repeated("n", 74)}) {
            std::string_view rest;
            const std::string lines = unstructuredHeader(name, value);
            rest = lines;
            std::string joined;
            bool first = true;
            while (!rest.empty()) {
                const std::size_t end = rest.find("\r\n");
                QVERIFY(end != rest.npos);
                std::string_view line = rest.substr(0, end);
                rest.remove_prefix(end + 2);
                QVERIFY2(line.size() <= std::max<std::size_t>(76, name.size() + 2), std::string{line}.c_str());
                if (first) line.remove_prefix(name.size() + 1);
                first = false;
                if (line.empty()) continue;
                QVERIFY(line.starts_with(" =?utf-8?") && line.ends_with("?="));
                QVERIFY(line.size() <= 76);
                const bool base64 = line[10] == 'B' || line[9] == 'B';
                const std::string_view payload = line.substr(11, line.size() - 13);
                std::string piece;
                if (base64) {
                    piece = fromBase64(payload).value_or("?");
                } else {
                    piece = QByteArray::fromPercentEncoding(viewOf(payload), '=').replace('_', ' ').toStdString();
                }
                if (isValidUtf8(value)) QVERIFY2(isValidUtf8(piece), "a character was cut");
                joined += piece;
            }
            QCOMPARE(joined, value);
        }
    }

    void writesMailboxes_data() {
        QTest::addColumn<std::string>("name");
        QTest::addColumn<std::string>("line");
        QTest::newRow("no name") << ""s
                                 << "From: a@b.com\r\n"s;
        QTest::newRow("atoms") << "Ada Lovelace"s
                               << "From: Ada Lovelace <a@b.com>\r\n"s;
        QTest::newRow("dot") << "J. Public"s
                             << "From: \"J. Public\" <a@b.com>\r\n"s;
        QTest::newRow("quote") << "A \"B\" C"s
                               << "From: \"A \\\"B\\\" C\" <a@b.com>\r\n"s;
        QTest::newRow("Chinese") << "张三"s
                                 << "From: =?utf-8?B?5byg5LiJ?= <a@b.com>\r\n"s;
        QTest::newRow("looks encoded") << "=?utf-8?Q?x?="s
                                       << "From: =?utf-8?B?PT91dGYtOD9RP3g/PQ==?= <a@b.com>\r\n"s;
        QTest::newRow("line end") << "A\r\nX: y"s
                                  << "From: =?utf-8?B?QQ0KWDogeQ==?= <a@b.com>\r\n"s;
    }
    void writesMailboxes() {
        QFETCH(std::string, name);
        QFETCH(std::string, line);
        QCOMPARE(fromHeader({.name = name, .address = "a@b.com"}), line);
    }

    void foldsALongListOfMailboxes() {
        const std::vector<Mailbox> many(40, {.name = "张三", .address = "zhang.san@example.com"});
        const std::string lines = addressHeader("To", many);
        std::size_t start = 0, commas = 0;
        for (std::size_t end = lines.find("\r\n"); end != lines.npos; start = end + 2, end = lines.find("\r\n", start))
            QVERIFY(end - start <= 76);
        for (const char c : lines) commas += c == ',' ? 1 : 0;
        QCOMPARE(commas, std::size_t{39});
    }

    void anAddressCannotEndTheLine() {
        const std::string line = fromHeader({.name = {}, .address = "a@b.com\r\nBcc: x@y.com"});
        QCOMPARE(line.find('\r'), line.size() - 2);
        QCOMPARE(line.find('\n'), line.size() - 1);
    }

    void writesTheDate_data() {
        QTest::addColumn<qint64>("seconds");
        QTest::addColumn<std::string>("line");
        QTest::newRow("epoch") << qint64{0} << "Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n"s;
        QTest::newRow("leap day") << qint64{1709251199} << "Date: Thu, 29 Feb 2024 23:59:59 +0000\r\n"s;
        QTest::newRow("before the epoch") << qint64{-1} << "Date: Wed, 31 Dec 1969 23:59:59 +0000\r\n"s;
        QTest::newRow("far") << qint64{4102444800} << "Date: Fri, 01 Jan 2100 00:00:00 +0000\r\n"s;
    }
    void writesTheDate() {
        QFETCH(qint64, seconds);
        QFETCH(std::string, line);
        QCOMPARE(dateHeader(TimePoint{std::chrono::seconds{seconds}} + 999ms), line);
    }

    void namesAFile_data() {
        QTest::addColumn<std::string>("filename");
        QTest::addColumn<std::string>("lines");
        const std::string head = "Content-Disposition: attachment;\r\n ";
        QTest::newRow("ASCII") << "report.pdf"s << head + "filename=\"report.pdf\"\r\n";
        QTest::newRow("blank and quote") << "a \"b\".txt"s << head + "filename=\"a \\\"b\\\".txt\"\r\n";
        QTest::newRow("Chinese") << "报告.pdf"s
                                 << head + "filename*=utf-8''%E6%8A%A5%E5%91%8A.pdf;\r\n filename=\"__.pdf\"\r\n";
        QTest::newRow("long") << "一二三四五六七八.txt"s
                              << head +
                                     "filename*0*=utf-8''%E4%B8%80%E4%BA%8C%E4%B8%89%E5%9B%9B%E4%BA%94;\r\n"
                                     " filename*1*=%E5%85%AD%E4%B8%83%E5%85%AB.txt;\r\n filename=\"________.txt\"\r\n";
        QTest::newRow("long ASCII") << repeated("a", 70) + ".txt"
                                    << head + "filename*0*=utf-8''" + repeated("a", 53) +
                                           ";\r\n filename*1*=" + repeated("a", 17) + ".txt;\r\n filename=\"" +
                                           repeated("a", 52) + ".txt\"\r\n";
    }
    void namesAFile() {
        QFETCH(std::string, filename);
        QFETCH(std::string, lines);
        QCOMPARE(attachmentHeader(filename), lines);
    }

    void readsEncodedWordsForPeople_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("read");
        QTest::newRow("plain") << QByteArray("Your invoice") << QByteArray("Your invoice");
        QTest::newRow("base64") << QByteArray("=?utf-8?B?5rWL6K+V?=") << QByteArray("\xe6\xb5\x8b\xe8\xaf\x95");
        QTest::newRow("two words, the blank between them is none")
            << QByteArray("=?utf-8?B?5rWL?= =?utf-8?B?6K+V?= x") << QByteArray("\xe6\xb5\x8b\xe8\xaf\x95 x");
        QTest::newRow("quoted-printable") << QByteArray("Re: =?utf-8?q?a_=C3=A9?=") << QByteArray("Re: a \xc3\xa9");
        QTest::newRow("Latin-1") << QByteArray("=?iso-8859-1?Q?=E9?=") << QByteArray("\xc3\xa9");
        QTest::newRow("unknown charset stays") << QByteArray("=?gbk?B?5rWL?=") << QByteArray("=?gbk?B?5rWL?=");
        QTest::newRow("broken stays") << QByteArray("=?utf-8?B?***?= =?utf-8?Q?=X?=")
                                      << QByteArray("=?utf-8?B?***?= =?utf-8?Q?=X?=");
        QTest::newRow("not UTF-8 stays") << QByteArray("=?utf-8?Q?=FF?=") << QByteArray("=?utf-8?Q?=FF?=");
    }
    void readsEncodedWordsForPeople() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, read);
        QCOMPARE(decodeEncodedWords(text.toStdString()), read.toStdString());
    }
};

QTEST_APPLESS_MAIN(TestHeader)
#include "tst_header.moc"
