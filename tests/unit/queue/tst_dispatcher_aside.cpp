// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/reason.h"
#include "engine/queue/dispatcher.h"
#include "engine/security/key_source.h"
#include "engine/smtp/sandbox/server.h"
#include "engine/store/accounts.h"
#include "engine/store/actions.h"
#include "engine/store/ledger.h"
#include "engine/store/pauses.h"
#include "engine/store/settings.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>
#include <semaphore>

using namespace postroom;
using namespace postroom::queue;
using namespace std::chrono_literals;

namespace {

constexpr Milliseconds day = 24h;
// Other tests may have the processors.
constexpr int patience_ms = 60'000;

/// A clock that a test can set; it goes on by itself.
class SetClock final : public Clock {
public:
    [[nodiscard]] TimePoint now() const override { return SystemClock{}.now() + m_ahead.load(); }
    [[nodiscard]] SteadyPoint steady() const override { return SystemClock{}.steady(); }
    void set(Milliseconds by) { m_ahead.store(m_ahead.load() + by); }

private:
    std::atomic<Milliseconds> m_ahead{0ms};
};

}  // namespace

/// What is due and must not leave: for a pause, for coming too late, and what a wrong clock makes of it. The mail
/// server is the sandbox's, behind an account as any other.
class TestDispatcherAside : public QObject {
    Q_OBJECT

    struct Engine {
        QTemporaryDir folder;
        std::string path = folder.path().toStdString();
        SetClock clock;
        SystemClock real;
        Slots slotFile = Slots::open(path + "/slots", "boot").value();
        StoredFiles files{path + "/attachments"};
        security::FileKeySource key{path};
        security::Vault vault = security::openVault(key, path).value();
        observe::Metrics metrics;
        observe::EventRing events{"abc"};
        observe::Tally tally;
        RuleBook rules{path, clock};
        SuppressionSieve suppressions;
        Worker writing{"writer"}, queue{"queue"}, smtp{"smtp"}, serving{"server"};
        store::Location location = store::Location::parse("", path).value();
        store::Writer writer{writing, location};
        store::Readers readers{location, 1};
        MailSigner signer{files, clock};
        Worker keeping{"sent-log"};
        SentLog sentLog{keeping, vault.derive(sentLogPurpose), metrics, {.folder = path}};
        Worker web{"web"};
        Grants grants{{.web = web, .writer = writer, .vault = vault, .clock = clock}, {}};
        std::unique_ptr<smtp::sandbox::Server> server;
        std::uint16_t port = 0;
        std::unique_ptr<Dispatcher> dispatcher;

