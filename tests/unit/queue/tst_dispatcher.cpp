// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/dispatcher.h"

#include "engine/policy/reason.h"
#include "engine/security/key_source.h"
#include "engine/store/accounts.h"
#include "engine/store/ledger.h"
#include "engine/store/suppressions.h"

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
        SuppressionSieve suppressions;
        Worker writing{"writer"}, queue{"queue"}, smtp{"smtp"};
        store::Location location = store::Location::parse("", path).value();
        store::Writer writer{writing, location};
        store::Readers readers{location, 1};
        RuleBook rules{path, clock};
        MailSigner signer{files, clock};
        Worker keeping{"sent-log"};
        SentLog sentLog{keeping, vault.derive(sentLogPurpose), metrics, {.folder = path}};
        Worker web{"web"};
        Grants grants{{.web = web, .writer = writer, .vault = vault, .clock = clock}, {}};
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
                                                                        .suppressions = suppressions,
                                                                        .grants = grants,
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

    // Mail that waits for an account whose server never says a word.
    std::vector<store::DeliveryRecord> queuedFor(const std::vector<std::string>& recipients) {
        const TimePoint now = std::chrono::floor<Milliseconds>(m_engine->clock.now());
        store::AccountRecord account;
        account.id = makeId(now);
        account.email = "sender@example.com";
        account.smtpHost = "127.0.0.1";
        account.smtpPort = m_engine->silent.serverPort();
        account.security = contract::Security::None;
        account.createdAt = account.updatedAt = now;
        store::MessageRecord message;
        message.id = makeId(now);
        message.createdAt = now;
        message.expiresAt = now + 1h;
        message.recipients = static_cast<int>(recipients.size());
        message.size_bytes = 10;
        std::vector<store::DeliveryRecord> deliveries(recipients.size());
        for (std::size_t i = 0; i < recipients.size(); ++i) {
            deliveries[i].id = makeId(now);
            deliveries[i].messageId = message.id;
            deliveries[i].recipient = recipients[i];
            deliveries[i].lane = "*";
            deliveries[i].dueAt = deliveries[i].updatedAt = now;
        }
        content::Composition mail;
        mail.body.push_back({.literal = "0123456789", .storedAs = {}, .size_bytes = 0});
        const auto inserted = m_engine->writer.wait([&](store::Transaction& transaction) -> Result<void> {
            if (auto done = store::accounts::insert(transaction, account); !done) return done;
            return store::messages::insert(transaction, message, packBody(mail), deliveries);
        });
        if (!inserted) qFatal("%s", inserted.error().text().c_str());
        return deliveries;
    }
    void suppress(const std::string& address, std::optional<TimePoint> expiresAt = {}) {
        const TimePoint now = m_engine->clock.now();
        const auto added = m_engine->writer.wait([&](store::Transaction& transaction) -> Result<void> {
            const auto done = store::suppressions::insert(
                transaction,
                {.id = makeId(now), .address = address, .reason = "manual", .createdAt = now, .expiresAt = expiresAt},
                now);
            if (!done) return fail(done.error());
            return {};
        });
        if (!added) qFatal("%s", added.error().text().c_str());
    }
    // "queued failed=recipient.suppressed" in the order of the deliveries, and the ledger balances.
    std::string statesOf(const std::vector<store::DeliveryRecord>& deliveries) {
        std::string out;
        std::counting_semaphore<> done{0};
        m_engine->readers.submit([&](store::Connection& connection) {
            const auto rows = store::messages::deliveries(connection, deliveries.front().messageId).value();
            for (const auto& row : rows) {
                out.append(out.empty() ? "" : " ").append(contract::name(row.status));
                if (!row.reason.empty()) out.append("=").append(row.reason);
            }
            if (store::ledger::imbalance(connection).value() != 0) out += " out of balance";
            if (store::ledger::readCounters(connection).value() != store::ledger::recount(connection).value())
                out += " miscounted";
            done.release();
        });
        done.acquire();
        return out;
    }

private slots:
    void cleanup() { m_engine.reset(); }

    void failsWhoIsSuppressedWhenHeIsAboutToBeSentTo() {
        m_engine = std::make_unique<Engine>(DispatcherSettings{});
        const auto deliveries = queuedFor({"a@one.test", "Bob@two.test", "c@gone.test"});
        suppress("bob@two.test");
        suppress("*@gone.test");
        m_engine->suppressions.load(m_engine->readers);
        QTRY_VERIFY(m_engine->suppressions.isLoaded());
        m_engine->dispatcher->start();
        QTRY_COMPARE(statesOf(deliveries),
                     std::string("queued failed=recipient.suppressed failed=recipient.suppressed"));
        QTRY_COMPARE(m_engine->look().flights, std::size_t{1});
        QCOMPARE(m_engine->look().inMemory, std::size_t{1});
        QVERIFY(m_engine->metrics.render().find("postroom_suppressed_total 2\n") != std::string::npos);
    }

    // Of a suppression that has ended, of one that was removed, and before all are read, the sieve only says "maybe".
    void sendsToWhoIsOnlySuspected_data() {
        QTest::addColumn<bool>("loaded");
        QTest::newRow("after the sieve is filled") << true;
        QTest::newRow("before") << false;
    }
    void sendsToWhoIsOnlySuspected() {
        QFETCH(bool, loaded);
        m_engine = std::make_unique<Engine>(DispatcherSettings{});
        const auto deliveries = queuedFor({"a@one.test", "b@two.test", "c@three.test"});
        suppress("a@one.test", m_engine->clock.now() - 1s);
        m_engine->suppressions.add("b@two.test");
        if (loaded) m_engine->suppressions.load(m_engine->readers);
        if (loaded) QTRY_VERIFY(m_engine->suppressions.isLoaded());
        m_engine->dispatcher->start();
        // c is above suspicion and leaves at once; the others follow in a transaction of their own.
        QTRY_COMPARE(m_engine->look().flights, std::size_t{loaded ? 2U : 1U});
        QCOMPARE(statesOf(deliveries), std::string("queued queued queued"));
        QCOMPARE(m_engine->look().inMemory, std::size_t{3});
    }

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
