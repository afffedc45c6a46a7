// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/lanes.h"

#include <QTest>

using namespace postroom;
using namespace postroom::queue;
using namespace std::chrono_literals;

namespace {

const TimePoint now{1'700'000'000s};

Parcel parcel(const std::string& lane, int recipients, TimePoint dueAt = now) {
    Parcel out{.message = std::make_shared<Message>(), .deliveries = {}, .dueAt = dueAt};
    out.message->id = makeId(now);
    out.message->lane = lane;
    for (int i = 0; i < recipients; ++i)
        out.deliveries.push_back({.delivery = makeId(now), .recipient = "a@b", .attempts = 0, .reason = {}});
    return out;
}

std::vector<Id> idsOf(const Parcel& parcel) {
    std::vector<Id> ids;
    for (const Due& due : parcel.deliveries) ids.push_back(due.delivery);
    return ids;
}

}  // namespace

class TestLanes : public QObject {
    Q_OBJECT

private slots:
    void readsFromTheNameWhoMayCarry_data() {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("pinned");
        QTest::newRow("anyone") << QByteArray("*") << QByteArray() << QByteArray();
        QTest::newRow("a given From") << QByteArray("from:a@b.example") << QByteArray("a@b.example") << QByteArray();
        QTest::newRow("a pinned account") << QByteArray("account:0190") << QByteArray() << QByteArray("0190");
        QTest::newRow("a pinned account and a given From") << QByteArray("account:0190 from:\"a b\"@b.example")
                                                           << QByteArray("\"a b\"@b.example") << QByteArray("0190");
        QTest::newRow("the sandbox") << QByteArray("sandbox") << QByteArray() << QByteArray("sandbox");
    }
    void readsFromTheNameWhoMayCarry() {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, pinned);
        Lanes lanes;
        const Lane& lane = lanes.lane(name.toStdString());
        QCOMPARE(lane.wanted.from, from.toStdString());
        QCOMPARE(lane.wanted.pinned, pinned.toStdString());
    }

    void bringsForwardWhatIsPutOffWhenTheClockIsSetBack() {
        Lanes lanes;
        QVERIFY(lanes.admit(parcel("*", 1, now + 60s), now));
        lanes.noteOnDisk("*", now + 1h, 0);
        lanes.setBack(3h, now - 3h);
        Lane& lane = lanes.lane("*");
        QVERIFY(lane.later.begin()->first == now - 3h + 60s);
        QVERIFY(lane.later.begin()->second.dueAt == now - 3h + 60s);
        QVERIFY(lane.nextOnDisk() == now - 3h);
        lanes.ripen(lane, now - 3h + 60s);
        QCOMPARE(lane.ready.size(), std::size_t{1});
    }

    void takesTheSameDeliveryInOnlyOnce() {
        Lanes lanes;
        const Parcel first = parcel("*", 2);
        QVERIFY(lanes.admit(first, now));
        QVERIFY(lanes.admit(first, now));
        QCOMPARE(lanes.held(), std::size_t{2});
        QCOMPARE(lanes.lane("*").ready.size(), std::size_t{1});
    }

    void leavesToTheDatabaseWhatDoesNotFit() {
        Lanes lanes{100};
        QVERIFY(lanes.admit(parcel("*", 40), now));
        Lane& lane = lanes.lane("*");
        QVERIFY(!lane.nextOnDisk());
        // A part of a message travels too: no room is left that only a smaller one could fill.
        const Parcel large = parcel("*", 40);
        QVERIFY(!lanes.admit(large, now));
        QCOMPARE(lanes.held(), std::size_t{50});
        QCOMPARE(lanes.roomFor(lane), std::size_t{0});
        QCOMPARE(lane.nextOnDisk(), std::optional{now});
        QVERIFY(lanes.knows(large.deliveries[9].delivery) && !lanes.knows(large.deliveries[10].delivery));
        QVERIFY(!lanes.admit(parcel("*", 1), now));
        QCOMPARE(lane.ready.size(), std::size_t{2});
        // Once there is room again, the page that brings all of it fills in the rest.
        lanes.forget("*", idsOf(lane.ready.front()));
        lane.ready.pop_front();
        QVERIFY(lanes.admit(large, now));
        QCOMPARE(lanes.held(), std::size_t{40});
    }

