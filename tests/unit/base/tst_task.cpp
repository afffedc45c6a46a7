// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/task.h"

#include <atomic>
#include <QTest>
#include <thread>

using namespace postroom;
using namespace std::chrono_literals;

class TestTask : public QObject {
    Q_OBJECT

private slots:
    void givesTheResultToWhoWaitsWithAnEventLoop() {
        Promise<int> promise;
        Task<int> task = promise.task();
        QTimer::singleShot(1ms, this, [promise] { promise.finish(7); });
        QCOMPARE(task.wait(5s).value_or(0), 7);
    }

    void givesTheResultToAThreadWithoutAnEventLoop() {
        Promise<int> promise;
        Task<int> task = promise.task();
        std::atomic<int> got = 0;
        std::thread waiter([&] { got = task.wait(5s).value_or(-1); });
        promise.finish(7);
        waiter.join();
        QCOMPARE(got.load(), 7);
    }

    void givesAResultThatWasThereBefore() {
        QCOMPARE(Task<std::string>::ready(std::string("there")).wait(0ms).value(), std::string("there"));
        Task<> failed = Task<>::ready(fail(ErrorCode::NotFound));
        QVERIFY(failed.isFinished());
        QVERIFY(failed.wait(0ms).error().code == ErrorCode::NotFound);
    }

    void saysTimedOutAndMayBeWaitedForAgain() {
        Promise<int> promise;
        Task<int> task = promise.task();
        QVERIFY(task.wait(1ms).error().code == ErrorCode::TimedOut);
        QVERIFY(!task.isFinished());
        promise.finish(7);
        QCOMPARE(task.wait(5s).value_or(0), 7);
    }

    void saysStoppingWhenTheLastPromiseIsDropped() {
        std::optional<Promise<int>> promise{std::in_place};
        std::optional<Promise<int>> copy = promise;
        Task<int> task = promise->task();
        promise.reset();
        QVERIFY(!task.isFinished());
        QTimer::singleShot(1ms, this, [&] { copy.reset(); });
        QVERIFY(task.wait(5s).error().code == ErrorCode::Stopping);
    }

    void keepsTheFirstResultOnly() {
        Promise<int> promise;
        Task<int> task = promise.task();
        promise.finish(1);
        promise.finish(2);
        QCOMPARE(task.wait(0ms).value_or(0), 1);
    }

    void callsBackInTheWorkersThread() {
        Worker worker("receiver");
        Promise<int> promise;
        std::atomic<int> got = 0;
        std::atomic<bool> inside = false;
        promise.task().then(worker, [&](Result<int> result) {
            inside = worker.isCurrent();
            got = result.value_or(-1);
        });
        promise.finish(7);
        QTRY_COMPARE(got.load(), 7);
        QVERIFY(inside.load());
    }

    void neverCallsBackFromInsideFinish() {
        Inbox inbox;
        Promise<int> promise;
        int got = 0;
        promise.task().then(inbox, [&](Result<int> result) { got = result.value_or(-1); });
        promise.finish(7);
        QCOMPARE(got, 0);
        QTRY_COMPARE(got, 7);
    }

    void callsBackForAResultThatWasThereBefore() {
        Inbox inbox;
        int got = 0;
        Task<int>::ready(7).then(inbox, [&](Result<int> result) { got = result.value_or(-1); });
        QTRY_COMPARE(got, 7);
    }

    void dropsTheCallbackOfAStoppedWorkerTogetherWithWhatItHolds() {
        auto held = std::make_shared<int>(1);
        Promise<int> promise;
        Worker worker("receiver");
        promise.task().then(worker, [held](const Result<int>&) { QFAIL("the worker has stopped"); });
        worker.stop();
        promise.finish(7);
        QCOMPARE(held.use_count(), 1L);
    }

    void deliversEachResultOnceWhenFinishAndThenRace() {
        Worker worker("receiver");
        std::atomic<int> sum = 0;
        for (int i = 0; i < 2000; ++i) {
            Promise<int> promise;
            Task<int> task = promise.task();
            std::thread other;
            if (i % 100 == 0)
                other = std::thread([promise] { promise.finish(1); });
            else
                worker.post([promise] { promise.finish(1); });
            task.then(worker, [&](const Result<int>& result) { sum += result.value_or(1000); });
            if (other.joinable()) other.join();
        }
        QTRY_COMPARE(sum.load(), 2000);
    }

    void wakesEveryWaiterWhenFinishAndWaitRace() {
        Worker worker("giver");
        for (int i = 0; i < 500; ++i) {
            Promise<int> promise;
            Task<int> task = promise.task();
            worker.post([promise] { promise.finish(7); });
            QCOMPARE(task.wait(10s).value_or(0), 7);
        }
    }
};

QTEST_GUILESS_MAIN(TestTask)
#include "tst_task.moc"
