// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/text.h"
#include "engine/policy/reply_rules.h"
#include "engine/policy/reply_text.h"

#include <QFile>
#include <QTest>
#include <set>

using namespace postroom;
using namespace postroom::policy;
using namespace std::chrono_literals;

namespace {

QByteArray bytes(std::string_view text) {
    return {text.data(), static_cast<qsizetype>(text.size())};
}

}  // namespace

class TestVerdict : public QObject {
    Q_OBJECT

    const ReplyRules rules;

    // One reply, given as it stands on the wire behind its three digits.
    static void reply(const char* name, Stage stage, int code, const char* text, Meaning meaning, Level level,
                      std::string_view why, Deferral deferral = Deferral::Other) {
        QTest::newRow(name) << stage << code << QByteArray(text) << meaning << level << bytes(why) << deferral;
    }

    void bareCodes() {
        reply("a banner that refuses", Stage::Greeting, 554, "No SMTP service here", Meaning::Deferred, Level::Account,
              reason::serviceRefused, Deferral::Network);
        reply("a banner that is busy", Stage::Greeting, 421, "Service not available", Meaning::Deferred, Level::Account,
              reason::serviceUnavailable, Deferral::Network);
        reply("EHLO refused", Stage::Ehlo, 502, "Command not implemented", Meaning::Deferred, Level::Account,
              reason::serviceRefused, Deferral::Network);
        reply("STARTTLS not now", Stage::StartTls, 454, "4.7.0 TLS not available", Meaning::Deferred, Level::Account,
              reason::serviceUnavailable, Deferral::Network);
        reply("login type unknown", Stage::Auth, 504, "5.5.4 Unrecognized authentication type", Meaning::Deferred,
              Level::Account, reason::authMissing);
        reply("login not now", Stage::Auth, 454, "4.7.0 Temporary authentication failure", Meaning::Deferred,
              Level::Account, reason::authUnavailable);
        reply("421 at RCPT", Stage::RcptTo, 421, "closing", Meaning::Deferred, Level::Account,
              reason::serviceUnavailable, Deferral::Network);
        reply("421 to the dot", Stage::Dot, 421, "closing", Meaning::Deferred, Level::Account,
              reason::serviceUnavailable, Deferral::Network);
        reply("bare 4xx to MAIL", Stage::MailFrom, 451, "", Meaning::Deferred, Level::Account, reason::senderDeferred);
        reply("bare 5xx to MAIL", Stage::MailFrom, 550, "", Meaning::Deferred, Level::Account, reason::senderRefused);
        reply("bare 552 to MAIL", Stage::MailFrom, 552, "", Meaning::Failed, Level::Message, reason::sizeExceeded);
        reply("our own mailbox is full", Stage::MailFrom, 552, "5.2.2 mailbox full", Meaning::Deferred, Level::Account,
              reason::senderRefused);
        reply("bare 4xx to RCPT", Stage::RcptTo, 450, "", Meaning::Deferred, Level::Recipient, reason::deferred);
        reply("bare 5xx to RCPT", Stage::RcptTo, 550, "", Meaning::Failed, Level::Recipient, reason::recipientRefused);
        reply("bare 4xx to the dot", Stage::Dot, 451, "", Meaning::Deferred, Level::Message, reason::deferred);
        reply("bare 5xx to the dot", Stage::Dot, 554, "", Meaning::Failed, Level::Message, reason::messageRefused);
        reply("bare 5xx to DATA", Stage::Data, 554, "", Meaning::Failed, Level::Message, reason::messageRefused);
        reply("bad sequence at DATA", Stage::Data, 503, "5.5.1 Bad sequence", Meaning::Deferred, Level::Message,
              reason::outOfSequence);
        reply("login lost at RCPT", Stage::RcptTo, 535, "", Meaning::Deferred, Level::Account, reason::authRejected);
        reply("too many per hour is a rate", Stage::RcptTo, 452, "4.5.3 Too many recipients per hour",
              Meaning::Deferred, Level::Account, reason::rateLimited, Deferral::RateLimited);
        reply("the dot names the sender", Stage::Dot, 550, "5.7.1 The sender may not do this", Meaning::Deferred,
              Level::Account, reason::senderRefused);
        reply("a number of no class to the dot", Stage::Dot, 354, "go on", Meaning::Unknown, Level::Message,
              reason::unknownOutcome, Deferral::Unknown);
        reply("no number to the dot", Stage::Dot, 0, "", Meaning::Unknown, Level::Message, reason::unknownOutcome,
              Deferral::Unknown);
        reply("2xx to DATA is no outcome", Stage::Data, 250, "ok", Meaning::Deferred, Level::Message,
              reason::protocolViolated, Deferral::Network);
        reply("2xx to RCPT is no outcome", Stage::RcptTo, 250, "ok", Meaning::Deferred, Level::Account,
              reason::protocolViolated, Deferral::Network);
    }

private slots:
    void readsReplies_data() {
        QTest::addColumn<Stage>("stage");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<Meaning>("meaning");
        QTest::addColumn<Level>("level");
        QTest::addColumn<QByteArray>("why");
        QTest::addColumn<Deferral>("deferral");
        bareCodes();
    }
    void readsReplies() {
        QFETCH(Stage, stage);
        QFETCH(int, code);
        QFETCH(QByteArray, text);
        QFETCH(Meaning, meaning);
        QFETCH(Level, level);
        QFETCH(QByteArray, why);
        QFETCH(Deferral, deferral);
        const std::string said = text.toStdString();
        const Verdict verdict =
            judge(rules, {.stage = stage, .code = code, .enhanced = {}, .text = said, .dotSent = stage == Stage::Dot});
        QCOMPARE(bytes(verdict.reason), why);
        QCOMPARE(verdict.meaning, meaning);
        QCOMPARE(verdict.level, level);
        if (verdict.meaning == Meaning::Deferred || verdict.meaning == Meaning::Unknown)
            QCOMPARE(verdict.deferral, deferral);
    }

