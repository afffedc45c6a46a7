// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/mailbox.h"
#include "engine/base/worker.h"

#include <QTest>
#include <QTimer>
#include <semaphore>
#include <thread>

using namespace postroom;

namespace {

// Says when and where it dies.
struct Mortal {
    std::vector<std::string>& deaths;
    std::string name;
    ~Mortal() {
        deaths.push_back(name +
                         (QThread::currentThread()->objectName() == QStringLiteral("keeper") ? " inside" : " outside"));
    }
};

}  // namespace

class TestWorker : public QObject {
    Q_OBJECT

private slots:
    void runsWhatIsPostedInItsThreadInOrder() {
        Worker worker("order");
        std::vector<int> ran;
        bool inside = true;
        for (int i = 0; i < 1000; ++i)
            QVERIFY(worker.post([&, i] {
                ran.push_back(i);
                inside = inside && worker.isCurrent();
            }));
        QVERIFY(!worker.isCurrent());
        worker.stop();
        QCOMPARE(ran.size(), std::size_t(1000));
        QVERIFY(std::is_sorted(ran.begin(), ran.end()));
        QVERIFY(inside);
    }

    void waitsForACall() {
        Worker worker("call");
        int before = 0, inside = 0;
        worker.post([&] { before = 1; });
        worker.call([&] { inside = before + 1; });
        QCOMPARE(inside, 2);
    }

    void saysItsNameToTheSystem() {
        Worker worker("a-name");
        QString name;
        worker.call([&] { name = QThread::currentThread()->objectName(); });
        QCOMPARE(name, QStringLiteral("a-name"));
        QCOMPARE(worker.name(), std::string("a-name"));
    }

    void destroysWhatItKeepsInReverseOrderInItsThread() {
        std::vector<std::string> deaths;
        {
            Worker worker("keeper");
            worker.call([&] {
                worker.keep(std::unique_ptr<Mortal>(new Mortal{deaths, "first"}));
                Mortal* second = worker.keep(std::unique_ptr<Mortal>(new Mortal{deaths, "second"}));
                QCOMPARE(second->name, std::string("second"));
            });
            worker.stop();
            QCOMPARE(deaths, (std::vector<std::string>{"second inside", "first inside"}));
        }
        QCOMPARE(deaths.size(), std::size_t(2));
    }

    void runsWhatWasPostedBeforeTheStopAndNothingAfterIt() {
        Worker worker("stopping");
        std::counting_semaphore<> go{0};
        int before = 0, after = 0;
        worker.post([&] { go.acquire(); });
        for (int i = 0; i < 100; ++i) worker.post([&] { ++before; });
        go.release();
        worker.stop();
        QCOMPARE(before, 100);
        QVERIFY(!worker.post([&] { ++after; }));
        worker.call([&] { ++after; });
        worker.stop();
        QCOMPARE(after, 0);
    }

    void dropsWhatIsPostedWhileItStops() {
        // What is posted from inside after stop() began must neither run after the kept objects are gone nor hang.
        Worker worker("late");
        std::counting_semaphore<> running{0}, go{0};
        std::atomic<bool> refused = false;
        worker.post([&] {
            running.release();
            go.acquire();
            for (int i = 0; i < 10'000 && !refused; ++i) {
                refused = !worker.post([] {});
                if (!refused) std::this_thread::yield();
            }
        });
        running.acquire();
        std::thread stopper([&] { worker.stop(); });
        go.release();
        stopper.join();
        QVERIFY(!worker.post([] {}));
    }

    void neverLeavesACallWaitingWhenItRacesWithTheStop() {
        for (int round = 0; round < 200; ++round) {
            Worker worker("race");
            std::atomic<bool> started = false;
            std::thread caller([&] {
                started = true;
                for (int i = 0; i < 50; ++i) worker.call([] {});
            });
            while (!started) std::this_thread::yield();
            worker.stop();
            caller.join();
        }
    }

    void hasAnEventLoopForTimers() {
        Worker worker("timers");
        std::counting_semaphore<> fired{0};
        worker.post([&] { QTimer::singleShot(1, worker.context(), [&] { fired.release(); }); });
        QVERIFY(fired.try_acquire_for(std::chrono::seconds(5)));
    }
};

class TestMailbox : public QObject {
    Q_OBJECT

private slots:
    void handsOverWhatHasGatheredAsOneBatchInOrder() {
        Worker worker("owner");
        std::counting_semaphore<> go{0};
        std::vector<std::vector<int>> batches;
        bool inside = true;
        Mailbox<int> mailbox(worker, [&](std::vector<int> batch) {
            batches.push_back(std::move(batch));
            inside = inside && worker.isCurrent();
        });
        worker.post([&] { go.acquire(); });
        for (int i = 0; i < 100; ++i) mailbox.push(i);
        mailbox.push(std::vector<int>{100, 101});
        mailbox.push(std::vector<int>{});
        go.release();
        worker.stop();
        QCOMPARE(batches.size(), std::size_t(1));
        QCOMPARE(batches.front().size(), std::size_t(102));
        QVERIFY(std::is_sorted(batches.front().begin(), batches.front().end()));
        QVERIFY(inside);
    }

    void takesAWholeVectorWhenItIsEmpty() {
        Worker worker("owner");
        std::vector<int> got;
        Mailbox<int> mailbox(worker,
                             [&](std::vector<int> batch) { got.insert(got.end(), batch.begin(), batch.end()); });
        mailbox.push(std::vector<int>{1, 2, 3});
        worker.stop();
        QCOMPARE(got, (std::vector<int>{1, 2, 3}));
    }

    void doesNotWakeItsOwnerForNothing() {
        Worker worker("owner");
        int batches = 0;
        Mailbox<int> mailbox(worker, [&](const std::vector<int>&) { ++batches; });
        mailbox.push(std::vector<int>{});
        worker.stop();
        QCOMPARE(batches, 0);
    }

    void maySendToItselfFromTheSink() {
        Worker worker("owner");
        std::counting_semaphore<> done{0};
        Mailbox<int>* again = nullptr;
        Mailbox<int> mailbox(worker, [&](const std::vector<int>& batch) {
            if (batch.front() < 10)
                again->push(batch.front() + 1);
            else
                done.release();
        });
        again = &mailbox;
        mailbox.push(0);
        QVERIFY(done.try_acquire_for(std::chrono::seconds(5)));
        worker.stop();
    }

    void losesNothingOfManyPushers() {
        constexpr int pushers = 4, each = 20'000;
        Worker worker("owner");
        std::array<int, pushers> next{};
        int got = 0, batches = 0;
        bool ordered = true;
        Mailbox<std::pair<int, int>> mailbox(worker, [&](const std::vector<std::pair<int, int>>& batch) {
            ++batches;
            for (const auto& [from, number] : batch) {
                ordered = ordered && next[static_cast<std::size_t>(from)]++ == number;
                ++got;
            }
        });
        std::vector<std::thread> threads;
        for (int from = 0; from < pushers; ++from)
            threads.emplace_back([&, from] {
                for (int number = 0; number < each; ++number) mailbox.push({from, number});
            });
        for (std::thread& thread : threads) thread.join();
        worker.stop();
        QCOMPARE(got, pushers * each);
        QVERIFY(ordered);
        QVERIFY(batches <= got);
    }
};

int main(int argc, char** argv) {
    QCoreApplication application(argc, argv);
    TestWorker worker;
    TestMailbox mailbox;
    return QTest::qExec(&worker, argc, argv) | QTest::qExec(&mailbox, argc, argv);
}
#include "tst_worker.moc"
