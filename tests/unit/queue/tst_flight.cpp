// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/reason.h"
#include "engine/policy/reply_rules.h"
#include "engine/queue/flight.h"

#include <QTest>

using namespace postroom;
using namespace postroom::queue;
using namespace std::chrono_literals;
using contract::State;

class TestFlight : public QObject {
    Q_OBJECT

    const TimePoint now{1'700'000'000s};
    const policy::ReplyRules rules;

    Flight flight(int recipients, contract::OnUnknown onUnknown = contract::OnUnknown::Retry) const {
        Flight out;
        out.attempt = makeId(now);
        out.message = std::make_shared<Message>();
        out.message->id = makeId(now);
        out.message->onUnknown = onUnknown;
        out.message->expiresAt = now + 48h;
        out.account = makeId(now);
        out.startedAt = now - 1s;
        for (int i = 0; i < recipients; ++i)
            out.deliveries.push_back(
                {.delivery = makeId(now), .recipient = "r" + std::to_string(i) + "@b", .attempts = 0, .reason = {}});
        return out;
    }
    static smtp::Outcome done(int recipients) {
        smtp::Outcome out;
        out.stage = smtp::Stage::Done;
        out.dotSent = true;
        out.reply = {.code = 250, .enhanced = "2.0.0", .text = "queued"};
        out.recipients.assign(static_cast<std::size_t>(recipients),
                              smtp::Reply{.code = 250, .enhanced = {}, .text = "ok"});
        return out;
    }
    static smtp::Outcome refusedAt(smtp::Stage stage, smtp::Reply reply, bool dotSent = false) {
        smtp::Outcome out;
        out.stage = stage;
        out.trouble = smtp::Trouble::Refused;
        out.reply = std::move(reply);
        out.dotSent = dotSent;
        return out;
    }

private slots:
    void sendsEveryRecipientTheDotCovered() {
        const Settlement settled = settle(rules, flight(3), done(3), now, 0);
        QCOMPARE(settled.sent, std::int64_t{3});
        QCOMPARE(settled.used, std::int64_t{3});
        QCOMPARE(settled.ended.size(), std::size_t{3});
        QVERIFY(settled.again.empty());
        QCOMPARE(settled.attempt.outcome, std::string("sent"));
    }

    void givesEachRefusedRecipientItsOwnState() {
        smtp::Outcome outcome = done(3);
        outcome.recipients[0] = {.code = 550, .enhanced = "5.1.1", .text = "user unknown"};
        outcome.recipients[1] = {.code = 452, .enhanced = "4.2.2", .text = "mailbox full"};
        const Settlement settled = settle(rules, flight(3), outcome, now, 0);
        QCOMPARE(settled.updates[0].status, State::Failed);
        QCOMPARE(settled.updates[1].status, State::Queued);
        QCOMPARE(settled.updates[2].status, State::Sent);
        QCOMPARE(settled.used, std::int64_t{1});
        QCOMPARE(settled.deferred, std::int64_t{1});
        QCOMPARE(settled.again.size(), std::size_t{1});
        QVERIFY(settled.again[0].dueAt > now);
        QCOMPARE(settled.again[0].deliveries[0].attempts, 1);
        QCOMPARE(settled.attempt.outcome, std::string("partly"));
    }

    void doesNotWriteAgainWhatWasRecordedBeforeTheDot() {
        Flight partly = flight(2);
        partly.refusalRecorded = {true, false};
        smtp::Outcome outcome = done(2);
        outcome.recipients[0] = {.code = 550, .enhanced = "5.1.1", .text = "user unknown"};
        const Settlement settled = settle(rules, partly, outcome, now, 0);
        QCOMPARE(settled.updates.size(), std::size_t{1});
        QCOMPARE(settled.updates[0].delivery, partly.deliveries[1].delivery);
        QCOMPARE(settled.failed, std::int64_t{1});
        QCOMPARE(settled.attempt.outcome, std::string("partly"));
    }

    void neverFailsAMessageByItsAccount_data() {
        QTest::addColumn<int>("stage");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("wrong password") << static_cast<int>(smtp::Stage::Auth) << 535
                                        << QByteArray("5.7.8 authentication failed");
        QTest::newRow("sender refused") << static_cast<int>(smtp::Stage::MailFrom) << 550
                                        << QByteArray("5.1.8 sender rejected");
        QTest::newRow("greeting 554") << static_cast<int>(smtp::Stage::Greeting) << 554 << QByteArray("no service");
    }
    void neverFailsAMessageByItsAccount() {
        QFETCH(int, stage);
        QFETCH(int, code);
        QFETCH(QByteArray, text);
        const Settlement settled = settle(
            rules, flight(2),
            refusedAt(static_cast<smtp::Stage>(stage), {.code = code, .enhanced = {}, .text = text.toStdString()}), now,
            0);
        QVERIFY(settled.accountFault.has_value());
        for (const auto& update : settled.updates) {
            QCOMPARE(update.status, State::Queued);
            QVERIFY(!update.countAttempt);
            QCOMPARE(update.dueAt, now);
        }
        QCOMPARE(settled.used, std::int64_t{0});
    }

    void asksTheCallerWhatDoubtMeans_data() {
        QTest::addColumn<bool>("hold");
        QTest::addColumn<bool>("held");
        QTest::newRow("retry") << false << false;
        QTest::newRow("hold") << true << true;
    }
    void asksTheCallerWhatDoubtMeans() {
        QFETCH(bool, hold);
        QFETCH(bool, held);
        smtp::Outcome outcome;
        outcome.stage = smtp::Stage::Dot;
        outcome.trouble = smtp::Trouble::Closed;
        outcome.dotSent = true;
        outcome.recipients = {{.code = 250, .enhanced = {}, .text = {}}};
        const Settlement settled =
            settle(rules, flight(1, hold ? contract::OnUnknown::Hold : contract::OnUnknown::Retry), outcome, now, 0);
        QCOMPARE(settled.updates[0].status, held ? State::Held : State::Queued);
        QCOMPARE(settled.used, std::int64_t{1});
        if (!held) QCOMPARE(settled.updates[0].dueAt, now);
    }

    void defersNothingThatWeBrokeOffOurselves() {
        smtp::Outcome outcome;
        outcome.stage = smtp::Stage::RcptTo;
        outcome.trouble = smtp::Trouble::Aborted;
        const Settlement settled = settle(rules, flight(2), outcome, now, 0);
        QCOMPARE(settled.updates[0].status, State::Queued);
        QCOMPARE(settled.deferred, std::int64_t{0});
        // Whatever broke it off may do so again at once.
        QVERIFY(settled.updates[0].dueAt > now);
    }

    void triesAtOnceOnlyAfterTheFirstDoubt() {
        smtp::Outcome outcome;
        outcome.stage = smtp::Stage::Dot;
        outcome.trouble = smtp::Trouble::Closed;
        outcome.dotSent = true;
        outcome.recipients = {{.code = 250, .enhanced = {}, .text = {}}};
        Flight again = flight(1);
        again.deliveries[0].attempts = 1;
        again.deliveries[0].reason = std::string(policy::reason::networkClosed);
        const Settlement first = settle(rules, again, outcome, now, 0);
        QCOMPARE(first.updates[0].dueAt, now);
        // The next doubt is of another kind to the network and of the same to the message.
        outcome.trouble = smtp::Trouble::TimedOut;
        again.deliveries[0] = first.again.front().deliveries.front();
        QVERIFY(settle(rules, again, outcome, now, 0).updates[0].dueAt > now);
        // An attempt that did not reach the message is forgotten, and the doubt before it is not.
        smtp::Outcome away;
        away.stage = smtp::Stage::Connect;
        away.trouble = smtp::Trouble::ConnectFailed;
        again.deliveries[0] = settle(rules, again, away, now, 0).again.front().deliveries.front();
        QVERIFY(settle(rules, again, outcome, now, 0).updates[0].dueAt > now);
    }

    void expiresWhatCouldOnlyBeTriedTooLate() {
        Flight late = flight(1);
        late.message->expiresAt = now + 30s;
        const Settlement settled =
            settle(rules, late,
                   refusedAt(smtp::Stage::Dot, {.code = 451, .enhanced = "4.3.0", .text = "try later"}, true), now, 0);
        QCOMPARE(settled.updates[0].status, State::Expired);
    }

    void sendsEachAloneWhenTheDotWasRefusedForOneMailbox() {
        const auto refusal =
            refusedAt(smtp::Stage::Dot, {.code = 550, .enhanced = "5.1.1", .text = "user unknown"}, true);
        const Settlement many = settle(rules, flight(3), refusal, now, 0);
        QCOMPARE(many.failed, std::int64_t{0});
        QCOMPARE(many.deferred, std::int64_t{3});
        QCOMPARE(many.again.size(), std::size_t{3});
        const Settlement one = settle(rules, flight(1), refusal, now, 0);
        QCOMPARE(one.failed, std::int64_t{1});
    }

    void namesTheMailboxesThatAreNot() {
        smtp::Outcome outcome = done(4);
        outcome.recipients[0] = {.code = 550, .enhanced = "5.1.1", .text = "user unknown"};
        outcome.recipients[1] = {.code = 552, .enhanced = "5.2.2", .text = "mailbox full"};
        outcome.recipients[2] = {.code = 550, .enhanced = "5.2.1", .text = "mailbox disabled"};
        const Flight four = flight(4);
        const auto dead = [](const std::vector<DeadMailbox>& all) {
            std::string out;
            for (const DeadMailbox& each : all) out += each.address + "=" + each.reply + " ";
            return out;
        };
        const std::string both = "r0@b=550 5.1.1 user unknown r2@b=550 5.2.1 mailbox disabled ";
        QCOMPARE(dead(settle(rules, four, outcome, now, 0).dead), both);
        QCOMPARE(dead(intend(rules, four, outcome.recipients, now, 0).dead), both);
        // Those are written with the intent, and not again.
        Flight asked = four;
        asked.refusalRecorded = {true, true, true, false};
        QCOMPARE(dead(settle(rules, asked, outcome, now, 0).dead), std::string());
        // What the sandbox says is a play.
        four.message->sandbox = true;
        QCOMPARE(dead(settle(rules, four, outcome, now, 0).dead), std::string());
        QCOMPARE(dead(intend(rules, four, outcome.recipients, now, 0).dead), std::string());
    }

    void namesAMailboxByTheDotOnlyWhereItIsAlone() {
        const auto refusal =
            refusedAt(smtp::Stage::Dot, {.code = 550, .enhanced = "5.1.1", .text = "user unknown"}, true);
        QCOMPARE(settle(rules, flight(1), refusal, now, 0).dead.size(), std::size_t{1});
        QCOMPARE(settle(rules, flight(3), refusal, now, 0).dead.size(), std::size_t{0});
    }

    void namesInItsIntentWhomTheDotCovers() {
        const Flight three = flight(3);
        const std::vector<smtp::Reply> replies{{.code = 250, .enhanced = {}, .text = {}},
                                               {.code = 550, .enhanced = "5.1.1", .text = "no"},
                                               {.code = 251, .enhanced = {}, .text = {}}};
        const DotIntent intent = intend(rules, three, replies, now, 0);
        QCOMPARE(intent.attempt.state, std::string("dot"));
        QCOMPARE(intent.accepted.size(), std::size_t{2});
        QCOMPARE(intent.refused.size(), std::size_t{1});
        QVERIFY((intent.isRefused == std::vector<bool>{false, true, false}));
    }
};

QTEST_APPLESS_MAIN(TestFlight)
#include "tst_flight.moc"
