// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/recovery.h"

#include "engine/contract/resources.h"

#include <QTest>

using namespace postroom;
using namespace postroom::queue;
using namespace std::chrono_literals;
using contract::OnUnknown;
using contract::State;
using Phase = postroom::queue::Slots::Phase;

Q_DECLARE_METATYPE(postroom::queue::Slots::Phase)
Q_DECLARE_METATYPE(postroom::contract::OnUnknown)
Q_DECLARE_METATYPE(postroom::contract::State)

class TestRecovery : public QObject {
    Q_OBJECT

    const TimePoint now{1'700'000'000s};

    Known known(OnUnknown onUnknown, int recipients, State state = State::Queued) const {
        Known out;
        out.message.id = makeId(now);
        out.message.onUnknown = onUnknown;
        out.message.expiresAt = now + 48h;
        for (int i = 0; i < recipients; ++i) {
            store::DeliveryRecord delivery;
            delivery.id = makeId(now);
            delivery.messageId = out.message.id;
            delivery.status = state;
            out.deliveries.push_back(delivery);
        }
        return out;
    }

private slots:
    // The table of crash points for a single recipient whose slot survived.
    void decidesBySlotOnTheSameBoot_data() {
        QTest::addColumn<Phase>("phase");
        QTest::addColumn<OnUnknown>("onUnknown");
        QTest::addColumn<bool>("decided");
        QTest::addColumn<State>("becomes");
        QTest::addColumn<int>("used");
        QTest::newRow("before the dot: nothing to decide, it is queued")
            << Phase::Open << OnUnknown::Retry << false << State::Queued << 0;
        QTest::newRow("dot, retry: due at once") << Phase::Dot << OnUnknown::Retry << true << State::Queued << 1;
        QTest::newRow("dot, hold: held") << Phase::Dot << OnUnknown::Hold << true << State::Held << 1;
        QTest::newRow("250 was read: sent") << Phase::Taken << OnUnknown::Retry << true << State::Sent << 1;
        QTest::newRow("250 was read, hold: sent") << Phase::Taken << OnUnknown::Hold << true << State::Sent << 1;
        QTest::newRow("4xx or 5xx was read: asked again")
            << Phase::Refused << OnUnknown::Hold << true << State::Queued << 1;
    }
    void decidesBySlotOnTheSameBoot() {
        QFETCH(Phase, phase);
        QFETCH(OnUnknown, onUnknown);
        QFETCH(bool, decided);
        QFETCH(State, becomes);
        QFETCH(int, used);
        const Known message = known(onUnknown, 1);
        const Slots::Entry entry{.phase = phase,
                                 .attempt = makeId(now),
                                 .message = message.message.id,
                                 .delivery = message.deliveries[0].id,
                                 .account = makeId(now),
                                 .takenAt = now - 5s,
                                 .recipients = 1};
        const auto recoveries = recover(
            true, {entry}, {}, [&](const Id&) { return std::optional{message}; }, now);
        QCOMPARE(recoveries.size(), std::size_t{decided ? 1u : 0u});
        if (!decided) return;
        QCOMPARE(recoveries[0].updates.size(), std::size_t{1});
        QCOMPARE(recoveries[0].updates[0].status, becomes);
        QCOMPARE(recoveries[0].used, std::int64_t{used});
        QCOMPARE(recoveries[0].attempt.state, std::string("done"));
        if (becomes == State::Queued) QCOMPARE(recoveries[0].updates[0].dueAt, now);
    }

    void leavesAloneWhatWasRecordedJustBeforeTheEnd() {
        const Known message = known(OnUnknown::Retry, 1, State::Sent);
        const Slots::Entry entry{.phase = Phase::Taken,
                                 .attempt = makeId(now),
                                 .message = message.message.id,
                                 .delivery = message.deliveries[0].id,
                                 .account = {},
                                 .takenAt = now,
                                 .recipients = 1};
        QVERIFY(recover(
                    true, {entry}, {}, [&](const Id&) { return std::optional{message}; }, now)
                    .empty());
    }

    void namesTheRecipientsOfATransactionByItsRow_data() {
        QTest::addColumn<bool>("trusted");
        QTest::addColumn<bool>("hasSlot");
        QTest::addColumn<Phase>("phase");
        QTest::addColumn<State>("becomes");
        QTest::newRow("same boot, row committed, dot never left") << true << true << Phase::Open << State::Queued;
        QTest::newRow("same boot, 250 was read") << true << true << Phase::Taken << State::Sent;
        QTest::newRow("same boot, no reply") << true << true << Phase::Dot << State::Held;
        QTest::newRow("power cut: the row is in doubt, whatever a slot says")
            << false << true << Phase::Open << State::Held;
        QTest::newRow("slot lost") << true << false << Phase::Open << State::Held;
    }
    void namesTheRecipientsOfATransactionByItsRow() {
        QFETCH(bool, trusted);
        QFETCH(bool, hasSlot);
        QFETCH(Phase, phase);
        QFETCH(State, becomes);
        const Known message = known(OnUnknown::Hold, 3, State::Sending);
        store::AttemptRecord row;
        row.id = makeId(now);
        row.messageId = message.message.id;
        row.state = "dot";
        std::vector<contract::AttemptResult> results;
        for (std::size_t i = 0; i < 3; ++i)
            results.push_back({.delivery = message.deliveries[i].id,
                               .recipient = "a@b",
                               .outcome = i == 1 ? "failed" : "unknown",
                               .reason = {},
                               .reply = {}});
        row.results = json::serialise(contract::toJson(results));
        const Slots::Entry entry{.phase = phase,
                                 .attempt = row.id,
                                 .message = row.messageId,
                                 .delivery = {},
                                 .account = {},
                                 .takenAt = now,
                                 .recipients = 3};
        const auto recoveries = recover(
            trusted, hasSlot ? std::vector{entry} : std::vector<Slots::Entry>{}, {row},
            [&](const Id&) { return std::optional{message}; }, now);
        QCOMPARE(recoveries.size(), std::size_t{1});
        // The second was refused at RCPT and is recorded: the other two are what the dot covered.
        QCOMPARE(recoveries[0].updates.size(), std::size_t{2});
        QCOMPARE(recoveries[0].updates[0].status, becomes);
        QCOMPARE(recoveries[0].updates[1].delivery, message.deliveries[2].id);
    }

    // Who is blamed for the end of the engine, and what becomes of him.
    void holdsWhatTheEngineEndedAtThreeTimes_data() {
        QTest::addColumn<Phase>("phase");
        QTest::addColumn<bool>("inHand");
        QTest::addColumn<int>("crashes");
        QTest::addColumn<bool>("decided");
        QTest::addColumn<State>("becomes");
        QTest::addColumn<QByteArray>("reason");
        QTest::addColumn<bool>("isCounted");
        QTest::newRow("waited for a server, ever so often")
            << Phase::Open << false << 9 << false << State::Queued << QByteArray() << false;
        QTest::newRow("in hand, the first time")
            << Phase::Open << true << 0 << true << State::Queued << QByteArray("delivery.crashed") << true;
        QTest::newRow("the second time") << Phase::Open << true << 1 << true << State::Queued
                                         << QByteArray("delivery.crashed") << true;
        QTest::newRow("the third time") << Phase::Open << true << 2 << true << State::Held
                                        << QByteArray("message.poison") << true;
        QTest::newRow("once more after a person released it")
            << Phase::Open << true << 3 << true << State::Held << QByteArray("message.poison") << true;
        QTest::newRow("its dot had left: in doubt, and counted")
            << Phase::Dot << true << 1 << true << State::Queued << QByteArray("smtp.unknown_outcome") << true;
        QTest::newRow("its dot had left, the third time")
            << Phase::Dot << true << 2 << true << State::Held << QByteArray("message.poison") << true;
        QTest::newRow("its dot had left, and it was not in hand")
            << Phase::Dot << false << 2 << true << State::Queued << QByteArray("smtp.unknown_outcome") << false;
        QTest::newRow("refused, the third time")
            << Phase::Refused << true << 2 << true << State::Held << QByteArray("message.poison") << true;
        QTest::newRow("taken: it is sent, whatever was the matter")
            << Phase::Taken << true << 2 << true << State::Sent << QByteArray("smtp.sent") << false;
    }
    void holdsWhatTheEngineEndedAtThreeTimes() {
        QFETCH(Phase, phase);
        QFETCH(bool, inHand);
        QFETCH(int, crashes);
        QFETCH(bool, decided);
        QFETCH(State, becomes);
        QFETCH(QByteArray, reason);
        QFETCH(bool, isCounted);
        Known message = known(OnUnknown::Retry, 1);
        message.crashes = crashes;
        const Slots::Entry entry{.phase = phase,
                                 .attempt = makeId(now),
                                 .message = message.message.id,
                                 .delivery = message.deliveries[0].id,
                                 .account = makeId(now),
                                 .takenAt = now,
                                 .recipients = 1,
                                 .inHand = inHand};
        const auto recoveries = recover(
            true, {entry}, {}, [&](const Id&) { return std::optional{message}; }, now);
        QCOMPARE(recoveries.size(), std::size_t{decided ? 1u : 0u});
        if (!decided) return;
        QCOMPARE(recoveries[0].updates.size(), std::size_t{1});
        QCOMPARE(recoveries[0].updates[0].status, becomes);
        QCOMPARE(recoveries[0].updates[0].reason, reason.toStdString());
        QCOMPARE(crashesIn({recoveries[0].attempt}), isCounted ? 1 : 0);
        QCOMPARE(recoveries[0].sent.size(), std::size_t{becomes == State::Sent ? 1u : 0u});
        // After a power cut nothing is known, and nobody is blamed.
        QVERIFY(recover(
                    false, {}, {}, [&](const Id&) { return std::optional{message}; }, now)
                    .empty());
    }

    void holdsAllOfAMessageAndNothingOfItsNeighbours() {
        // Three were due, one is put off, one was sent before; two threads were at work on it at the end.
        Known poison = known(OnUnknown::Retry, 5), other = known(OnUnknown::Retry, 1);
        poison.crashes = other.crashes = 2;
        poison.deliveries[3].dueAt = now + 3h;
        poison.deliveries[4].status = State::Sent;
        const auto entry = [&](const Known& of, bool inHand) {
            return Slots::Entry{.phase = Phase::Open,
                                .attempt = makeId(now),
                                .message = of.message.id,
                                .delivery = {},
                                .account = makeId(now),
                                .takenAt = now,
                                .recipients = 3,
                                .inHand = inHand};
        };
        const auto recoveries = recover(
            true, {entry(poison, true), entry(poison, true), entry(other, false)}, {},
            [&](const Id& id) { return std::optional{id == poison.message.id ? poison : other}; }, now);
        std::size_t held = 0;
        for (const Recovery& recovery : recoveries) {
            QVERIFY(recovery.attempt.messageId == poison.message.id);
            QCOMPARE(recovery.used, std::int64_t{0});
            for (const auto& update : recovery.updates) held += update.status == State::Held;
        }
        QCOMPARE(held, std::size_t{4});
    }

    void putsNothingForwardThatWasPutOff() {
        Known message = known(OnUnknown::Retry, 2);
        message.deliveries[1].dueAt = now + 3h;
        const Slots::Entry entry{.phase = Phase::Open,
                                 .attempt = makeId(now),
                                 .message = message.message.id,
                                 .delivery = {},
                                 .account = {},
                                 .takenAt = now,
                                 .recipients = 1,
                                 .inHand = true};
        const auto recoveries = recover(
            true, {entry}, {}, [&](const Id&) { return std::optional{message}; }, now);
        QCOMPARE(recoveries.size(), std::size_t{1});
        QCOMPARE(recoveries[0].updates.size(), std::size_t{1});
        QVERIFY(recoveries[0].updates[0].delivery == message.deliveries[0].id);
    }

    void saysNothingOfMessagesThatWereErased() {
        const Slots::Entry entry{.phase = Phase::Dot,
                                 .attempt = makeId(now),
                                 .message = makeId(now),
                                 .delivery = makeId(now),
                                 .account = {},
                                 .takenAt = now,
                                 .recipients = 1};
        QVERIFY(recover(
                    true, {entry}, {}, [](const Id&) { return std::optional<Known>{}; }, now)
                    .empty());
    }
};

QTEST_APPLESS_MAIN(TestRecovery)
#include "tst_recovery.moc"
