// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/text.h"
#include "engine/content/compose.h"
#include "engine/content/header.h"
#include "engine/content/transfer.h"
#include "tests/unit/content/gmime_oracle.h"
#include "tests/unit/content/show_strings.h"
#include "tests/unit/content/wire_rules.h"

using namespace postroom;
using namespace postroom::content;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

constexpr auto idText = "018c2d7e-5b7a-7c3b-9d1e-2f3a4b5c6d7e";

Draft manualsMail() {
    Draft draft;
    draft.to = {{.name = {}, .address = "test@example.com"}};
    draft.subject = "测试邮件";
    draft.html = "<h1>这是一封测试邮件</h1><p>如果您收到此邮件，说明系统部署成功！</p>";
    draft.messageId = *Id::parse(idText);
    draft.messageIdDomain = "example.com";
    draft.date = TimePoint{1'700'000'000'123ms};
    return draft;
}

Attachment file(std::string filename, std::string contentType, std::string content) {
    return {.filename = std::move(filename),
            .contentType = std::move(contentType),
            .content = std::move(content),
            .storedAs = {},
            .size_bytes = 0};
}

std::string repeated(std::string_view piece, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += piece;
    return out;
}

std::string wire(const Draft& draft, std::string fromLine = {}) {
    const auto composed = compose(draft);
    if (!composed) return "not composed: " + composed.error().detail;
    MapFiles files;
    const auto bytes = wireOf(*composed, files, std::move(fromLine));
    return bytes ? *bytes : "not read: " + bytes.error().detail;
}

}  // namespace

class TestCompose : public QObject {
    Q_OBJECT

private slots:
    void theManualsMailIsTheseBytes() {
        QCOMPARE(wire(manualsMail(), fromHeader({.name = {}, .address = "noreply@example.com"})),
                 "From: noreply@example.com\r\n"
                 "Message-ID: <018c2d7e-5b7a-7c3b-9d1e-2f3a4b5c6d7e@example.com>\r\n"
                 "Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n"
                 "To: test@example.com\r\n"
                 "Subject: =?utf-8?B?5rWL6K+V6YKu5Lu2?=\r\n"
                 "MIME-Version: 1.0\r\n"
                 "Content-Type: multipart/alternative;\r\n"
                 " boundary=\"=_018c2d7e-5b7a-7c3b-9d1e-2f3a4b5c6d7e_words\"\r\n"
                 "\r\n"
                 "--=_018c2d7e-5b7a-7c3b-9d1e-2f3a4b5c6d7e_words\r\n"
                 "Content-Type: text/plain; charset=utf-8\r\n"
                 "Content-Transfer-Encoding: base64\r\n"
                 "\r\n"
                 "6L+Z5piv5LiA5bCB5rWL6K+V6YKu5Lu2DQoNCuWmguaenOaCqOaUtuWIsOatpOmCruS7tu+8jOiv\r\n"
                 "tOaYjuezu+e7n+mDqOe9suaIkOWKn++8gQ==\r\n"
                 "--=_018c2d7e-5b7a-7c3b-9d1e-2f3a4b5c6d7e_words\r\n"
                 "Content-Type: text/html; charset=utf-8\r\n"
                 "Content-Transfer-Encoding: base64\r\n"
                 "\r\n"
                 "PGgxPui/meaYr+S4gOWwgea1i+ivlemCruS7tjwvaDE+PHA+5aaC5p6c5oKo5pS25Yiw5q2k6YKu\r\n"
                 "5Lu277yM6K+05piO57O757uf6YOo572y5oiQ5Yqf77yBPC9wPg==\r\n"
                 "--=_018c2d7e-5b7a-7c3b-9d1e-2f3a4b5c6d7e_words--\r\n"s);
    }

    void theSameDraftIsTheSameMail() { QCOMPARE(wire(manualsMail()), wire(manualsMail())); }