    void takesAMessageLargerThanItsRoomInParts() {
        Lanes lanes{1400};
        QVERIFY(!lanes.admit(parcel("*", 1000), now));
        QCOMPARE(lanes.held(), std::size_t{700});
    }

    void keepsRoomForOtherLanesWhenOneIsStuck() {
        Lanes lanes{800};
        while (lanes.admit(parcel("from:stuck@a", 1), now)) {
        }
        QVERIFY(lanes.held() <= 400);
        QVERIFY(lanes.admit(parcel("from:moving@a", 1), now));
    }

    void ripensWhatHasBecomeDueInOrder() {
        Lanes lanes;
        lanes.admit(parcel("*", 1, now + 60s), now);
        lanes.admit(parcel("*", 1, now + 30s), now);
        Lane& lane = lanes.lane("*");
        QCOMPARE(lanes.nextDue(), std::optional{now + 30s});
        lanes.ripen(lane, now + 29s);
        QVERIFY(lane.ready.empty());
        lanes.ripen(lane, now + 60s);
        QCOMPARE(lane.ready.size(), std::size_t{2});
        QCOMPARE(lane.ready.front().dueAt, now + 30s);
    }

    void leavesWhatIsDueMuchLaterToTheDatabase() {
        Lanes lanes;
        QVERIFY(!lanes.admit(parcel("*", 1, now + Lanes::horizon + 1s), now));
        QCOMPARE(lanes.held(), std::size_t{0});
        QCOMPARE(lanes.nextDue(), std::optional<TimePoint>{now + Lanes::horizon + 1s});
    }

    // A page that was read before a result was recorded shows the delivery as queued still: it must not leave twice.
    void doesNotTakeInAgainWhatEndedWhileAPageWasOnItsWay() {
        Lanes lanes;
        Parcel sent = parcel("*", 1);
        lanes.admit(sent, now);
        Lane& lane = lanes.lane("*");
        lane.reading = true;
        lane.ready.clear();
        lanes.forget("*", idsOf(sent));
        QVERIFY(lanes.admit(sent, now));
        QVERIFY(lane.ready.empty());
        QCOMPARE(lanes.held(), std::size_t{0});
    }

    void withdrawsEveryWaitingParcelOfAMessage() {
        Lanes lanes;
        Parcel due = parcel("*", 2);
        Parcel later{.message = due.message,
                     .deliveries = {{.delivery = makeId(now), .recipient = "c@d", .attempts = 1, .reason = {}}},
                     .dueAt = now + 30s};
        const Parcel other = parcel("*", 1);
        lanes.admit(due, now);
        lanes.admit(later, now);
        lanes.admit(other, now);
        QCOMPARE(lanes.withdraw(due.message->id, "*").size(), std::size_t{3});
        QCOMPARE(lanes.held(), std::size_t{1});
        QCOMPARE(lanes.lane("*").ready.front().message->id, other.message->id);
        QVERIFY(lanes.lane("*").later.empty());
    }

    // A cancel that is being written, or was while a page was on its way: the database's older word must not win.
    void keepsOutWhatAPersonIsChanging() {
        Lanes lanes;
        const Parcel waiting = parcel("*", 1);
        lanes.admit(waiting, now);
        lanes.withdraw(waiting.message->id, "*");
        lanes.withdraw(waiting.message->id, "*");
        lanes.readmit(waiting.message->id, "*");
        QVERIFY(lanes.admit(waiting, now));
        QCOMPARE(lanes.held(), std::size_t{0});
        lanes.lane("*").reading = true;
        lanes.readmit(waiting.message->id, "*");
        QVERIFY(lanes.admit(waiting, now));
        QCOMPARE(lanes.held(), std::size_t{0});
        lanes.pageArrived("*");
        QVERIFY(lanes.admit(waiting, now));
        QCOMPARE(lanes.held(), std::size_t{1});
    }

