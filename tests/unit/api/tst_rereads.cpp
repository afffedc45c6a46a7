// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/rereads.h"

#include "engine/store/writer.h"

#include <QTemporaryDir>
#include <QTest>
#include <semaphore>
#include <thread>

using namespace postroom;
using namespace postroom::api;
using namespace std::chrono_literals;

namespace {

class HandClock final : public Clock {
public:
    [[nodiscard]] TimePoint now() const override { return {}; }
    [[nodiscard]] SteadyPoint steady() const override { return m_at; }
    void pass(std::chrono::nanoseconds time) { m_at += time; }

private:
    SteadyPoint m_at{1h};
};

}  // namespace

class TestRereads : public QObject {
    Q_OBJECT

private slots:
    void init() {
        m_folder = std::make_unique<QTemporaryDir>();
        const auto location = store::Location::parse("", m_folder->path().toStdString());
        QVERIFY(location);
        Worker worker{"writer"};
        store::Writer writer{worker, *location};
        QVERIFY(writer.open());
        writer.stop();
        m_readers = std::make_unique<store::Readers>(*location, 2);
        QVERIFY(m_readers->open());
    }
    void cleanup() { m_readers.reset(); }

    void putsTheLastReadingInForceLast() {
        Rereads rereads{*m_readers, m_clock};
        std::binary_semaphore first{0};
        std::counting_semaphore<> done{0};
        std::vector<int> inForce;
        const auto note = [&](int number) {
            inForce.push_back(number);
            return Result<void>{};
        };
        const auto count = [&](const Result<void>&) { done.release(); };
        rereads.submit(
            "rows",
            [&](store::Connection&) {
                first.release();
                // Long enough for the other reader to be through, were it let.
                std::this_thread::sleep_for(100ms);
                return note(1);
            },
            count);
        first.acquire();
        rereads.submit(
            "rows", [&](store::Connection&) { return note(2); }, count);
        done.acquire();
        done.acquire();
        QCOMPARE(inForce, (std::vector<int>{1, 2}));
    }

    void readsAgainWhatFailedOnceASecond() {
        Rereads rereads{*m_readers, m_clock};
        std::counting_semaphore<> read{0};
        std::counting_semaphore<> told{0};
        std::atomic<int> failures = 2;
        Result<void> outcome;
        rereads.submit(
            "rows",
            [&](store::Connection&) -> Result<void> {
                read.release();
                if (failures-- > 0) return fail(ErrorCode::StorageFailed, "the server is gone");
                return {};
            },
            [&](const Result<void>& result) {
                outcome = result;
                told.release();
            });
        QVERIFY(read.try_acquire_for(5s));
        told.acquire();
        QVERIFY(!outcome && outcome.error().code == ErrorCode::StorageFailed);
        rereads.tryAgain();
        QVERIFY(read.try_acquire_for(5s));
        // Too soon for one more.
        rereads.tryAgain();
        m_clock.pass(1s);
        waitForReaders();
        rereads.tryAgain();
        QVERIFY(read.try_acquire_for(5s));
        waitForReaders();
        // It has succeeded: nothing is due.
        m_clock.pass(1s);
        rereads.tryAgain();
        waitForReaders();
        QVERIFY(!read.try_acquire());
        QCOMPARE(failures.load(), -1);
    }

    void saysThatItStopped() {
        Rereads rereads{*m_readers, m_clock};
        m_readers->stop();
        Result<void> outcome;
        rereads.submit(
            "rows", [](store::Connection&) { return Result<void>{}; },
            [&](const Result<void>& result) { outcome = result; });
        QVERIFY(!outcome && outcome.error().code == ErrorCode::Stopping);
    }

private:
    // Both have done what they were given before.
    void waitForReaders() {
        std::counting_semaphore<> in{0}, out{0}, gone{0};
        for (int i = 0; i < 2; ++i)
            m_readers->submit([&](store::Connection&) {
                in.release();
                out.acquire();
                gone.release();
            });
        for (int i = 0; i < 2; ++i) in.acquire();
        out.release(2);
        for (int i = 0; i < 2; ++i) gone.acquire();
    }

    HandClock m_clock;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<store::Readers> m_readers;
};

QTEST_GUILESS_MAIN(TestRereads)
#include "tst_rereads.moc"
