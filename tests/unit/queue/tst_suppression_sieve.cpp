// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/suppression_sieve.h"

#include "engine/store/suppressions.h"
#include "engine/store/writer.h"

#include <QTemporaryDir>
#include <QTest>
#include <thread>

using namespace postroom;
using namespace postroom::queue;

/// The memory that spares nearly all mail a look into the database, and never says no to one that is suppressed.
class TestSuppressionSieve : public QObject {
    Q_OBJECT

    struct Store {
        QTemporaryDir folder;
        store::Location location = store::Location::parse("", folder.path().toStdString()).value();
        Worker writing{"writer"};
        store::Writer writer{writing, location};
        store::Readers readers{location, 1};
        Store() {
            if (!writer.open() || !readers.open()) qFatal("no store");
        }
        ~Store() {
            readers.stop();
            writer.stop();
        }
        void insert(const std::vector<std::string>& addresses) {
            const TimePoint now = SystemClock{}.now();
            const auto written = writer.wait([&](store::Transaction& transaction) -> Result<void> {
                for (const std::string& address : addresses) {
                    const auto added = store::suppressions::insert(
                        transaction, {.id = makeId(now), .address = address, .reason = "manual", .createdAt = now},
                        now);
                    if (!added) return fail(added.error());
                }
                return {};
            });
            if (!written) qFatal("%s", written.error().text().c_str());
        }
    };

private slots:
    void suspectsEverybodyUntilItIsLoaded() {
        Store store;
        SuppressionSieve sieve;
        QVERIFY(sieve.mayHold("anybody@example.org"));
        sieve.load(store.readers);
        QTRY_VERIFY(sieve.isLoaded());
        QVERIFY(!sieve.mayHold("anybody@example.org"));
    }

    // More than a page of a load, and so many that the tables grow.
    void knowsAllOfTheDatabaseAndHardlyAnybodyElse() {
        Store store;
        std::vector<std::string> addresses{"*@gone.test"};
        for (int i = 0; i < 45'000; ++i) addresses.push_back("user" + std::to_string(i) + "@example.org");
        store.insert(addresses);
        SuppressionSieve sieve;
        sieve.load(store.readers);
        QTRY_VERIFY_WITH_TIMEOUT(sieve.isLoaded(), 30'000);
        for (const std::string& address : addresses) QVERIFY(sieve.mayHold(address));
        QVERIFY(sieve.mayHold("User7@EXAMPLE.org"));
        QVERIFY(sieve.mayHold("whoever@gone.test"));
        int strangers = 0;
        for (int i = 0; i < 45'000; ++i) strangers += sieve.mayHold("other" + std::to_string(i) + "@example.org");
        QVERIFY2(strangers <= 1, std::to_string(strangers).c_str());
    }

    void knowsWhatIsAddedByManyThreads() {
        Store store;
        SuppressionSieve sieve;
        sieve.load(store.readers);
        QTRY_VERIFY(sieve.isLoaded());
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&sieve, t] {
                for (int i = 0; i < 5000; ++i) {
                    sieve.add("t" + std::to_string(t) + "." + std::to_string(i) + "@example.org");
                    sieve.add("all." + std::to_string(i) + "@example.org");
                    static_cast<void>(sieve.mayHold("nobody" + std::to_string(i) + "@example.org"));
                }
            });
        for (std::thread& thread : threads) thread.join();
        for (int i = 0; i < 5000; ++i) {
            QVERIFY(sieve.mayHold("all." + std::to_string(i) + "@example.org"));
            QVERIFY(sieve.mayHold("t3." + std::to_string(i) + "@example.org"));
        }
    }
};

QTEST_GUILESS_MAIN(TestSuppressionSieve)
#include "tst_suppression_sieve.moc"
