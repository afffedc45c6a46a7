// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/dispatcher.h"

#include "engine/security/key_source.h"

#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>
#include <semaphore>

using namespace postroom;
using namespace postroom::queue;
using namespace std::chrono_literals;

/// What the dispatcher takes into memory of mail that waits in the database, before a sandbox that never says a word.
class TestDispatcher : public QObject {
    Q_OBJECT

    struct Engine {
        QTemporaryDir folder;
        std::string path = folder.path().toStdString();
        QTcpServer silent;
        SystemClock clock;
        Slots slotFile = Slots::open(path + "/slots", "boot").value();
        StoredFiles files{path + "/attachments"};
        security::FileKeySource key{path};
        security::Vault vault = security::openVault(key, path).value();
        observe::Metrics metrics;
        observe::EventRing events{"abc"};
        observe::Tally tally;
        Worker writing{"writer"}, queue{"queue"}, smtp{"smtp"};
        store::Location location = store::Location::parse("", path).value();
        store::Writer writer{writing, location};
        store::Readers readers{location, 1};
        RuleBook rules{path, clock};
        MailSigner signer{files, clock};
        Worker keeping{"sent-log"};
        SentLog sentLog{keeping, vault.derive(sentLogPurpose), metrics, {.folder = path}};
        std::unique_ptr<Dispatcher> dispatcher;

        explicit Engine(DispatcherSettings settings) {
            if (!writer.open() || !readers.open() || !silent.listen(QHostAddress::LocalHost)) qFatal("no store");
            slotFile.begin();
            settings.zone = "UTC";
            settings.sandboxPort = silent.serverPort();
            dispatcher = std::make_unique<Dispatcher>(Dispatcher::Parts{.queue = queue,
                                                                        .smtp = smtp,
                                                                        .writer = writer,
                                                                        .readers = readers,
                                                                        .slotFile = slotFile,
                                                                        .files = files,
                                                                        .vault = vault,
                                                                        .rules = rules,
                                                                        .sentLog = sentLog,
                                                                        .signer = signer,
                                                                        .clock = clock,
                                                                        .metrics = metrics,
                                                                        .events = events,
                                                                        .tally = tally},
                                                      settings);
        }
        ~Engine() {
            std::counting_semaphore<> done{0};
            dispatcher->stop(0ms, [&] { done.release(); });
            done.acquire();
            readers.stop();
            writer.stop();
            dispatcher.reset();
        }
        Dispatcher::Look look() {
            std::counting_semaphore<> done{0};
            Dispatcher::Look seen;
            dispatcher->look({}, [&](Dispatcher::Look look) {
                seen = std::move(look);
                done.release();
            });
            done.acquire();
            return seen;
        }
        // What was asked of the reader before has been read, and the dispatcher has it.
        void awaitReader() {
            std::counting_semaphore<> done{0};
            readers.submit([&](store::Connection&) { done.release(); });
            done.acquire();
        }
    };
    std::unique_ptr<Engine> m_engine;

    // Mail of so many bytes that waits for the sandbox, as if it came back from a person's hands.
    Id queued(int priority, std::size_t size_bytes) {
        const TimePoint now = std::chrono::floor<Milliseconds>(m_engine->clock.now());
        store::MessageRecord message;
        message.id = makeId(now);
        message.createdAt = now;
        message.expiresAt = now + 1h;
        message.sandbox = true;
        message.recipients = 1;
        message.priority = priority;
        message.size_bytes = static_cast<std::int64_t>(size_bytes);
        store::DeliveryRecord delivery;
        delivery.id = makeId(now);
        delivery.messageId = message.id;
        delivery.recipient = "a@example.com";
        delivery.lane = "sandbox";
        delivery.dueAt = delivery.updatedAt = now;
        content::Composition mail;
        mail.body.push_back({.literal = std::string(size_bytes - 2, 'x'), .storedAs = {}, .size_bytes = 0});
        const auto inserted = m_engine->writer.wait([&](store::Transaction& transaction) {
            return store::messages::insert(transaction, message, packBody(mail), {delivery});
        });
        if (!inserted) qFatal("%s", inserted.error().text().c_str());
        return message.id;
    }

private slots:
    void cleanup() { m_engine.reset(); }

    void readsNoMoreBodiesThanItHasConnections() {
        DispatcherSettings settings;
        settings.maxConnections = 2;
        settings.bodyBudget_bytes = 0;
        m_engine = std::make_unique<Engine>(settings);
        for (int i = 0; i < 20; ++i) queued(0, 10'000);
        m_engine->dispatcher->start();
        QTRY_COMPARE(m_engine->look().flights, std::size_t{2});
        m_engine->awaitReader();
        const auto look = m_engine->look();
        QCOMPARE(look.inMemory, std::size_t{20});
        QCOMPARE(look.bodies_bytes, std::int64_t{20'000});
    }

    void makesRoomForWhatAPersonReleasedBeforeWhatIsInMemory() {
        DispatcherSettings settings;
        settings.maxConnections = 0;
        settings.window = 8;
        m_engine = std::make_unique<Engine>(settings);
        for (int i = 0; i < 9; ++i) queued(0, 1000);
        m_engine->dispatcher->start();
        QTRY_COMPARE(m_engine->look().bodies_bytes, std::int64_t{4000});
        const Id urgent = queued(9, 50'000);
        m_engine->dispatcher->lookAgain(urgent, "sandbox");
        QTRY_COMPARE(m_engine->look().bodies_bytes, std::int64_t{53'000});
        // And not what goes after it.
        m_engine->dispatcher->lookAgain(queued(0, 70'000), "sandbox");
        m_engine->look();
        m_engine->awaitReader();
        QCOMPARE(m_engine->look().bodies_bytes, std::int64_t{53'000});
    }
};

QTEST_GUILESS_MAIN(TestDispatcher)
#include "tst_dispatcher.moc"