        Engine() {
            if (!writer.open() || !readers.open() || !rules.reload()) qFatal("no store");
            suppressions.load(readers);
            serving.call([&] {
                server = std::make_unique<smtp::sandbox::Server>(real, path + "/sandbox",
                                                                 smtp::sandbox::Limits{.mails = 100'000});
                port = server->start().value();
            });
        }
        void start(DispatcherSettings settings = {}) {
            slotFile.begin();
            settings.zone = "UTC";
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
            dispatcher->start();
        }
        void stop() {
            if (!dispatcher) return;
            std::counting_semaphore<> done{0};
            dispatcher->stop(0ms, [&] { done.release(); });
            done.acquire();
            dispatcher.reset();
        }
        ~Engine() {
            stop();
            readers.stop();
            writer.stop();
            serving.call([&] { server.reset(); });
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
        std::size_t arrived() {
            std::size_t count = 0;
            serving.call([&] { count = server->count(); });
            return count;
        }
    };
    std::unique_ptr<Engine> m_engine;

    struct Wish {
        int count = 1;
        std::string templateName = {};
        std::string recipient = "a@one.test";
        Milliseconds dueIn = 0ms;  ///< from now
        contract::State status = contract::State::Queued;
    };
    void write(std::function<Result<void>(store::Transaction&)> apply) {
        const auto written = m_engine->writer.wait(std::move(apply));
        if (!written) qFatal("%s", written.error().text().c_str());
    }
    // Their ids, the first accepted first.
    std::vector<Id> queued(const Wish& wish) {
        const TimePoint now = m_engine->clock.now();
        std::vector<Id> ids;
        content::Composition mail;
        mail.head = "Subject: x\r\n";
        mail.body.push_back({.literal = "0123456789\r\n", .storedAs = {}, .size_bytes = 0});
        const store::BodyRecord body = packBody(mail);
        write([&](store::Transaction& transaction) -> Result<void> {
            for (int i = 0; i < wish.count; ++i) {
                store::MessageRecord message;
                message.id = makeId(now);
                message.createdAt = now;
                message.expiresAt = now + 100 * day;
                message.recipients = 1;
                message.size_bytes = 24;
                message.templateName = wish.templateName;
                store::DeliveryRecord delivery;
                delivery.id = makeId(now);
                delivery.messageId = message.id;
                delivery.recipient = wish.recipient;
                delivery.lane = "*";
                delivery.status = wish.status;
                delivery.dueAt = now + wish.dueIn;
                delivery.updatedAt = now;
                if (auto done = store::messages::insert(transaction, message, body, {delivery}); !done) return done;
                ids.push_back(message.id);
            }
            return {};
        });
        return ids;
    }
    // The server as an account.
    void addAccount(std::optional<std::int64_t> ratePerMinute = {}, bool isActive = true) {
        store::AccountRecord account;
        account.id = makeId(m_engine->clock.now());
        account.email = "sender@example.com";
        account.smtpHost = "127.0.0.1";
        account.smtpPort = m_engine->port;
        account.security = contract::Security::None;
        account.ratePerMinute = ratePerMinute;
        account.isActive = isActive;
        account.createdAt = account.updatedAt = m_engine->clock.now();
        write([&](store::Transaction& transaction) { return store::accounts::insert(transaction, account); });
    }
    // It has read what the database says at the start, and what is paused there.
    void awaitBegin() {
        read<bool>([](store::Connection&) { return true; });
        m_engine->look();
    }
    void pause(const policy::Pauses& pauses) {
        std::counting_semaphore<> done{0};
        m_engine->dispatcher->setPauses(pauses, [&] { done.release(); });
        done.acquire();
    }
    template <typename Value>
    Value read(const std::function<Value(store::Connection&)>& ask) {
        std::counting_semaphore<> done{0};
        Value value{};
        m_engine->readers.submit([&](store::Connection& connection) {
            value = ask(connection);
            done.release();
        });
        done.acquire();
        return value;
    }
    store::DeliveryRecord deliveryOf(const Id& message) {
        return read<store::DeliveryRecord>(
            [&](store::Connection& connection) { return store::messages::deliveries(connection, message)->front(); });
    }
    // "sent", "held message.too_late".
    std::string stateOf(const Id& message) {
        const auto row = deliveryOf(message);
        std::string out{contract::name(row.status)};
        if (row.status != contract::State::Sent && !row.reason.empty()) out += " " + row.reason;
        return out;
    }
    std::map<std::string, std::int64_t> lanes() {
        return read<std::map<std::string, std::int64_t>>([](store::Connection& connection) {
            std::map<std::string, std::int64_t> out;
            const auto found = store::messages::dueLanes(connection).value();
            for (const auto& lane : found) out[lane.lane] = lane.queued;
            return out;
        });
    }
    bool isBalanced() {
        return read<bool>([](store::Connection& connection) {
            auto kept = store::ledger::readCounters(connection).value();
            auto counted = store::ledger::recount(connection).value();
            // What has come back to nothing is still there with its nought.
            for (auto* counters : {&kept, &counted})
                std::erase_if(*counters, [](const auto& counter) { return counter.second == 0; });
            return store::ledger::imbalance(connection).value() == 0 && kept == counted;
        });
    }

private slots:
    void init() { m_engine = std::make_unique<Engine>(); }
    void cleanup() { m_engine.reset(); }

    // Ten times as much as there is room for, and what is not paused is the last of it.
    void letsTheRestLeaveBeforeWhatIsPaused_data() {
        QTest::addColumn<bool>("isDomain");
        QTest::newRow("of a template") << false;
        QTest::newRow("to a domain") << true;
    }
    void letsTheRestLeaveBeforeWhatIsPaused() {
        QFETCH(bool, isDomain);
        const std::string name = isDomain ? "slow.test" : "bulk";
        const std::string park = (isDomain ? "paused:domain:" : "paused:template:") + name;
        queued(isDomain ? Wish{.count = 1000, .recipient = "a@Slow.test"}
                        : Wish{.count = 1000, .templateName = "bulk"});
        const auto rest = queued({.count = 20, .templateName = "welcome"});
        addAccount();
        write([&](store::Transaction& transaction) -> Result<void> {
            const auto set = store::pauses::set(
                transaction, {isDomain ? "domain" : "template", name, m_engine->clock.now(), "a test", ""});
            if (!set) return fail(set.error());
            return {};
        });
        DispatcherSettings settings;
        settings.window = 100;
        m_engine->start(settings);
        // It is known before the first mail leaves.
        QTRY_COMPARE_WITH_TIMEOUT(m_engine->arrived(), std::size_t{20}, patience_ms);
        for (const Id& message : rest) QTRY_COMPARE_WITH_TIMEOUT(stateOf(message), std::string("sent"), patience_ms);
        const std::map<std::string, std::int64_t> parked{{park, 1000}};
        QTRY_COMPARE_WITH_TIMEOUT(lanes(), parked, patience_ms);
        QTRY_COMPARE_WITH_TIMEOUT(m_engine->look().inMemory, std::size_t{0}, patience_ms);
        QCOMPARE(m_engine->arrived(), std::size_t{20});
        QVERIFY(isBalanced());

        // The next run finds it, and one whose pause ended meanwhile brings it back.
        m_engine->stop();
        m_engine->start(settings);
        awaitBegin();
        QCOMPARE(lanes(), parked);
        pause({});
        QTRY_COMPARE_WITH_TIMEOUT(m_engine->arrived(), std::size_t{1020}, patience_ms);
        QTRY_VERIFY_WITH_TIMEOUT(lanes().empty(), patience_ms);
        QVERIFY(isBalanced());
    }

    void bringsNothingBackThatIsPausedAgain() {
        addAccount();
        m_engine->start();
        awaitBegin();
        const policy::Pauses paused{.everything = false, .accounts = {}, .templates = {"bulk"}, .domains = {}};
        pause(paused);
        queued({.count = 300, .templateName = "bulk"});
        m_engine->dispatcher->lookAgain(makeId({}), "*");
        const std::map<std::string, std::int64_t> parked{{"paused:template:bulk", 300}};
        QTRY_COMPARE_WITH_TIMEOUT(lanes(), parked, patience_ms);
        for (int i = 0; i < 20; ++i) {
            pause({});
            pause(paused);
        }
        // Whatever has left by then, the rest is parked and nothing else is on its way.
        QTRY_COMPARE_WITH_TIMEOUT(lanes().size(), std::size_t{lanes()["paused:template:bulk"] > 0 ? 1U : 0U},
                                  patience_ms);
        QTRY_COMPARE_WITH_TIMEOUT(m_engine->look().inMemory, std::size_t{0}, patience_ms);
        pause({});
        QTRY_COMPARE_WITH_TIMEOUT(m_engine->arrived(), std::size_t{300}, patience_ms);
        QVERIFY(isBalanced());
    }

    void keepsOneRecipientOfTwoBack() {
        addAccount();
        const TimePoint now = m_engine->clock.now();
        store::MessageRecord message;
        message.id = makeId(now);
        message.createdAt = now;
        message.expiresAt = now + day;
        message.recipients = 2;
        std::vector<store::DeliveryRecord> deliveries(2);
        for (std::size_t i = 0; i < 2; ++i) {
            deliveries[i].id = makeId(now);
            deliveries[i].messageId = message.id;
            deliveries[i].recipient = i == 0 ? "a@slow.test" : "a@quick.test";
            deliveries[i].lane = "*";
            deliveries[i].dueAt = deliveries[i].updatedAt = now;
        }
        content::Composition mail;
        mail.body.push_back({.literal = "0123456789\r\n", .storedAs = {}, .size_bytes = 0});
        write([&](store::Transaction& transaction) {
            return store::messages::insert(transaction, message, packBody(mail), deliveries);
        });
        write([&](store::Transaction& transaction) -> Result<void> {
            const auto set = store::pauses::set(transaction, {"domain", "slow.test", now, "a test", ""});
            if (!set) return fail(set.error());
            return {};
        });
        m_engine->start();
        const std::map<std::string, std::int64_t> parked{{"paused:domain:slow.test", 1}};
        QTRY_COMPARE_WITH_TIMEOUT(m_engine->arrived(), std::size_t{1}, patience_ms);
        QTRY_COMPARE_WITH_TIMEOUT(lanes(), parked, patience_ms);
        pause({});
        QTRY_COMPARE_WITH_TIMEOUT(m_engine->arrived(), std::size_t{2}, patience_ms);
    }

    void judgesMailThatNoEngineWasThereFor_data() {
        QTest::addColumn<int>("rule");
        QTest::addColumn<qint64>("absent_h");
        QTest::addColumn<qint64>("dueBefore_h");  // the start
        QTest::addColumn<std::string>("state");
        const auto row = [](const char* name, policy::LateMail rule, int absent, int dueBefore, const char* state) {
            QTest::newRow(name) << static_cast<int>(rule) << qint64{absent} << qint64{dueBefore} << std::string(state);
        };
        using enum policy::LateMail;
        row("send", Send, 72, 60, "sent");
        row("ask", Ask, 72, 60, "held message.too_late");
        row("skip", Skip, 72, 60, "expired message.too_late");
        row("due before it went", Ask, 72, 100, "held message.too_late");
        row("not so late", Ask, 72, 20, "sent");
        row("not long away", Ask, 20, 60, "sent");
        row("no word of before", Ask, 0, 60, "sent");
    }
    void judgesMailThatNoEngineWasThereFor() {
        QFETCH(int, rule);
        QFETCH(qint64, absent_h);
        QFETCH(qint64, dueBefore_h);
        QFETCH(std::string, state);
        addAccount();
        const Id message = queued({.dueIn = -std::chrono::hours{dueBefore_h}}).front();
        if (absent_h > 0)
            write([&](store::Transaction& transaction) {
                return store::meta::set(transaction, "engine_seen_at",
                                        toIso(m_engine->clock.now() - std::chrono::hours{absent_h}));
            });
        DispatcherSettings settings;
        settings.lateMail = static_cast<policy::LateMail>(rule);
        m_engine->start(settings);
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(message), state, patience_ms);
        QTRY_COMPARE_WITH_TIMEOUT(m_engine->look().inMemory, std::size_t{0}, patience_ms);
        QVERIFY(isBalanced());
        // Whoever releases it sends it, and the next run does not ask again.
        if (!state.starts_with("held")) return;
        write([&](store::Transaction& transaction) -> Result<void> {
            const auto released = store::actions::release(transaction, message, m_engine->clock.now());
            if (!released) return fail(released.error());
            return {};
        });
        m_engine->stop();
        m_engine->start(settings);
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(message), std::string("sent"), patience_ms);
    }