    void forgetsLanesThatAreEmptyEverywhere() {
        Lanes lanes;
        const Parcel only = parcel("from:once@a", 1);
        lanes.admit(only, now);
        lanes.noteOnDisk("from:later@a", now + 1h);
        lanes.lane("from:once@a").ready.clear();
        lanes.forget("from:once@a", idsOf(only));
        lanes.sweep();
        QVERIFY(!lanes.find("from:once@a"));
        QVERIFY(lanes.find("from:later@a"));
    }

    void goesByPriorityAndThenByAge() {
        Lanes lanes;
        std::vector<Id> expected;
        std::map<int, std::vector<Id>, std::greater<>> byPriority;
        for (const int priority : {0, 3, 9, 3, 0, 9}) {
            Parcel one = parcel("*", 1);
            one.message->priority = priority;
            byPriority[priority].push_back(one.message->id);
            QVERIFY(lanes.admit(std::move(one), now));
        }
        for (const auto& [priority, ids] : byPriority) expected.insert(expected.end(), ids.begin(), ids.end());
        std::vector<Id> seen;
        Lane& lane = lanes.lane("*");
        // What is put first goes first of its own priority, and not before a greater one.
        lanes.putFirst([&] {
            Parcel back = parcel("*", 1);
            back.message->priority = 3;
            expected.insert(expected.begin() + 2, back.message->id);
            return back;
        }());
        while (!lane.ready.empty()) {
            seen.push_back(lane.ready.front().message->id);
            lane.ready.pop_front();
        }
        QVERIFY(seen == expected);
    }

    void makesRoomForGreaterPriority() {
        Lanes lanes{8};
        for (int i = 0; i < 4; ++i) QVERIFY(lanes.admit(parcel("*", 1, now - 1s), now));
        QVERIFY(!lanes.admit(parcel("*", 1), now));
        Lane& lane = lanes.lane("*");
        Lanes::beginPage(lane, 0);
        lanes.pageArrived("*");
        Parcel urgent = parcel("*", 2);
        urgent.message->priority = 5;
        const Id id = urgent.message->id;
        QVERIFY(lanes.admit(std::move(urgent), now));
        QCOMPARE(lane.held, std::size_t{4});
        QCOMPARE(lane.ready.size(), std::size_t{3});
        QCOMPARE(lane.ready.front().message->id, id);
        // What had to go is in the database, and the lane knows it.
        QVERIFY(lane.nextOnDisk());
        QVERIFY(!Lanes::isUrgent(lane, now));
        lanes.noteOnDisk("*", now, 7);
        QVERIFY(Lanes::isUrgent(lane, now));
        Lanes::beginPage(lane, 1);
        QVERIFY(!Lanes::isUrgent(lane, now));
        // A page of what is urgent says nothing of the others.
        QVERIFY(lane.nextOnDisk());
        Lanes::beginPage(lane, 0);
        QVERIFY(!lane.nextOnDisk());
    }

    void makesRoomForGreaterPriorityOnceItIsDue() {
        Lanes lanes;
        QVERIFY(lanes.admit(parcel("*", 1), now));
        Lane& lane = lanes.lane("*");
        lanes.noteOnDisk("*", now + 6min, 9);
        lanes.noteOnDisk("*", now, 0);
        QVERIFY(!Lanes::isUrgent(lane, now));
        QVERIFY(Lanes::isUrgent(lane, now + 6min));
        QCOMPARE(lanes.nextDue(), std::optional{now});
        Lanes::beginPage(lane, 0);
        lanes.noteOnDisk("*", now);
        QVERIFY(Lanes::isUrgent(lane, now));
    }
};

QTEST_APPLESS_MAIN(TestLanes)
#include "tst_lanes.moc"
