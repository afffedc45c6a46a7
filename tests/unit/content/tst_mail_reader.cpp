// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/text.h"
#include "engine/content/mail_reader.h"
#include "tests/unit/content/wire_rules.h"

#include <QTest>

using namespace postroom;
using namespace postroom::content;

namespace {

std::string composed(const Draft& draft) {
    MapFiles files;
    const auto composition = compose(draft);
    return composition ? wireOf(*composition, files).value_or("") : "";
}

Draft letter() {
    Draft draft;
    draft.messageId = *Id::parse("018c2d7e-5b7a-7c3b-9d1e-2f3a4b5c6d7e");
    draft.messageIdDomain = "example.com";
    draft.from = Mailbox{.name = "通知", .address = "a@example.com"};
    draft.to = {{.name = "", .address = "b@example.com"}, {.name = "Li, Lei", .address = "c@example.com"}};
    draft.cc = {{.name = "", .address = "d@example.com"}};
    draft.subject = "第一封 mail";
    draft.text = "你好\r\nHello";
    draft.html = "<p>你好</p>";
    return draft;
}

std::string multipart(const std::string& type, std::initializer_list<std::string> parts) {
    std::string out = "MIME-Version: 1.0\r\nContent-Type: multipart/" + type + "; boundary=bb\r\n\r\n";
    for (const std::string& part : parts) out += "--bb\r\n" + part + "\r\n";
    return out + "--bb--\r\n";
}

}  // namespace

class TestMailReader : public QObject {
    Q_OBJECT

private slots:
    void readsBackWhatWeCompose() {
        Draft draft = letter();
        draft.attachments = {{.filename = "报表.pdf",
                              .contentType = "application/pdf",
                              .content = std::string(1000, '\xff'),
                              .storedAs = {},
                              .size_bytes = 1000}};
        const std::string wire = composed(draft);
        QVERIFY(!wire.empty());
        const auto mail = readMail(wire);
        QCOMPARE(mail.source, wire);
        QVERIFY(!mail.truncated);
        QCOMPARE(mail.subject, std::string("第一封 mail"));
        QCOMPARE(mail.from, std::string("通知 <a@example.com>"));
        QCOMPARE(mail.to, (std::vector<std::string>{"b@example.com", "\"Li, Lei\" <c@example.com>"}));
        QCOMPARE(mail.cc, (std::vector<std::string>{"d@example.com"}));
        QCOMPARE(QString::fromStdString(mail.text).trimmed(), QStringLiteral("你好\r\nHello"));
        QCOMPARE(QString::fromStdString(mail.html).trimmed(), QStringLiteral("<p>你好</p>"));
        QCOMPARE(mail.attachments.size(), std::size_t(1));
        QCOMPARE(mail.attachments[0].filename, std::string("报表.pdf"));
        QCOMPARE(mail.attachments[0].contentType, std::string("application/pdf"));
        QCOMPARE(mail.attachments[0].size_bytes, std::int64_t(1000));
    }

    void readsAMailThatIsNothingButText() {
        Draft draft = letter();
        draft.html.clear();
        const auto mail = readMail(composed(draft));
        QVERIFY(mail.html.empty() && mail.attachments.empty());
        QVERIFY(mail.text.starts_with("你好"));
    }

