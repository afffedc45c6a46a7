// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/key_ring.h"
#include "engine/api/rate_counters.h"

#include <QTest>
#include <thread>

using namespace postroom;
using namespace postroom::api;
using namespace std::chrono_literals;

namespace {

const TimePoint noon{1'700'000'000s};

store::ApiKeyRecord record(const std::string& key) {
    store::ApiKeyRecord made;
    made.id = makeId(noon);
    made.key = key;
    made.secretHash = "current";
    made.scopes = {"send"};
    return made;
}

}  // namespace

/// The memories that requests are judged by: which keys there are, which tokens were ended, who asked how often.
class TestGatekeeping : public QObject {
    Q_OBJECT

private slots:
    void findsAKeyByNameAndId() {
        std::vector<store::ApiKeyRecord> records;
        for (int i = 0; i < 1000; ++i) records.push_back(record("noti_" + std::to_string(i)));
        const Id id = records[700].id;
        const KeyRing ring{std::move(records)};
        QVERIFY(ring.byKey("noti_700") && ring.byKey("noti_700") == ring.byId(id));
        QVERIFY(!ring.byKey("noti_1000") && !ring.byKey("") && !ring.byId(Id{}));
    }

    void findsOneOfManyKeysAsFastAsOneOfFew() {
        const auto took = [](int count) {
            std::vector<store::ApiKeyRecord> records;
            for (int i = 0; i < count; ++i) records.push_back(record("noti_" + std::to_string(i)));
            const Id last = records.back().id;
            const KeyRing ring{std::move(records)};
            auto best = std::chrono::nanoseconds::max();
            for (int round = 0; round < 20; ++round) {
                const auto from = std::chrono::steady_clock::now();
                for (int i = 0; i < 1000; ++i)
                    if (!ring.byId(last)) return std::chrono::nanoseconds::max();
                best = std::min<std::chrono::nanoseconds>(best, std::chrono::steady_clock::now() - from);
            }
            return best;
        };
        const auto few = took(10), many = took(20'000);
        QVERIFY2(many < 20 * few, std::to_string(many / few).c_str());
    }

    void knowsWhenAKeyIsGood() {
        auto ended = record("noti_a"), revoked = record("noti_b");
        ended.expiresAt = noon;
        revoked.isActive = false;
        std::vector<store::ApiKeyRecord> records{ended, revoked, record("noti_c")};
        const KeyRing ring{std::move(records)};
        QVERIFY(ring.byKey("noti_a")->isUsable(noon - 1ms) && !ring.byKey("noti_a")->isUsable(noon));
        QVERIFY(!ring.byKey("noti_b")->isUsable(noon - 1h));
        QVERIFY(ring.byKey("noti_c")->isUsable(noon + 10000h));
    }

    void keepsTheOldSecretForItsTime() {
        auto rotated = record("noti_a");
        rotated.secretVersion = 5;
        rotated.oldSecretHash = "old";
        rotated.oldSecretUntil = noon;
        std::vector<store::ApiKeyRecord> records{rotated, record("noti_b")};
        const KeyRing ring{std::move(records)};
        const LiveKey& key = *ring.byKey("noti_a");
        QCOMPARE(key.oldHash(noon - 1ms), std::string_view("old"));
        QVERIFY(key.oldHash(noon).empty());
        QVERIFY(key.honours(5, noon) && key.honours(4, noon - 1ms) && key.honours(0, noon));
        QVERIFY(!key.honours(4, noon) && !key.honours(3, noon - 1ms) && !key.honours(6, noon));
        QVERIFY(!ring.byKey("noti_b")->honours(2, noon));
    }

    void knowsWhereAKeyMayBeUsed() {
        auto bound = record("noti_a"), nonsense = record("noti_b");
        bound.allowedIps = {"10.0.0.0/8", "::1"};
        nonsense.allowedIps = {"nonsense"};
        std::vector<store::ApiKeyRecord> records{bound, nonsense, record("noti_c")};
        const KeyRing ring{std::move(records)};
        QVERIFY(ring.byKey("noti_a")->mayComeFrom("10.1.2.3") && ring.byKey("noti_a")->mayComeFrom("::1"));
        QVERIFY(!ring.byKey("noti_a")->mayComeFrom("11.1.2.3") && !ring.byKey("noti_a")->mayComeFrom(""));
        // A row somebody broke with SQL opens nothing.
        QVERIFY(!ring.byKey("noti_b")->mayComeFrom("10.1.2.3"));
        QVERIFY(ring.byKey("noti_c")->mayComeFrom("in-process"));
    }

    void forgetsEndedFamiliesWhenTheirTokensHaveEnded() {
        EndedFamilies ended;
        const Id one = makeId(noon), two = makeId(noon), past = makeId(noon);
        ended.add(one, noon + 1h, noon);
        ended.add(one, noon + 1h, noon);
        ended.add(past, noon, noon);
        QVERIFY(ended.has(one) && !ended.has(two) && !ended.has(past));
        ended.add(two, noon + 3h, noon + 1h);
        QVERIFY(!ended.has(one) && ended.has(two));
    }

    void writesAKeysUseOnceAMinute() {
        LastUses uses;
        const Id one = makeId(noon), two = makeId(noon);
        const SteadyPoint start{1h};
        QVERIFY(uses.due(one, start));
        QVERIFY(!uses.due(one, start + 59s));
        QVERIFY(uses.due(two, start + 59s));
        QVERIFY(uses.due(one, start + 60s));
        QVERIFY(!uses.due(one, start + 61s));
    }

    void countsEachForItself() {
        RateTable table{10};
        const SteadyPoint now{1h};
        for (int i = 0; i < 3; ++i) QVERIFY(table.take("one", 3, 1, now).allowed);
        QVERIFY(!table.take("one", 3, 1, now).allowed);
        QVERIFY(table.take("two", 3, 1, now).allowed);
        QCOMPARE(table.take("one", 3, 0, now).remaining, std::int64_t{0});
        QVERIFY(table.take("one", 3, 1, now + 20s).allowed);
        QCOMPARE(table.size(), std::size_t{2});
    }

    void growsNoLargerWhoeverAsks() {
        RateTable table{1000};
        const SteadyPoint now{1h};
        for (int i = 0; i < 5; ++i) QVERIFY(table.take("busy", 10, 1, now).allowed);
        for (int i = 0; i < 100'000; ++i) {
            (void)table.take("attacker " + std::to_string(i), 10, 1, now);
            if (i % 500 == 0) (void)table.take("busy", 10, i < 2500 ? 1 : 0, now);
        }
        QCOMPARE(table.size(), std::size_t{1000});
        // Looking alone and being refused leave nothing behind.
        RateTable looks{1000};
        (void)looks.take("a", 10, 0, now);
        QCOMPARE(looks.size(), std::size_t{0});
    }

    void forgetsTheQuietestFirst() {
        RateTable table{2};
        const SteadyPoint now{1h};
        (void)table.take("one", 1, 1, now);
        (void)table.take("two", 2, 1, now);
        (void)table.take("two", 2, 1, now);
        (void)table.take("three", 1, 1, now);
        QVERIFY(!table.take("two", 2, 1, now).allowed);
        QVERIFY(!table.take("three", 1, 1, now).allowed);
        QVERIFY(table.take("one", 1, 1, now).allowed);
    }

    void givesNobodyMoreFromManyThreads() {
        RateTable table{10};
        const SteadyPoint now{1h};
        std::atomic<int> allowed{0};
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] {
                for (int each = 0; each < 1000; ++each) allowed += table.take("one", 600, 1, now).allowed;
            });
        for (std::thread& thread : threads) thread.join();
        QCOMPARE(allowed.load(), 600);
    }
};

QTEST_APPLESS_MAIN(TestGatekeeping)
#include "tst_gatekeeping.moc"
