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
