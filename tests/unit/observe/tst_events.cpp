// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/observe/events.h"

#include <QTest>
#include <thread>

using namespace postroom;
using namespace postroom::observe;

namespace {

Id numbered(int number) {
    Id id;
    id.bytes[14] = static_cast<std::uint8_t>(number >> 8);
    id.bytes[15] = static_cast<std::uint8_t>(number);
    return id;
}

std::vector<Id> numbers(int from, int count) {
    std::vector<Id> ids;
    for (int i = 0; i < count; ++i) ids.push_back(numbered(from + i));
    return ids;
}

// "messages:1,2 queue:*"
std::string told(const contract::Events& events) {
    std::string out;
    for (const contract::Event& event : events.events) {
        out.append(out.empty() ? "" : " ").append(event.topic).append(":");
        std::string ids;
        for (const std::string& id : event.ids)
            ids.append(ids.empty() ? "" : ",").append(std::to_string(std::stoi(id.substr(32), nullptr, 16)));
        out.append(ids.empty() ? "*" : ids);
    }
    return out;
}

}  // namespace

class TestEvents : public QObject {
    Q_OBJECT

    EventRing m_ring{"e1"};
    std::uint64_t place() { return m_ring.last(); }

private slots:
    void saysNothingWhenNothingHappened() {
        EventRing ring{"x"};
        const auto events = ring.since(0);
        QCOMPARE(events.next, std::string("x.0"));
        QVERIFY(!events.reset && events.events.empty());
    }

    void namesEachTopicAndIdOnce() {
        const auto before = place();
        m_ring.note(Topic::Messages, numbers(1, 2));
        m_ring.note(Topic::Queue);
        m_ring.note(Topic::Accounts, numbered(7));
        m_ring.note(Topic::Messages, numbers(2, 2));
        m_ring.note(Topic::Queue);
        const auto events = m_ring.since(before);
        // The id that changed twice stands where it changed last.
        QCOMPARE(told(events), std::string("messages:1,2,3 accounts:7 queue:*"));
        QCOMPARE(events.next, "e1." + std::to_string(place()));
        QVERIFY(m_ring.since(place()).events.empty());
    }

    void tellsOnlyWhatCameAfterThePlace() {
        m_ring.note(Topic::Messages, numbered(1));
        m_ring.note(Topic::Keys, numbered(1));
        const auto between = place();
        m_ring.note(Topic::Messages, numbered(2));
        QCOMPARE(told(m_ring.since(between)), std::string("messages:2"));
    }

    void saysManyBeyondAHundred_data() {
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("batch");
        QTest::addColumn<bool>("many");
        QTest::newRow("a hundred at once") << 100 << 100 << false;
        QTest::newRow("a hundred one by one") << 100 << 1 << false;
        QTest::newRow("one too many at once") << 101 << 101 << true;
        QTest::newRow("one too many one by one") << 101 << 1 << true;
        QTest::newRow("more than are kept") << 5000 << 50 << true;
    }
    void saysManyBeyondAHundred() {
        QFETCH(int, count);
        QFETCH(int, batch);
        QFETCH(bool, many);
        EventRing ring{"x"};
        for (int i = 0; i < count; i += batch) ring.note(Topic::Messages, numbers(i, std::min(batch, count - i)));
        const auto events = ring.since(0);
        QCOMPARE(events.events.size(), std::size_t(1));
        QCOMPARE(events.events.front().ids.size(), std::size_t(many ? 0 : count));
    }

    void countsAnIdThatChangesOftenOnce() {
        EventRing ring{"x"};
        for (int i = 0; i < 400; ++i) ring.note(Topic::Messages, numbered(i % 3));
        QCOMPARE(ring.since(0).events.front().ids.size(), std::size_t(3));
    }

    void forgetsIdsButNotThatTheyChanged() {
        EventRing ring{"x"};
        ring.note(Topic::Messages, numbered(1));
        const auto place = ring.last();
        for (int i = 0; i < 10'000; ++i) ring.note(Topic::Messages, numbered(2));
        QCOMPARE(told(ring.since(0)), std::string("messages:*"));
        QCOMPARE(told(ring.since(place)), std::string("messages:*"));
        const auto late = ring.last();
        ring.note(Topic::Messages, numbered(3));
        QCOMPARE(told(ring.since(late)), std::string("messages:3"));
        // A busy topic takes nothing from a quiet one.
        ring.note(Topic::Keys, numbered(9));
        QCOMPARE(told(ring.since(late)), std::string("messages:3 keys:9"));
    }

    void namesNobodyAfterABatchThatWasTooLarge() {
        EventRing ring{"x"};
        ring.note(Topic::Messages, numbers(0, 101));
        const auto behind = ring.last();
        ring.note(Topic::Messages, numbered(1));
        QCOMPARE(told(ring.since(0)), std::string("messages:*"));
        QCOMPARE(told(ring.since(behind)), std::string("messages:1"));
    }

    void knowsItsOwnPlacesOnly_data() {
        QTest::addColumn<std::string>("next");
        QTest::addColumn<int>("place");
        const auto row = [](const char* next, int place) { QTest::newRow(next) << std::string(next) << place; };
        row("ab12.0", 0);
        row("ab12.2", 2);
        row("ab12.3", -1);
        row("ab12.-1", -1);
        row("ab12.1 ", -1);
        row("ab12.+1", -1);
        row("ab12.0x1", -1);
        row("ab12.99999999999999999999999", -1);
        row("ab12.", -1);
        row("ab12", -1);
        row("ab1.1", -1);
        row("ab123.1", -1);
        row("other.1", -1);
        row(".1", -1);
        row("", -1);
    }
    void knowsItsOwnPlacesOnly() {
        QFETCH(std::string, next);
        QFETCH(int, place);
        EventRing ring{"ab12"};
        ring.note(Topic::Queue);
        ring.note(Topic::Queue);
        const auto known = ring.place(next);
        QCOMPARE(known ? static_cast<int>(*known) : -1, place);
        QVERIFY(ring.reset().reset);
        QCOMPARE(ring.reset().next, std::string("ab12.2"));
    }

    void wakesOnceForEachArming() {
        EventRing ring{"x"};
        int woken = 0;
        ring.onNews([&] { ++woken; });
        ring.note(Topic::Queue);
        QCOMPARE(woken, 0);
        QVERIFY(!ring.arm(0));
        QVERIFY(ring.arm(ring.last()));
        ring.note(Topic::Queue);
        ring.note(Topic::Queue);
        QCOMPARE(woken, 1);
        QVERIFY(ring.arm(ring.last()));
        ring.onNews({});
        ring.note(Topic::Queue);
        QCOMPARE(woken, 1);
    }

    void losesNothingWhenManyNoteAtOnce() {
        EventRing ring{"x"};
        std::vector<std::thread> threads;
        for (int thread = 0; thread < 4; ++thread)
            threads.emplace_back([&ring, thread] {
                for (int i = 0; i < 20; ++i) ring.note(Topic::Messages, numbered(thread * 20 + i));
            });
        for (std::thread& thread : threads) thread.join();
        QCOMPARE(ring.last(), std::uint64_t(80));
        QCOMPARE(ring.since(0).events.front().ids.size(), std::size_t(80));
    }
};

QTEST_GUILESS_MAIN(TestEvents)
#include "tst_events.moc"