    // Mail that an absence made late is asked about, over however many short ones it waits after that.
    void remembersAnAbsenceOverTheNextStart() {
        addAccount({}, false);
        write([&](store::Transaction& transaction) {
            return store::meta::set(transaction, "engine_seen_at", toIso(m_engine->clock.now() - 3 * day));
        });
        DispatcherSettings settings;
        settings.lateMail = policy::LateMail::Ask;
        m_engine->start(settings);
        awaitBegin();
        m_engine->stop();
        const Id message = queued({.dueIn = -2 * day}).front();
        m_engine->start(settings);
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(message), std::string("held message.too_late"), patience_ms);
    }

    void asksNothingAboutWhatWasPausedMeanwhile() {
        addAccount();
        queued({.count = 3, .dueIn = -2 * day});
        write([&](store::Transaction& transaction) -> Result<void> {
            const auto set = store::pauses::set(transaction, {"queue", "", m_engine->clock.now(), "a test", ""});
            if (!set) return fail(set.error());
            return store::meta::set(transaction, "engine_seen_at", toIso(m_engine->clock.now() - 3 * day));
        });
        DispatcherSettings settings;
        settings.lateMail = policy::LateMail::Ask;
        m_engine->start(settings);
        awaitBegin();
        pause({});
        QTRY_COMPARE_WITH_TIMEOUT(m_engine->arrived(), std::size_t{3}, patience_ms);
    }

