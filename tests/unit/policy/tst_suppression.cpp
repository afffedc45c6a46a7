// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/suppression.h"

#include "engine/policy/reply_rules.h"

#include <QTest>

using namespace postroom;
using namespace postroom::policy;

/// Which replies say that nothing more is to be sent to a mailbox.
class TestSuppression : public QObject {
    Q_OBJECT

    const ReplyRules rules;

private slots:
    void endsAMailbox_data() {
        QTest::addColumn<Stage>("stage");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("ends");
        const auto row = [](const char* name, Stage stage, int code, const char* text, bool ends) {
            QTest::newRow(name) << stage << code << QByteArray(text) << ends;
        };
        row("no such user", Stage::RcptTo, 550, "5.1.1 no such user", true);
        row("no such user, at the dot", Stage::Dot, 550, "5.1.1 no such user", true);
        row("disabled", Stage::RcptTo, 550, "5.2.1 The email account that you tried to reach is disabled.", true);
        row("no such user, for now", Stage::RcptTo, 450, "4.1.1 no such user yet", false);
        row("full for good", Stage::RcptTo, 552, "5.2.2 mailbox full", false);
        row("full for now", Stage::RcptTo, 452, "4.2.2 mailbox full", false);
        row("greylisted", Stage::RcptTo, 450, "4.7.1 greylisted", false);
        row("busy", Stage::RcptTo, 450, "4.2.1 The user you are trying to contact is receiving mail too quickly.",
            false);
        row("refused by the recipient", Stage::RcptTo, 550, "5.7.124 Sender not in allowed-senders list", false);
        row("no such domain", Stage::RcptTo, 550, "5.1.2 Host or domain name not found", false);
        row("no relay", Stage::RcptTo, 554, "5.7.1 Relay access denied", false);
        row("blocked", Stage::RcptTo, 554, "5.7.1 Service unavailable; client host blocked using a blocklist", false);
        row("spam", Stage::Dot, 554, "5.7.1 Message rejected as spam", false);
        row("sender refused", Stage::MailFrom, 550, "5.1.8 sender rejected", false);
        row("too large", Stage::Dot, 552, "5.3.4 message too big", false);
        row("taken", Stage::Dot, 250, "2.0.0 ok", false);
        row("wrong password", Stage::Auth, 535, "5.7.8 authentication failed", false);
    }
    void endsAMailbox() {
        QFETCH(Stage, stage);
        QFETCH(int, code);
        QFETCH(QByteArray, text);
        const std::string said = text.toStdString();
        const Verdict verdict =
            judge(rules, {.stage = stage, .code = code, .enhanced = {}, .text = said, .dotSent = stage == Stage::Dot});
        QTEST(endsMailbox(verdict), "ends");
    }

    // Whatever a file of rules says: no refusal that may pass, and nobody's but the recipient's.
    void endsNoMailboxByWhatIsNotItsOwn() {
        for (const Meaning meaning : {Meaning::Sent, Meaning::Deferred, Meaning::Unknown, Meaning::Aborted})
            QVERIFY(!endsMailbox({.meaning = meaning, .level = Level::Recipient, .reason = reason::recipientUnknown}));
        for (const Level level : {Level::Message, Level::Destination, Level::Account})
            QVERIFY(!endsMailbox({.meaning = Meaning::Failed, .level = level, .reason = reason::recipientUnknown}));
        int ending = 0;
        for (const std::string_view each : allReasons())
            ending += endsMailbox({.meaning = Meaning::Failed, .level = Level::Recipient, .reason = each});
        QCOMPARE(ending, 2);
    }
};

QTEST_APPLESS_MAIN(TestSuppression)
#include "tst_suppression.moc"