    // real_replies.tsv says what its columns are.
    void judgesRealReplies_data() {
        QTest::addColumn<QByteArray>("stage");
        QTest::addColumn<QByteArray>("wire");
        QTest::addColumn<QByteArray>("expected");
        QFile file{QStringLiteral(POSTROOM_SOURCE_DIR "/tests/unit/policy/real_replies.tsv")};
        QVERIFY(file.open(QIODevice::ReadOnly));
        std::set<QByteArray> seen;
        while (!file.atEnd()) {
            const QByteArray line = file.readLine().trimmed();
            if (line.startsWith('#')) continue;
            const auto columns = line.split('\t');
            QCOMPARE(columns.size(), qsizetype{8});
            QVERIFY2(seen.insert(columns[1] + columns[2]).second, line.constData());
            QByteArray wire = columns[2];
            wire.replace("\\n", "\n");
            QTest::newRow((columns[0] + ": " + columns[1] + ' ' + columns[2].left(60)).constData())
                << columns[1] << wire << columns.mid(3).join(' ');
        }
        QVERIFY(seen.size() >= 300);
    }
    void judgesRealReplies() {
        QFETCH(QByteArray, stage);
        QFETCH(QByteArray, wire);
        QFETCH(QByteArray, expected);
        const auto at = stageNamed(stage.toStdString());
        const auto reply = readWireReply(wire.toStdString());
        QVERIFY(at && reply);
        const Verdict verdict = judge(
            rules,
            {.stage = *at, .code = reply->code, .enhanced = {}, .text = reply->text, .dotSent = *at == Stage::Dot});
        const bool again = verdict.meaning == Meaning::Deferred;
        std::string got;
        for (const std::string_view word :
             {name(verdict.level), name(verdict.meaning), verdict.reason, again ? name(verdict.deferral) : "-"})
            got.append(word).append(" ");
        got += verdict.asked ? std::to_string(verdict.asked->count()) : "-";
        QCOMPARE(QByteArray::fromStdString(got), expected);
    }

