// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/messages.h"
#include "engine/upkeep/attachment_sweep.h"

#include <QTemporaryDir>
#include <QTest>
#include <semaphore>

using namespace postroom;
using namespace postroom::upkeep;
using namespace std::chrono_literals;

namespace {

const TimePoint today = std::chrono::floor<Milliseconds>(SystemClock{}.now());

class TestClock final : public Clock {
public:
    [[nodiscard]] TimePoint now() const override { return today; }
    [[nodiscard]] SteadyPoint steady() const override { return {}; }
};

}  // namespace

class TestAttachmentSweep : public QObject {
    Q_OBJECT

    struct Engine {
        QTemporaryDir folder;
        TestClock clock;
        Worker writing{"writer"}, worker{"upkeep"};
        store::Location location = store::Location::parse("", folder.path().toStdString()).value();
        store::Writer writer{writing, location};
        store::Readers readers{location, 1};
        queue::StoredFiles files{folder.path().toStdString() + "/attachments"};
        std::unique_ptr<AttachmentSweep> sweep;

        Engine() {
            if (!writer.open() || !readers.open()) qFatal("no store");
            worker.call([&] {
                sweep = std::make_unique<AttachmentSweep>(AttachmentSweep::Parts{.worker = worker,
                                                                                 .writer = writer,
                                                                                 .readers = readers,
                                                                                 .clock = clock,
                                                                                 .files = files,
                                                                                 .keptFor = std::chrono::days{7},
                                                                                 .youngest = -1h});
            });
        }
        ~Engine() {
            worker.call([&] { sweep->stop(); });
            readers.stop();
            writer.stop();
            worker.call([] {});
            worker.call([&] { sweep.reset(); });
        }
    };
    std::unique_ptr<Engine> m_engine;

    int sweep() {
        std::counting_semaphore<> ready{0};
        int removed = -1;
        m_engine->sweep->sweep([&](int count) {
            removed = count;
            ready.release();
        });
        ready.acquire();
        return removed;
    }
    std::string keep(const std::string& content) { return *m_engine->files.keep(content).value(); }
    [[nodiscard]] bool isThere(const std::string& name) { return m_engine->files.open(name).has_value(); }
    void upload(const std::string& name, std::chrono::days ago) {
        const TimePoint at = today - ago;
        const auto added = m_engine->writer.wait([&](store::Transaction& transaction) {
            return store::files::addUpload(transaction, {.id = makeId(at),
                                                         .storedAs = name,
                                                         .filename = "a",
                                                         .contentType = "text/plain",
                                                         .size_bytes = 3,
                                                         .keyId = {},
                                                         .createdAt = at,
                                                         .usedAt = at});
        });
        QVERIFY2(added, added ? "" : added.error().text().c_str());
    }
    void send(const std::string& name, contract::State status, std::chrono::days ago) {
        const TimePoint at = today - ago;
        store::MessageRecord message;
        message.id = makeId(at);
        message.createdAt = at;
        message.status = status;
        message.recipients = 1;
        store::DeliveryRecord delivery;
        delivery.id = makeId(at);
        delivery.messageId = message.id;
        delivery.recipient = "a@example.com";
        delivery.status = status;
        delivery.lane = "*";
        delivery.dueAt = delivery.updatedAt = at;
        const auto inserted = m_engine->writer.wait([&](store::Transaction& transaction) -> Result<void> {
            if (auto done = store::messages::insert(transaction, message, {"x", "[1]"}, {delivery}); !done) return done;
            return store::files::use(transaction, message.id, {name});
        });
        QVERIFY2(inserted, inserted ? "" : inserted.error().text().c_str());
    }

private slots:
    void init() { m_engine = std::make_unique<Engine>(); }
    void cleanup() { m_engine.reset(); }

    void removesOnlyWhatNobodyNeeds() {
        using contract::State;
        const std::string orphan = keep("orphan"), uploaded = keep("uploaded"), forgotten = keep("forgotten"),
                          waiting = keep("waiting"), fresh = keep("fresh"), done = keep("done"),
                          shared = keep("shared");
        upload(uploaded, std::chrono::days{6});
        upload(forgotten, std::chrono::days{8});
        // However old: it still has to be sent.
        send(waiting, State::Queued, std::chrono::days{100});
        send(fresh, State::Sent, std::chrono::days{6});
        send(done, State::Sent, std::chrono::days{8});
        send(shared, State::Failed, std::chrono::days{8});
        send(shared, State::Held, std::chrono::days{8});
        QCOMPARE(sweep(), 3);
        for (const auto& name : {uploaded, waiting, fresh, shared}) QVERIFY(isThere(name));
        for (const auto& name : {orphan, forgotten, done}) QVERIFY(!isThere(name));
        QCOMPARE(sweep(), 0);
    }

    void leavesAFileThatASendIsAboutToNeed() {
        auto hold = m_engine->files.keep("abc").value();
        const std::string name = *hold;
        QCOMPARE(sweep(), 0);
        send(name, contract::State::Queued, std::chrono::days{0});
        hold.reset();
        QCOMPARE(sweep(), 0);
        QVERIFY(isThere(name));
    }

    void removesWhatAMessageNeededThatIsGone() {
        const std::string name = keep("gone");
        send(name, contract::State::Queued, std::chrono::days{0});
        const auto removed = m_engine->writer.wait([](store::Transaction& transaction) {
            return transaction.connection().run("DELETE FROM message_records");
        });
        QVERIFY(removed);
        QCOMPARE(sweep(), 1);
        QVERIFY(!isThere(name));
    }

    // What is needed may stand before it, and be more than a page.
    void findsWhatNobodyNeedsBehindMuchThatIsNeeded() {
        for (int i = 0; i < 450; ++i)
            send(std::string(60, '0') + std::to_string(1000 + i), contract::State::Queued, std::chrono::days{9});
        const std::string done = keep("done");
        send(done, contract::State::Sent, std::chrono::days{9});
        QCOMPARE(sweep(), 1);
    }

    void endsInTheMiddleOfASweep() {
        for (int round = 0; round < 20; ++round) {
            for (int i = 0; i < 20; ++i) upload(keep("up" + std::to_string(i)), std::chrono::days{8});
            m_engine->sweep->sweep();
            // A different step each time.
            for (int i = 0; i < round; ++i) m_engine->worker.call([] {});
            m_engine = std::make_unique<Engine>();
        }
        bool isRunning = false;
        m_engine->worker.call([&] { m_engine->sweep->stop(); });
        m_engine->sweep->sweep([&](int) { isRunning = true; });
        m_engine->worker.call([] {});
        m_engine->readers.stop();
        m_engine->writer.stop();
        m_engine->worker.call([] {});
        QVERIFY(!isRunning);
    }

    void goesThroughMoreThanAPage() {
        for (int i = 0; i < 250; ++i) {
            const std::string name = keep("done" + std::to_string(i));
            send(name, contract::State::Sent, std::chrono::days{8});
        }
        for (int i = 0; i < 250; ++i) upload(keep("up" + std::to_string(i)), std::chrono::days{8});
        QCOMPARE(sweep(), 500);
    }
};

QTEST_GUILESS_MAIN(TestAttachmentSweep)
#include "tst_attachment_sweep.moc"
