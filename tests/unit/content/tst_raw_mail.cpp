// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/raw_mail.h"

#include "engine/base/text.h"
#include "engine/content/mail_reader.h"

#include <QTest>

using namespace postroom;
using namespace postroom::content;
using namespace std::chrono_literals;

namespace {

const TimePoint now{1'700'000'000s};

std::string reasonOf(const Result<RawMail>& mail) {
    return mail ? std::string() : mail.error().fields.front().field + ": " + mail.error().fields.front().reason;
}

std::string wireOf(const Composition& mail) {
    std::string out = mail.head + "\r\n";
    for (const Piece& piece : mail.body) out += piece.literal;
    return out;
}

// A list of so many, a line each; the first `doubles` stand there twice.
std::string addresses(int count, int doubles) {
    std::string out;
    for (int i = -doubles; i < count; ++i)
        out += (out.empty() ? "to" : ",\r\n to") + std::to_string(i < 0 ? i + doubles : i) + "@example.net";
    return out;
}

std::string composed(const std::string& bytes) {
    auto mail = readRawMail(bytes);
    return mail ? wireOf(composeRaw(std::move(*mail), "<made@example.com>", now)) : mail.error().text();
}

}  // namespace

class TestRawMail : public QObject {
    Q_OBJECT

private slots:
    void leavesAMailThatIsFitAsItCame() {
        const std::string mail =
            "Message-ID: <own@example.org>\r\nDate: Tue, 14 Nov 2023 22:13:20 +0000\r\n"
            "From: Ann <ann@example.org>\r\nTo: b@example.net\r\nSubject: a\r\n b\r\n\r\n.\r\nFrom x\r\n";
        QCOMPARE(composed(mail), mail);
    }

    void addsWhatLacksAndTakesOutWhatIsNotForAll() {
        const std::string wire =
            composed("Bcc: c@example.net,\n d@example.net\nTo: b@example.net\nReturn-Path: <x@y.z>\n\ntext");
        QCOMPARE(wire, std::string("Message-ID: <made@example.com>\r\nDate: Tue, 14 Nov 2023 22:13:20 +0000\r\n"
                                   "To: b@example.net\r\n\r\ntext\r\n"));
    }

    void readsTheEnvelopeAndTheSubject() {
        const auto mail = readRawMail(
            "From: =?utf-8?B?5byg5LiJ?= <ann@example.org>\r\nTo: \"B, b\" <b@example.net>, c@M\u00FCller.example\r\n"
            "\r\nx\r\n");
        QCOMPARE(reasonOf(mail), std::string("mail: mail.header_not_ascii"));
        const auto read = readRawMail(
            "From: =?utf-8?B?5byg5LiJ?= <ann@example.org>\r\nTo: \"B, b\" <b@example.net>, team: c@example.net;\r\n"
            "Cc: undisclosed-recipients:;\r\nBcc: d@example.net\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n\r\nx\r\n");
        QCOMPARE(reasonOf(read), std::string());
        QCOMPARE(read->from->name, std::string("\u5F20\u4E09"));
        QCOMPARE(read->from->address, std::string("ann@example.org"));
        QCOMPARE(read->to.size(), std::size_t{2});
        QCOMPARE(read->to.back().address, std::string("c@example.net"));
        QVERIFY(read->cc.empty());
        QCOMPARE(read->bcc.front().address, std::string("d@example.net"));
        QCOMPARE(read->subject, std::string("Gr\u00FC\u00DFe"));
    }

    void takesAsManyRecipientsAsAMessageMayHave() {
        const auto mail = readRawMail("To: " + addresses(1000, 0) + "\r\nCc: " + addresses(999, 1) + "\r\n\r\nx\r\n");
        QCOMPARE(reasonOf(mail), std::string());
        QCOMPARE(mail->to.size(), std::size_t{1000});
        QCOMPARE(mail->cc.size(), std::size_t{1000});
    }

    void normalisesLineEnds() {
        QCOMPARE(composed("Message-ID: <a@b.c>\rDate: x\nTo: a@b.c\r\n\r\na\rb\nc\r\n"),
                 std::string("Message-ID: <a@b.c>\r\nDate: x\r\nTo: a@b.c\r\n\r\na\r\nb\r\nc\r\n"));
    }