    void readsFaults_data() {
        QTest::addColumn<Stage>("stage");
        QTest::addColumn<Fault>("fault");
        QTest::addColumn<bool>("dotSent");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<Meaning>("meaning");
        QTest::addColumn<Level>("level");
        QTest::addColumn<QByteArray>("why");
        const auto row = [](const char* name, Stage stage, Fault fault, bool dotSent, const char* text, Meaning meaning,
                            Level level, std::string_view why) {
            QTest::newRow(name) << stage << fault << dotSent << QByteArray(text) << meaning << level << bytes(why);
        };
        row("refused", Stage::Connect, Fault::ConnectFailed, false, "", Meaning::Deferred, Level::Account,
            reason::networkRefused);
        row("no such name", Stage::Connect, Fault::NameUnresolved, false, "", Meaning::Deferred, Level::Account,
            reason::networkUnresolved);
        row("expired certificate", Stage::Tls, Fault::TlsFailed, false, "The certificate has expired",
            Meaning::Deferred, Level::Account, reason::tlsCertificate);
        row("handshake", Stage::Tls, Fault::TlsFailed, false, "wrong version number", Meaning::Deferred, Level::Account,
            reason::tlsFailed);
        row("no STARTTLS", Stage::StartTls, Fault::StartTlsMissing, false, "", Meaning::Deferred, Level::Account,
            reason::tlsMissing);
        row("no AUTH", Stage::Auth, Fault::AuthMissing, false, "", Meaning::Deferred, Level::Account,
            reason::authMissing);
        row("silent banner", Stage::Greeting, Fault::TimedOut, false, "", Meaning::Deferred, Level::Account,
            reason::networkTimeout);
        row("nonsense at MAIL", Stage::MailFrom, Fault::ProtocolViolated, false, "", Meaning::Deferred, Level::Account,
            reason::protocolViolated);
        row("closed at RCPT", Stage::RcptTo, Fault::Closed, false, "", Meaning::Deferred, Level::Account,
            reason::networkClosed);
        row("closed in the body", Stage::Body, Fault::Closed, false, "", Meaning::Deferred, Level::Message,
            reason::networkClosed);
        row("stalled in the body", Stage::Body, Fault::TimedOut, false, "", Meaning::Deferred, Level::Message,
            reason::networkTimeout);
        row("larger than SIZE", Stage::MailFrom, Fault::SizeExceeded, false, "", Meaning::Failed, Level::Message,
            reason::sizeExceeded);
        row("body unreadable", Stage::Body, Fault::BodyUnreadable, false, "", Meaning::Deferred, Level::Message,
            reason::bodyUnreadable);
        row("key unreadable", Stage::Connect, Fault::Unsigned, false, "", Meaning::Deferred, Level::Message,
            reason::dkimKeyUnreadable);
        row("aborted", Stage::RcptTo, Fault::Aborted, false, "", Meaning::Aborted, Level::Message, reason::aborted);
        row("aborted before the dot", Stage::Dot, Fault::Aborted, false, "", Meaning::Aborted, Level::Message,
            reason::aborted);
        row("closed after the dot", Stage::Dot, Fault::Closed, true, "", Meaning::Unknown, Level::Message,
            reason::unknownOutcome);
        row("silence after the dot", Stage::Dot, Fault::TimedOut, true, "", Meaning::Unknown, Level::Message,
            reason::unknownOutcome);
        row("nonsense after the dot", Stage::Dot, Fault::ProtocolViolated, true, "", Meaning::Unknown, Level::Message,
            reason::unknownOutcome);
        row("aborted after the dot", Stage::Dot, Fault::Aborted, true, "", Meaning::Unknown, Level::Message,
            reason::unknownOutcome);
        row("TLS breaks after the dot", Stage::Dot, Fault::TlsFailed, true, "", Meaning::Unknown, Level::Message,
            reason::unknownOutcome);
    }
    void readsFaults() {
        QFETCH(Stage, stage);
        QFETCH(Fault, fault);
        QFETCH(bool, dotSent);
        QFETCH(QByteArray, text);
        QFETCH(Meaning, meaning);
        QFETCH(Level, level);
        QFETCH(QByteArray, why);
        const std::string said = text.toStdString();
        const Verdict verdict =
            judge(rules, {.stage = stage, .fault = fault, .enhanced = {}, .text = said, .dotSent = dotSent});
        QCOMPARE(bytes(verdict.reason), why);
        QCOMPARE(verdict.meaning, meaning);
        QCOMPARE(verdict.level, level);
    }

    // What no row of a table may ever say, over every stage and code.
    void keepsItsPromisesForEveryCode() {
        const std::set<std::string_view> known(allReasons().begin(), allReasons().end());
        QCOMPARE(known.size(), allReasons().size());
        for (int s = 0; s <= static_cast<int>(Stage::Dot); ++s) {
            const auto stage = static_cast<Stage>(s);
            for (int code = 0; code < 1000; ++code) {
                for (const char* text : {"", "5.1.1 no such user", "your account is over the daily limit", "spam",
                                         "4.2.2 mailbox full", "greylisted", "message too large"}) {
                    const Verdict verdict = judge(
                        rules,
                        {.stage = stage, .code = code, .enhanced = {}, .text = text, .dotSent = stage == Stage::Dot});
                    QVERIFY(known.contains(verdict.reason));
                    QVERIFY(!name(verdict.meaning).empty() && !name(stage).empty() &&
                            !reasonTitle(verdict.reason).empty());
                    QCOMPARE(verdict.meaning == Meaning::Sent, stage == Stage::Dot && code / 100 == 2);
                    if (verdict.level == Level::Account || verdict.level == Level::Destination)
                        QCOMPARE(verdict.meaning, Meaning::Deferred);
                    if (code / 100 == 4 || code == 530 || code == 535) QCOMPARE(verdict.meaning, Meaning::Deferred);
                    if (code == 421 || code == 530 || code == 535) QCOMPARE(verdict.level, Level::Account);
                    if (stage < Stage::MailFrom) QCOMPARE(verdict.level, Level::Account);
                    if (verdict.meaning == Meaning::Failed) QCOMPARE(code / 100, 5);
                }
            }
        }
    }