    void choosesTheStructure_data() {
        QTest::addColumn<std::string>("text");
        QTest::addColumn<std::string>("html");
        QTest::addColumn<int>("files");
        QTest::addColumn<std::string>("structure");
        QTest::newRow("nothing") << ""s
                                 << ""s << 0 << "text/plain"s;
        QTest::newRow("text") << "a"s
                              << ""s << 0 << "text/plain"s;
        QTest::newRow("html") << ""s
                              << "<p>a"s << 0 << "multipart/alternative(text/plain text/html)"s;
        QTest::newRow("html without words") << ""s
                                            << "<img src=x>"s << 0 << "text/html"s;
        QTest::newRow("both") << "a"s
                              << "<p>b"s << 0 << "multipart/alternative(text/plain text/html)"s;
        QTest::newRow("text and a file") << "a"s
                                         << ""s << 1 << "multipart/mixed(text/plain application/pdf)"s;
        QTest::newRow("a file alone") << ""s
                                      << ""s << 1 << "multipart/mixed(text/plain application/pdf)"s;
        QTest::newRow("all")
            << "a"s
            << "<p>b"s << 2
            << "multipart/mixed(multipart/alternative(text/plain text/html) application/pdf application/pdf)"s;
    }
    void choosesTheStructure() {
        QFETCH(std::string, text);
        QFETCH(std::string, html);
        QFETCH(int, files);
        QFETCH(std::string, structure);
        Draft draft = manualsMail();
        draft.text = text;
        draft.html = html;
        draft.attachments.assign(static_cast<std::size_t>(files), file("a.pdf", "application/pdf", "%PDF"));
        const std::string bytes = wire(draft);
        QCOMPARE(brokenRule(bytes), ""s);
        QCOMPARE(oracle::read(bytes).structure, structure);
    }

