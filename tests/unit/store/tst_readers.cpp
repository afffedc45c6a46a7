// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/readers.h"

#include "engine/store/settings.h"
#include "engine/store/writer.h"

#include <latch>
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>
#include <semaphore>

using namespace postroom;
using namespace postroom::store;
using namespace std::chrono_literals;

class TestReaders : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    Worker m_worker{"writer"};
    Location m_location = Location::parse("", m_folder.path().toStdString()).value();
    Writer m_writer{m_worker, m_location};

    /// Runs a read and waits for it.
    template <typename Read>
    void wait(Readers& readers, Read read) {
        std::counting_semaphore<> done{0};
        QVERIFY(readers.submit([&](Connection& connection) {
            read(connection);
            done.release();
        }));
        done.acquire();
    }

private slots:
    void initTestCase() { QVERIFY(m_writer.open()); }
    void cleanupTestCase() { m_writer.stop(); }

    void stopsAReadThatTakesTooLong() {
        Readers readers(m_location, 1, 100ms);
        QVERIFY(readers.open());
        Result<std::string> endless;
        QElapsedTimer timer;
        timer.start();
        wait(readers, [&](Connection& connection) {
            endless = connection.single(
                "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n");
        });
        QVERIFY(!endless);
        QCOMPARE(endless.error().code, ErrorCode::TimedOut);
        QVERIFY(timer.elapsed() < 20'000);
        Result<std::string> next;
        wait(readers, [&](Connection& connection) { next = connection.single("SELECT 7"); });
        QCOMPARE(next.value(), std::string("7"));
    }

    void stopsRowsThatTakeTooLong() {
        Readers readers(m_location, 1, 100ms);
        QVERIFY(readers.open());
        std::optional<Error> failure;
        wait(readers, [&](Connection& connection) {
            auto query = connection.query(
                "test", "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n");
            QVERIFY(query && query->run());
            while (query->next()) {
            }
            failure = query->failure();
        });
        QVERIFY(failure);
        QCOMPARE(failure->code, ErrorCode::TimedOut);
    }

    void canNotWrite() {
        Readers readers(m_location, 1);
        QVERIFY(readers.open());
        Result<void> written;
        wait(readers, [&](Connection& connection) { written = connection.run("DELETE FROM meta"); });
        QVERIFY(!written);
        wait(readers, [&](Connection& connection) { QVERIFY(meta::get(connection, "application").value()); });
    }

    void servesManyAtOnceAndDrainsAtStop() {
        Readers readers(m_location, 3);
        QVERIFY(!readers.submit([](Connection&) {}));
        QVERIFY(readers.open());
        std::atomic<int> served = 0;
        std::latch all{3};
        // Three that wait for each other can only end if three run at once.
        for (int i = 0; i < 3; ++i)
            QVERIFY(readers.submit([&](Connection&) {
                all.arrive_and_wait();
                ++served;
            }));
        for (int i = 0; i < 200; ++i)
            QVERIFY(readers.submit(
                [&](Connection& connection) { served += connection.single("SELECT 1").has_value() ? 1 : 0; }));
        readers.stop();
        QCOMPARE(served.load(), 203);
        QVERIFY(!readers.submit([](Connection&) {}));
    }

    void seesWhatWasCommitted() {
        Readers readers(m_location, 2);
        QVERIFY(readers.open());
        for (int i = 0; i < 20; ++i) {
            const std::string value = std::to_string(i);
            QVERIFY(m_writer.wait([&](Transaction& transaction) { return meta::set(transaction, "turn", value); }));
            std::string seen;
            wait(readers, [&](Connection& connection) { seen = meta::get(connection, "turn").value().value(); });
            QCOMPARE(seen, value);
        }
    }

    void refusesADatabaseThatIsNotThere() {
        Readers readers(Location::parse("sqlite:///./nothing.db", m_folder.path().toStdString()).value(), 2);
        const auto opened = readers.open();
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, ErrorCode::StorageFailed);
    }
};

QTEST_GUILESS_MAIN(TestReaders)
#include "tst_readers.moc"