    void prefersTheEnhancedCodeItIsGiven() {
        const Verdict verdict =
            judge(rules, {.stage = Stage::RcptTo, .code = 550, .enhanced = "5.2.2", .text = "denied"});
        QCOMPARE(bytes(verdict.reason), bytes(reason::mailboxFull));
    }

    void takesNoAddressForAnEnhancedCode() {
        const Verdict verdict =
            judge(rules, {.stage = Stage::RcptTo, .code = 550, .enhanced = {}, .text = "go away, 5.1.1.4"});
        QCOMPARE(bytes(verdict.reason), bytes(reason::recipientRefused));
    }

    void hearsHowLongToWait_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<qint64>("seconds");  // 0: none
        const auto row = [](const char* text, std::chrono::seconds asked) {
            QTest::newRow(text) << QByteArray(text) << qint64{asked.count()};
        };
        row("Try again in 5 minutes", 300s);
        row("please try again in 300 seconds.", 300s);
        row("Greylisted for 300 seconds", 300s);
        row("Greylisting in action, please come back in 00:04:59", 299s);
        row("try again in 05:00", 300s);
        row("Please retry after 60", 60s);
        row("Retry-After: 120", 120s);
        row("wait 10", 10s);
        row("delayed for 30s", 30s);
        row("try again in 1 hour and 30 minutes", 90min);
        row("try again in 5min", 5min);
        row("Try again in at least 2 hours!", 2h);
        row("retry in 1h", 1h);
        row("try again in 400 hours", 24h);
        row("try again in 999999 hours", 24h);
        row("try again in 99999999999999999999 seconds", 0s);
        row("try again in 0 seconds", 0s);
        row("try again in a few minutes", 0s);
        row("try again later", 0s);
        row("mailbox for 5 people", 0s);
        row("500 messages in 24 hours exceeded", 0s);
        row("try again, error 451 for 10 recipients", 0s);
        row("try again in -5 minutes", 0s);
        row("try again in 1:2:3:4", 0s);
        row("try again in", 0s);
        row("", 0s);
    }
    void hearsHowLongToWait() {
        QFETCH(QByteArray, text);
        QFETCH(qint64, seconds);
        QCOMPARE(qint64{askedWait(text.toStdString()).value_or(0s).count()}, seconds);
    }

    void takesARepliesLinesApart() {
        const auto reply = readWireReply("550-5.1.1 No\r\n550 5.1.1 such user\r\n");
        QVERIFY(reply);
        QCOMPARE(reply->code, 550);
        QCOMPARE(reply->text, std::string("5.1.1 No\n5.1.1 such user"));
        QCOMPARE(readWireReply("421")->text, std::string());
        for (const char* wire :
             {"", "\n", "55", "5x0 no", "550no", "-50 no", "650 no", "100 go", "550-no\n551 no", "550-no\n\n"})
            QVERIFY2(!readWireReply(wire), wire);
    }

    void namesTheRowThatDecides() {
        QCOMPARE(decidingRule(rules, {.stage = Stage::RcptTo, .code = 550, .text = "5.1.1 No such user"}),
                 std::string("recipient-unknown-code"));
        QCOMPARE(decidingRule(rules, {.stage = Stage::Dot, .code = 250, .text = "ok"}), std::string());
        QCOMPARE(decidingRule(rules, {.stage = Stage::Dot, .fault = Fault::TimedOut, .text = {}}), std::string());
    }

    void readsHugeAndHostileRepliesQuickly() {
        const std::string many(1 << 20, '9');
        const std::string dots = [] {
            std::string text;
            while (text.size() < 1 << 20) text += "5.5.5.";
            return text;
        }();
        for (const std::string& text : {many, dots, std::string(1 << 20, '\0'), std::string(1 << 20, '\xff')}) {
            const Verdict verdict = judge(rules, {.stage = Stage::RcptTo, .code = 550, .enhanced = {}, .text = text});
            QCOMPARE(verdict.meaning, Meaning::Failed);
        }
    }
};

QTEST_APPLESS_MAIN(TestVerdict)
#include "tst_verdict.moc"
