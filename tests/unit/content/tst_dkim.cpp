// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/dkim.h"

#include <QCryptographicHash>
#include <QTest>

using namespace postroom::content;

/// What of a mail is hashed and signed.
class TestDkim : public QObject {
    Q_OBJECT

    // The form, fed in pieces of this size.
    static std::string relaxed(std::string_view body, std::size_t step) {
        std::string out;
        RelaxedBody form{[&](std::string_view piece) { out.append(piece); }};
        for (std::size_t at = 0; at < body.size(); at += step) form.feed(body.substr(at, step));
        form.finish();
        return out;
    }
    static std::string tagOf(const std::string& line, const std::string& tag) {
        std::string flat;
        for (const char c : line)
            if (c != '\r' && c != '\n' && c != ' ') flat.push_back(c);
        const auto at = flat.find(";" + tag + "=");
        if (at == flat.npos) return "(none)";
        const auto from = at + tag.size() + 2;
        return flat.substr(from, flat.find(';', from) - from);
    }
    static UnfinishedSignature begun(std::string_view head) {
        return beginSignature(head, {.algorithm = "rsa-sha256",
                                     .domain = "example.com",
                                     .selector = "test",
                                     .signedAt = 1'700'000'000,
                                     .bodyHash = "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8="});
    }

private slots:
    void relaxesABody_data() {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("form");
        QTest::newRow("RFC 6376 3.4.5") << QByteArray(" C \r\nD \t E\r\n\r\n\r\n") << QByteArray(" C\r\nD E\r\n");
        QTest::newRow("nothing") << QByteArray("") << QByteArray("");
        QTest::newRow("an empty line") << QByteArray("\r\n") << QByteArray("");
        QTest::newRow("empty lines") << QByteArray("\r\n\r\n\r\n") << QByteArray("");
        QTest::newRow("blank lines") << QByteArray(" \r\n\t \r\n  ") << QByteArray("");
        QTest::newRow("empty lines within")
            << QByteArray("\r\n\r\na\r\n\r\nb\r\n") << QByteArray("\r\n\r\na\r\n\r\nb\r\n");
        QTest::newRow("blank lines within") << QByteArray("a\r\n \t\r\nb\r\n") << QByteArray("a\r\n\r\nb\r\n");
        QTest::newRow("no last line end") << QByteArray("a") << QByteArray("a\r\n");
        QTest::newRow("blanks at the end") << QByteArray("a \t") << QByteArray("a\r\n");
        QTest::newRow("a blank in front") << QByteArray("\t a\r\n") << QByteArray(" a\r\n");
        QTest::newRow("many blanks") << QByteArray("a  \t b\t\tc\r\n") << QByteArray("a b c\r\n");
        QTest::newRow("a CR alone") << QByteArray("a\rb \r c\r\r\nd\r") << QByteArray("a\rb \r c\r\r\nd\r\r\n");
        QTest::newRow("an LF alone") << QByteArray("a\nb\r\n") << QByteArray("a\nb\r\n");
        QTest::newRow("NUL and 8 bit") << QByteArray("\0\xff \r\n", 5) << QByteArray("\0\xff\r\n", 4);
    }
    void relaxesABody() {
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, form);
        for (const std::size_t step : {1u, 2u, 3u, 1000u})
            QCOMPARE(QByteArray::fromStdString(relaxed(body.toStdString(), step)), form);
        // What is relaxed stays so.
        QCOMPARE(QByteArray::fromStdString(relaxed(form.toStdString(), 7)), form);
    }

    void hashesTheBodyOfRfc8463() {
        const std::string form = relaxed("Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n", 5);
        QCOMPARE(QCryptographicHash::hash(QByteArray::fromStdString(form), QCryptographicHash::Sha256).toBase64(),
                 QByteArray("2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8="));
    }

    void holdsNothingBackThatGrows() {
        std::size_t largest = 0, all = 0;
        RelaxedBody form{[&](std::string_view piece) {
            largest = std::max(largest, piece.size());
            all += piece.size();
        }};
        for (int i = 0; i < 200'000; ++i) form.feed("\r\n");
        form.feed("end");
        form.finish();
        QCOMPARE(all, std::size_t{400'005});
        QVERIFY(largest <= 64 * 1024);
    }

    void relaxesAHeader_data() {
        QTest::addColumn<QByteArray>("field");
        QTest::addColumn<QByteArray>("form");
        QTest::newRow("RFC 6376 3.4.5, A") << QByteArray("A: X\r\n") << QByteArray("a:X");
        QTest::newRow("RFC 6376 3.4.5, B") << QByteArray("B : Y\t\r\n\tZ  \r\n") << QByteArray("b:Y Z");
        QTest::newRow("nothing in it") << QByteArray("Cc:\r\n") << QByteArray("cc:");
        QTest::newRow("blanks in it") << QByteArray("Cc: \t\r\n \r\n") << QByteArray("cc:");
        QTest::newRow("a colon in it") << QByteArray("SUBJECT:  Re:  a") << QByteArray("subject:Re: a");
        QTest::newRow("folded at once") << QByteArray("Subject:\r\n =?utf-8?B?5Lit?=\r\n  x\r\n")
                                        << QByteArray("subject:=?utf-8?B?5Lit?= x");
    }
    void relaxesAHeader() {
        QFETCH(QByteArray, field);
        QFETCH(QByteArray, form);
        QCOMPARE(QByteArray::fromStdString(relaxedHeader(field.toStdString())), form);
    }

    void signsWhatAReaderIsShown() {
        const auto signature = begun(
            "From: a@example.com\r\nMessage-ID: <1@example.com>\r\nDate: x\r\nTo: b@example.net\r\n"
            "Subject: one\r\n two\r\nMIME-Version: 1.0\r\nX-Note: n\r\nReceived: r\r\nReturn-Path: <p>\r\n"
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nList-Unsubscribe: <https://x.example>\r\n"
            "DKIM-Signature: v=1; b=x\r\nContent-Type: text/plain\r\n");
        // Each of those a reader is shown stands once more than it is there; the others as often as they are.
        QCOMPARE(tagOf(signature.line, "h"),
                 std::string("From:From:Subject:Subject:Date:Date:To:To:MIME-Version:MIME-Version:"
                             "Content-Type:Content-Type:List-Unsubscribe:List-Unsubscribe-Post"));
        QVERIFY(signature.input.starts_with("from:a@example.com\r\nsubject:one two\r\ndate:x\r\nto:b@example.net\r\n"));
        QVERIFY(signature.input.ends_with("\r\n" + relaxedHeader(signature.line)));
        QVERIFY(signature.input.ends_with("; b="));
        QVERIFY(signature.input.find("x-note") == std::string::npos);
    }

    void takesTheFieldsOfANameFromTheBottomUp() {
        const auto signature = begun("List-Id: first\r\nFrom: a@example.com\r\nlist-id: second\r\n");
        QCOMPARE(tagOf(signature.line, "h"), std::string("From:From:List-Id:List-Id"));
        QVERIFY(signature.input.starts_with("from:a@example.com\r\nlist-id:second\r\nlist-id:first\r\n"));
    }

    void saysWhatItIs() {
        const auto signature = begun("From: a@example.com\r\n");
        QVERIFY(signature.line.starts_with(
            "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n d=example.com;\r\n s="));
        QCOMPARE(tagOf(signature.line, "s"), std::string("test"));
        QCOMPARE(tagOf(signature.line, "t"), std::string("1700000000"));
        QCOMPARE(tagOf(signature.line, "bh"), std::string("2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8="));
        for (const char* never : {"l", "x", "i", "q"}) QCOMPARE(tagOf(signature.line, never), std::string("(none)"));
        const std::string whole = finishSignature(signature, std::string(344, 'A'));
        QCOMPARE(tagOf(whole, "b"), std::string(344, 'A'));
        QVERIFY(whole.ends_with("\r\n"));
        for (const QByteArray& line : QByteArray::fromStdString(whole).split('\n')) QVERIFY(line.size() <= 79);
    }

    void keepsLinesShortWhateverIsInTheHead() {
        std::string head = "From: a@example.com\r\n";
        for (const char* name : {"Reply-To", "Subject", "Date", "To", "Cc", "MIME-Version", "Content-Type",
                                 "Content-Transfer-Encoding", "In-Reply-To", "References", "List-Id", "List-Help",
                                 "List-Unsubscribe", "List-Unsubscribe-Post", "Resent-Date", "Resent-From"})
            head += std::string(name) + ": x\r\n";
        for (const QByteArray& line : QByteArray::fromStdString(begun(head).line).split('\n'))
            QVERIFY2(line.size() <= 79, line.constData());
    }
};

QTEST_GUILESS_MAIN(TestDkim)
#include "tst_dkim.moc"