    void gmimeReadsBackWhatWasWritten_data() {
        QTest::addColumn<std::string>("text");
        QTest::newRow("ASCII") << "Hello\n"s;
        QTest::newRow("no line end") << "Hello"s;
        QTest::newRow("several line ends") << "Hello\n\n\n"s;
        QTest::newRow("line ends only") << "\n\n"s;
        QTest::newRow("Chinese") << "您好，世界\n再见"s;
        QTest::newRow("French") << "un caf\u00E9 \u00E0 Orl\u00E9ans = bon \n"s;
        QTest::newRow("smuggling 1") << "x\n.\nMAIL FROM:<a@b>"s;
        QTest::newRow("smuggling 2") << "x\n.\rMAIL FROM:<a@b>"s;
        QTest::newRow("smuggling 3") << "x\r.\nMAIL FROM:<a@b>"s;
        QTest::newRow("smuggling 4") << "x\r.\rMAIL FROM:<a@b>"s;
        QTest::newRow("smuggling 5") << "x\n.\r\nMAIL FROM:<a@b>"s;
        QTest::newRow("smuggling 6") << "x\r.\r\nMAIL FROM:<a@b>"s;
        QTest::newRow("smuggling 7") << "x\r\n.\r\r\nMAIL FROM:<a@b>"s;
        QTest::newRow("smuggling 8") << "x\r\r\n.\r\r\nMAIL FROM:<a@b>"s;
        QTest::newRow("dots") << ".\n..\n...a\n."s;
        QTest::newRow("From") << "From me\n>From you\nFrom"s;
        QTest::newRow("blanks") << "a \n\t\nb\t\n "s;
        QTest::newRow("our boundary")
            << "--=_018c2d7e-5b7a-7c3b-9d1e-2f3a4b5c6d7e_words--\n--=_018c2d7e-5b7a-7c3b-9d1e-2f3a4b5c6d7e_files"s;
        QTest::newRow("a line of 5000") << repeated("word ", 1000);
        QTest::newRow("a word of 5000") << repeated("w", 5000);
        QTest::newRow("controls") << "\x01\x08\x0B\x0C\x1B[1m\x7F"s;
        QTest::newRow("many pages") << repeated("这是一封测试邮件 and some words\n", 3000);
    }
    void gmimeReadsBackWhatWasWritten() {
        QFETCH(std::string, text);
        Draft draft = manualsMail();
        draft.text = text;
        draft.html = "<p>" + text;
        draft.attachments = {file("报告 2026.pdf", "application/pdf", "%PDF\r\n\0\xFF"s + text), file("b", "", "")};
        const std::string bytes = wire(draft, fromHeader({.name = "通知, 系统", .address = "a@b.com"}));
        QCOMPARE(brokenRule(bytes), ""s);
        const oracle::Mail mail = oracle::read(bytes);
        QVERIFY(mail.readable);
        QCOMPARE(mail.messageId, idText + "@example.com"s);
        QCOMPARE(mail.subject, draft.subject);
        QCOMPARE(mail.dateSeconds, 1'700'000'000);
        QCOMPARE(mail.from.size(), 1u);
        QCOMPARE(mail.from[0].first, "通知, 系统"s);
        QCOMPARE(mail.parts.size(), 4u);
        QCOMPARE(mail.parts[0].content, withCrlf(text));
        QCOMPARE(mail.parts[1].content, withCrlf(draft.html));
        QCOMPARE(mail.parts[2].content, draft.attachments[0].content);
        QCOMPARE(mail.parts[2].filename, "报告 2026.pdf"s);
        QCOMPARE(mail.parts[3].content, ""s);
        QCOMPARE(mail.parts[3].type, "application/octet-stream"s);

        // Alone it ends with a line end, as a mail does, or comes back as it was.
        draft.html.clear();
        draft.attachments.clear();
        const std::string alone = wire(draft);
        QCOMPARE(brokenRule(alone), ""s);
        const std::string read = oracle::read(alone).parts.at(0).content;
        QVERIFY(read == withCrlf(text) || read == withCrlf(text) + "\r\n");
    }

    void everyNameComesBack_data() {
        QTest::addColumn<std::string>("name");
        for (const std::string name :
             {"Ada Lovelace", "Lovelace, Ada", "A \"B\" \\ C", "J. Q. Public", "张三", "a  b",
              "=?utf-8?Q?x?=", "x@y.com <z>", "caf\u00E9 (bar)", "ends with a dot.", "1", "-", "'quoted'"})
            QTest::newRow(name.c_str()) << name;
        QTest::newRow("long ASCII") << repeated("Long Name ", 20) + "End";
        QTest::newRow("long Chinese") << repeated("很长的名字", 16);
        QTest::newRow("emoji") << repeated("\U0001F4E7", 30);
    }
    void everyNameComesBack() {
        QFETCH(std::string, name);
        Draft draft = manualsMail();
        draft.from = Mailbox{.name = name, .address = "from@example.com"};
        draft.to = {{.name = name, .address = "to1@example.com"},
                    {.name = {}, .address = "to2@example.com"},
                    {.name = name, .address = "to3@example.com"}};
        draft.cc = {{.name = name, .address = "cc@xn--fsqu00a.xn--fiqs8s"}};
        draft.replyTo = {{.name = name, .address = "\"a b\"@example.com"}};
        draft.subject = name;
        draft.headers = {{.name = "X-Note", .value = name}};
        draft.attachments = {file(name + ".txt", "text/plain; charset=gb18030", "x")};
        const std::string bytes = wire(draft);
        QCOMPARE(brokenRule(bytes), ""s);
        const oracle::Mail mail = oracle::read(bytes);
        QCOMPARE(mail.from.at(0).first, name);
        using Pairs = std::vector<std::pair<std::string, std::string>>;
        QVERIFY(mail.from == Pairs({{name, "from@example.com"}}));
        QVERIFY(mail.to == Pairs({{name, "to1@example.com"}, {"", "to2@example.com"}, {name, "to3@example.com"}}));
        QVERIFY(mail.cc == Pairs({{name, "cc@xn--fsqu00a.xn--fiqs8s"}}));
        QVERIFY(mail.replyTo == Pairs({{name, "\"a b\"@example.com"}}));
        QCOMPARE(mail.subject, name);
        QCOMPARE(mail.header("X-Note"), name);
        QCOMPARE(mail.parts.at(2).filename, *cleanFilename(name + ".txt"));
    }

    void withoutVisibleRecipientsItSaysSo() {
        Draft draft = manualsMail();
        draft.to.clear();
        QVERIFY(wire(draft).find("\r\nTo: undisclosed-recipients:;\r\n") != std::string::npos);
        draft.cc = {{.name = {}, .address = "a@b.com"}};
        QVERIFY(wire(draft).find("undisclosed") == std::string::npos);
    }

    void aMailInsideAMailIsAPlainFile() {
        Draft draft = manualsMail();
        draft.attachments = {file("old.eml", "message/rfc822", "From: a@b\n\nhi")};
        const oracle::Mail mail = oracle::read(wire(draft));
        QCOMPARE(mail.parts.at(2).type, "application/octet-stream"s);
        QCOMPARE(mail.parts.at(2).content, "From: a@b\n\nhi"s);
    }

    void refusesWhatCannotGoOut_data() {
        QTest::addColumn<Draft>("draft");
        QTest::addColumn<std::string>("field");
        QTest::addColumn<std::string>("reason");
        const auto row = [](const char* title, auto change, const char* field, const char* reason) {
            Draft draft = manualsMail();
            change(draft);
            QTest::newRow(title) << draft << std::string{field} << std::string{reason};
        };
        row(
            "LF in the subject", [](Draft& d) { d.subject = "a\nBcc: x@y.com"; }, "subject",
            "subject.control_character");
        row(
            "NUL in the subject", [](Draft& d) { d.subject = "a\0"s; }, "subject", "subject.control_character");
        row(
            "tab in the subject", [](Draft& d) { d.subject = "a\tb"; }, "subject", "subject.control_character");
        row(
            "U+2028 in the subject", [](Draft& d) { d.subject = "a\u2028"; }, "subject", "subject.control_character");
        row(
            "subject not UTF-8", [](Draft& d) { d.subject = "\xFF"; }, "subject", "subject.not_utf8");
        row(
            "subject of 2001", [](Draft& d) { d.subject.assign(2001, 'x'); }, "subject", "subject.too_long");
        row(
            "NUL in the text", [](Draft& d) { d.text = "a\0b"s; }, "text", "text.control_character");
        row(
            "NUL in the html", [](Draft& d) { d.html = "a\0b"s; }, "html", "text.control_character");
        row(
            "html not UTF-8", [](Draft& d) { d.html = "\xC3("; }, "html", "text.not_utf8");
        row(
            "CR in a name", [](Draft& d) { d.to.push_back({.name = "a\r", .address = "a@b.com"}); }, "to[1]",
            "address.control_character");
        row(
            "LF in an address", [](Draft& d) { d.cc = {{.name = {}, .address = "a@b.com\n"}}; }, "cc[0]",
            "address.control_character");
        row(
            "address not canonical", [](Draft& d) { d.from = Mailbox{.name = {}, .address = "a@B.com"}; }, "from",
            "address.invalid");
        row(
            "no address", [](Draft& d) { d.replyTo = {Mailbox{}}; }, "reply_to[0]", "address.empty");
        row(
            "Message-ID's domain", [](Draft& d) { d.messageIdDomain = "a>\r\nb"; }, "message_id_domain",
            "address.domain_invalid");
        row(
            "no Message-ID's domain", [](Draft& d) { d.messageIdDomain.clear(); }, "message_id_domain",
            "address.domain_invalid");

        for (const char* name :
             {"From",           "sender",       "TO",         "Cc",           "Bcc",          "Reply-To",
              "Subject",        "Date",         "Message-Id", "MIME-Version", "Content-Type", "content-x",
              "DKIM-Signature", "ARC-Seal",     "Received",   "Received-SPF", "Return-Path",  "Authentication-Results",
              "Resent-From",    "X-Envelope-To"})
            row(
                name, [&](Draft& d) { d.headers = {{.name = name, .value = "x"}}; }, "headers[0].name",
                "header.reserved");
        for (const char* name : {"", ".X", "X Y", "X:", "X\r\nBcc", "X-\u00E9", "X\t"})
            row(("header name '"s + name + "'").c_str(), [&](Draft& d) { d.headers = {{.name = name, .value = "x"}}; },
                "headers[0].name", "header.name_invalid");
        row(
            "header name of 77", [](Draft& d) { d.headers = {{.name = std::string(77, 'X'), .value = "x"}}; },
            "headers[0].name", "header.name_invalid");
        row(
            "LF in a header",
            [](Draft& d) {
                d.headers = {{.name = "X-A", .value = "ok"}, {.name = "X-B", .value = "a\nb"}};
            },
            "headers[1].value", "header.value_invalid");
        row(
            "header of 2001", [](Draft& d) { d.headers = {{.name = "X", .value = std::string(2001, 'x')}}; },
            "headers[0].value", "header.value_invalid");
        row(
            "51 headers", [](Draft& d) { d.headers.assign(51, {.name = "X-A", .value = "x"}); }, "headers",
            "header.too_many");
        row(
            "17 KiB of headers",
            [](Draft& d) { d.headers.assign(9, {.name = "X-A", .value = std::string(1900, 'x')}); }, "headers",
            "header.too_large");

        for (const char* name : {"", "a/", "..", "a\r\nb", "\xFF", "a\tb", "x/ "})
            row(("filename '"s + name + "'").c_str(), [&](Draft& d) { d.attachments = {file(name, "", "x")}; },
                "attachments[0].filename", "attachment.filename_invalid");
        row(
            "filename of 256", [](Draft& d) { d.attachments = {file(std::string(256, 'x'), "", "x")}; },
            "attachments[0].filename", "attachment.filename_invalid");
        for (const char* type : {"pdf", "a/", "/b", "a/b/c", "a b/c", "text/plain\r\nX: y", "text/plain; charset",
                                 "text/plain; charset=\"utf-8", "text/plain; a=b c=d", "text/pl\u00E4in",
                                 "multipart/mixed", "a/b;1=1;2=2;3=3;4=4;5=5"})
            row(("type "s + type).c_str(),
                [&](Draft& d) {
                    d.attachments = {file("ok", "", "x"), file("a", type, "x")};
                },
                "attachments[1].content_type", "attachment.content_type_invalid");
    }
    void refusesWhatCannotGoOut() {
        QFETCH(Draft, draft);
        QFETCH(std::string, field);
        QFETCH(std::string, reason);
        const auto composed = compose(draft);
        QVERIFY2(!composed, "was composed");
        QVERIFY(composed.error().code == ErrorCode::ValidationFailed);
        QCOMPARE(composed.error().fields.size(), 1u);
        QCOMPARE(composed.error().fields[0].field, field);
        QCOMPARE(composed.error().fields[0].reason, reason);
    }

    void takesALinkToUnsubscribeWhateverItsCase() {
        Draft draft = manualsMail();
        for (const char* link : {"<https://a.example/u>", "<HTTPS://a.example/u>", "<mailto:u@a.example>, <Https:x>"}) {
            draft.headers = {{.name = "List-Unsubscribe", .value = link},
                             {.name = "List-Unsubscribe-Post", .value = "List-Unsubscribe=One-Click"}};
            QVERIFY2(compose(draft), link);
        }
        draft.headers[0].value = "<http://a.example/u>";
        QCOMPARE(compose(draft).error().fields[0].reason, "header.unsubscribe_invalid"s);
    }

    void namesEveryFaultAtOnce() {
        Draft draft = manualsMail();
        draft.subject = "\n";
        draft.headers = {{.name = "From", .value = "\n"}};
        draft.attachments = {file("", "x", "")};
        QCOMPARE(compose(draft).error().fields.size(), 5u);
    }

    void dropsThePathOfAFilename_data() {
        QTest::addColumn<std::string>("path");
        QTest::addColumn<std::string>("name");
        QTest::newRow("Unix") << "../../etc/passwd"s
                              << "passwd"s;
        QTest::newRow("Windows") << "C:\\Users\\me\\报告.doc"s
                                 << "报告.doc"s;
        QTest::newRow("neither") << "a b.txt"s
                                 << "a b.txt"s;
    }
    void dropsThePathOfAFilename() {
        QFETCH(std::string, path);
        QFETCH(std::string, name);
        QCOMPARE(cleanFilename(path).value_or(""), name);
    }

    void composesTheManualsMail() {
        const Draft draft = manualsMail();
        QBENCHMARK {
            QVERIFY(compose(draft));
        }
    }
};

QTEST_APPLESS_MAIN(TestCompose)
#include "tst_compose.moc"