    void sortsStrangersParts_data() {
        QTest::addColumn<std::string>("wire");
        QTest::addColumn<std::string>("text");
        QTest::addColumn<std::string>("html");
        QTest::addColumn<std::string>("attachments");
        const auto row = [](const char* name, std::string wire, const char* text, const char* html,
                            const char* attachments) {
            QTest::newRow(name) << std::move(wire) << std::string(text) << std::string(html)
                                << std::string(attachments);
        };
        row("no mail at all", "", "", "", "");
        row("a body alone", "\r\nHello", "Hello", "", "");
        row("Latin-1", "Content-Type: text/plain; charset=iso-8859-1\r\n\r\n\xE9", "é", "", "");
        row("a charset that lies", "Content-Type: text/plain; charset=utf-8\r\n\r\n\xE9", "é", "", "");
        row("controls", "\r\na\x01\x1B[31mb\tc", "a??[31mb\tc", "", "");
        row("two texts", multipart("mixed", {"\r\none", "\r\ntwo"}), "one", "", "text/plain  3;");
        row("a text with a name", multipart("mixed", {"\r\none", "Content-Type: text/html; name=a.html\r\n\r\n<p>"}),
            "one", "", "text/html a.html 3;");
        row("a text that is attached", multipart("mixed", {"Content-Disposition: attachment\r\n\r\none", "\r\ntwo"}),
            "two", "", "text/plain  3;");
        row("a picture in the html",
            multipart("related", {"Content-Type: text/html\r\n\r\n<img>",
                                  "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAEC"}),
            "", "<img>", "image/png  3;");
        row("a mail in a mail",
            multipart("mixed", {"\r\none", "Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nbody"}), "one",
            "", "message/rfc822  ");
        row("a file name with a control",
            multipart("mixed", {"\r\none", "Content-Type: a/b; name=\"x\x01y\"\r\n\r\nz"}), "one", "", "a/b x?y 1;");
    }
    void sortsStrangersParts() {
        QFETCH(std::string, wire);
        QFETCH(std::string, text);
        QFETCH(std::string, html);
        QFETCH(std::string, attachments);
        const auto mail = readMail(wire);
        QCOMPARE(QString::fromStdString(mail.text), QString::fromStdString(text));
        QCOMPARE(mail.html, html);
        std::string found;
        for (const auto& part : mail.attachments)
            found.append(part.contentType + " " + part.filename + " " + std::to_string(part.size_bytes) + ";");
        // The size of a mail in a mail is GMime's to say.
        QVERIFY2(found.starts_with(attachments) && (found.empty() == attachments.empty()), found.c_str());
        QVERIFY(!mail.truncated);
    }

    void leavesOutWhatIsBeyondTheLimits_data() {
        QTest::addColumn<std::string>("wire");
        QTest::newRow("a long text") << "\r\n" + std::string(5000, 'x');
        QTest::newRow("a long text that is not UTF-8") << "\r\n" + std::string(3000, '\xE9');
        QTest::newRow("a long subject") << "Subject: " + std::string(500, 's') + "\r\n\r\n";
        std::string deep = "MIME-Version: 1.0\r\n", many = "To: a@b.c";
        for (int i = 0; i < 40; ++i) {
            const std::string number = std::to_string(i);
            deep += "Content-Type: multipart/mixed; boundary=b" + number + "\r\n\r\n--b" + number + "\r\n";
            many += ", a" + number + "@b.c";
        }
        QTest::newRow("parts in parts") << deep + "\r\nx\r\n";
        QTest::newRow("many addresses") << many + "\r\n\r\n";
        std::string parts = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n";
        for (int i = 0; i < 100; ++i) parts += "--b\r\n\r\n\r\n";
        QTest::newRow("many parts") << parts + "--b--\r\n";
    }
    void leavesOutWhatIsBeyondTheLimits() {
        QFETCH(std::string, wire);
        const ReadLimits limits{.text_bytes = 4096, .line_bytes = 200, .depth = 8, .parts = 50, .addresses = 20};
        const auto mail = readMail(wire, limits);
        QVERIFY(mail.truncated);
        QVERIFY(mail.source.size() <= 4096 && mail.text.size() <= 4096 && mail.subject.size() <= 200);
        QVERIFY(mail.attachments.size() <= 50 && mail.to.size() <= 20);
        QVERIFY(isValidUtf8(mail.source) && isValidUtf8(mail.text));
    }

    void cutsBetweenCharacters() {
        for (std::size_t limit = 10; limit < 16; ++limit) {
            const auto mail = readMail("Subject: 中文中文\r\n\r\n", {.text_bytes = limit, .line_bytes = 100});
            QVERIFY(isValidUtf8(mail.source));
            QVERIFY(mail.source.size() <= limit && mail.source.size() + 3 > limit);
            QVERIFY(mail.truncated);
        }
    }
};

QTEST_GUILESS_MAIN(TestMailReader)
#include "tst_mail_reader.moc"