    void encodesWhatIsNotFitAnew_data() {
        QTest::addColumn<std::string>("head");
        QTest::addColumn<std::string>("text");
        const std::string plain = "Content-Type: text/plain; charset=utf-8\r\n";
        QTest::newRow("8bit") << plain + "Content-Transfer-Encoding: 8bit\r\n" << std::string("Gr\u00FC\u00DFe\r\n");
        QTest::newRow("said to be 7bit") << plain + "Content-Transfer-Encoding: 7bit\r\n"
                                         << std::string("\u4E2D\u6587\r\n");
        QTest::newRow("said nothing") << plain << std::string("caf\u00E9\r\n");
        QTest::newRow("a long line") << plain << std::string(3000, 'w') + "\r\n";
    }
    void encodesWhatIsNotFitAnew() {
        QFETCH(std::string, head);
        QFETCH(std::string, text);
        const std::string wire = composed("To: a@b.c\r\nSubject: kept\r\nMIME-Version: 1.0\r\n" + head + "\r\n" + text);
        QVERIFY2(isAscii(wire), wire.c_str());
        for (const QByteArray& line : QByteArray::fromStdString(wire).split('\n')) QVERIFY(line.size() <= 999);
        const auto seen = readMail(wire, {});
        QCOMPARE(seen.subject, std::string("kept"));
        QCOMPARE(std::string(trimmed(seen.text)), std::string(trimmed(text)));
    }

    void encodesThePartsOfAMultipartAnew() {
        const std::string wire = composed(
            "To: a@b.c\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n"
            "--x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\u4E2D\r\n"
            "--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>plain</p>\r\n--x--\r\n");
        QVERIFY(isAscii(wire));
        const auto seen = readMail(wire, {});
        QCOMPARE(std::string(trimmed(seen.text)), std::string("\u4E2D"));
        QCOMPARE(std::string(trimmed(seen.html)), std::string("<p>plain</p>"));
    }

    void refusesWhatCanNotGoOut_data() {
        QTest::addColumn<std::string>("mail");
        QTest::addColumn<std::string>("reason");
        const auto row = [](const char* name, std::string mail, const char* reason) {
            QTest::newRow(name) << std::move(mail) << std::string(reason);
        };
        row("nothing", "", "mail: mail.empty");
        row("no header", "\r\ntext", "mail: mail.empty");
        row("a mbox line", "From me\r\nTo: a@b.c\r\n\r\nx", "mail: mail.header_invalid");
        row("a line that is none", "To: a@b.c\r\nnonsense\r\n\r\nx", "mail: mail.header_invalid");
        row("a blank before the colon", "To : a@b.c\r\n\r\nx", "mail: mail.header_invalid");
        row("begins with a continuation", " x\r\nTo: a@b.c\r\n\r\nx", "mail: mail.header_invalid");
        row("a NUL", std::string("To: a@b.c\r\n\r\nx\0y", 17), "mail: mail.control_character");
        row("8-bit in the head", "Subject: caf\u00E9\r\n\r\nx", "mail: mail.header_not_ascii");
        row("two senders' lines", "From: a@b.c\r\nfrom: a@b.c\r\n\r\nx", "mail: mail.header_twice");
        row("two recipients' lines", "To: a@b.c\r\nTo: d@b.c\r\n\r\nx", "mail: mail.header_twice");
        row("too many recipients, one of them twice", "To: " + addresses(1500, 1) + "\r\n\r\nx",
            "mail.to: field.too_many");
        row("too many in a group", "Bcc: team: " + addresses(1001, 0) + ";\r\n\r\nx", "mail.bcc: field.too_many");
        row("two senders", "From: a@b.c, d@e.f\r\n\r\nx", "mail.from: mail.from_invalid");
        row("no sender", "From: \r\n\r\nx", "mail.from: mail.from_invalid");
        row("a bad recipient", "To: nobody\r\n\r\nx", "mail.to: address.invalid");
        row("a bad id", "Message-ID: x\r\n\r\nx", "mail.message_id: mail.message_id_invalid");
        row("a long line in the head", "Subject: " + std::string(1000, 'x') + "\r\n\r\nx", "mail: mail.line_too_long");
        row(
            "a huge head",
            [] {
                std::string head;
                for (int i = 0; i < 5000; ++i) head += "X-A: " + std::string(60, 'x') + "\r\n";
                return head + "\r\nx";
            }(),
            "mail: mail.header_too_large");
        row("8-bit that is signed",
            "To: a@b.c\r\nMIME-Version: 1.0\r\nContent-Type: multipart/signed; boundary=x; protocol=\"a/b\"; "
            "micalg=c\r\n\r\n"
            "--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\ncaf\u00E9\r\n--x\r\nContent-Type: "
            "a/b\r\n\r\nx\r\n--x--\r\n",
            "mail: mail.not_seven_bit");
        row("8-bit before the parts",
            "To: a@b.c\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\ncaf\u00E9\r\n"
            "--x\r\n\r\nx\r\n--x--\r\n",
            "mail: mail.not_seven_bit");
    }
    void refusesWhatCanNotGoOut() {
        QFETCH(std::string, mail);
        QFETCH(std::string, reason);
        QCOMPARE(reasonOf(readRawMail(mail)), reason);
    }
};

QTEST_GUILESS_MAIN(TestRawMail)
#include "tst_raw_mail.moc"