    void judgesWhatWaitedThroughASleep() {
        DispatcherSettings settings;
        settings.lateMail = policy::LateMail::Ask;
        m_engine->start(settings);
        const Id late = queued({}).front();
        m_engine->dispatcher->lookAgain(late, "*");
        QTRY_COMPARE_WITH_TIMEOUT(m_engine->look().inMemory, std::size_t{1}, patience_ms);
        m_engine->clock.set(3 * day);
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(late), std::string("held message.too_late"), patience_ms);
        // What comes after it is in time.
        addAccount();
        const Id next = queued({}).front();
        m_engine->stop();
        m_engine->start(settings);
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(next), std::string("sent"), patience_ms);
        QCOMPARE(stateOf(late), std::string("held message.too_late"));
    }

    void waitsNoLongerWhenTheClockIsSetBack_data() {
        QTest::addColumn<bool>("running");
        QTest::newRow("while it runs") << true;
        QTest::newRow("while it is off") << false;
    }
    void waitsNoLongerWhenTheClockIsSetBack() {
        QFETCH(bool, running);
        addAccount();
        m_engine->clock.set(1000h);  // wrong
        m_engine->start();
        awaitBegin();
        const Id soon = queued({.dueIn = 3s}).front(), later = queued({.dueIn = 2h}).front();
        const TimePoint laterAt = deliveryOf(later).dueAt;
        // At a time that somebody has said: by the right clock.
        const Id scheduled = queued({.dueIn = -999h, .status = contract::State::Scheduled}).front();
        m_engine->dispatcher->lookAgain(soon, "*");
        if (!running) m_engine->stop();
        m_engine->clock.set(-1000h);
        if (!running) m_engine->start();
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(soon), std::string("sent"), patience_ms);
        QCOMPARE(stateOf(later), std::string("queued"));
        const auto early = std::chrono::abs(deliveryOf(later).dueAt - (laterAt - 1000h));
        QVERIFY2(early < 5s, std::to_string(early.count()).c_str());
        QCOMPARE(stateOf(scheduled), std::string("scheduled"));
        QCOMPARE(m_engine->arrived(), std::size_t{1});
    }

    // All of it due in the same second, found after a start: the account keeps its rate, and memory its bounds.
    void keepsToTheRateOfAnAccountInAStorm() {
        addAccount(600);  // ten a second
        queued({.count = 20'000});
        DispatcherSettings settings;
        settings.window = 2000;
        m_engine->start(settings);
        QElapsedTimer since;
        since.start();
        std::size_t most = 0;
        while (since.elapsed() < 4000) {
            const auto look = m_engine->look();
            most = std::max(most, look.inMemory);
            QVERIFY2(look.flights <= 10, std::to_string(look.flights).c_str());
            QTest::qWait(20);
        }
        const auto arrived = m_engine->arrived();
        const auto may = static_cast<std::size_t>(since.elapsed() / 100 + 20);
        QVERIFY2(arrived > 10 && arrived <= may, std::to_string(arrived).c_str());
        QVERIFY2(most > 100 && most <= 2000, std::to_string(most).c_str());
    }
};

QTEST_GUILESS_MAIN(TestDispatcherAside)
#include "tst_dispatcher_aside.moc"
