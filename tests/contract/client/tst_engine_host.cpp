// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine.h"

#include "engine/base/platform.h"

#include <atomic>
#include <filesystem>
#include <QElapsedTimer>
#include <QTest>
#include <semaphore>
#include <set>
#include <thread>

using namespace postroom;
using namespace postroom::client;
using namespace std::chrono_literals;
using test::patience;

namespace {

json::Object mail(const std::string& account) {
    return {{"to", "ann@example.com"}, {"subject", "s"}, {"text", "t"}, {"account", account}};
}

json::Object accountOn(int port) {
    return {{"email", "a@example.com"}, {"smtp_host", "127.0.0.1"}, {"smtp_port", port}, {"security", "none"}};
}

}  // namespace

class TestEngineHost : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_temporary;
    std::string m_folder;

    std::unique_ptr<host::EngineHost> started() {
        auto host = test::startEngine(m_folder);
        if (host) return std::move(*host);
        QTest::qFail(host.error().text().c_str(), __FILE__, __LINE__);
        return nullptr;
    }

private slots:
    void init() {
        m_temporary = std::make_unique<QTemporaryDir>();
        m_folder = m_temporary->path().toStdString() + "/data";
    }

    void leavesWordOfItselfWhileItRuns() {
        auto host = started();
        QVERIFY(host);
        const auto control = ControlFile::read(m_folder);
        QVERIFY2(control, control ? "" : control.error().text().c_str());
        QCOMPARE(control->url, host->url());
        QCOMPARE(control->pid, platform::processId());
        QCOMPARE(control->version, std::string(test::version));
        QVERIFY(control->token.size() >= 32);
        QVERIFY(!platform::readableByOthers(ControlFile::pathIn(m_folder)));
        host->stop(patience);
        QVERIFY(ControlFile::read(m_folder).error().code == ErrorCode::NotFound);
    }

    void makesANewTokenAtEachStart() {
        auto host = started();
        QVERIFY(host);
        const auto first = ControlFile::read(m_folder);
        host.reset();
        QVERIFY(!std::filesystem::exists(ControlFile::pathIn(m_folder)));
        host = started();
        QVERIFY(host);
        const auto second = ControlFile::read(m_folder);
        QVERIFY(first && second);
        QVERIFY(first->token.reveal() != second->token.reveal());
    }

    void refusesAFolderThatAnotherEngineHolds() {
        auto first = started();
        QVERIFY(first);
        const auto second = test::startEngine(m_folder);
        QVERIFY(!second);
        QVERIFY2(second.error().code == ErrorCode::StorageOwned, second.error().text().c_str());
        // The first is as it was, and so is the word it left.
        EngineClient client{test::httpTransport(m_folder)};
        QVERIFY(client.version().wait(patience));
    }

    // Its sweep would remove what the other still has to send.
    void leavesTheAttachmentsOfAnotherDatabaseAlone() {
        auto host = started();
        QVERIFY(host);
        host.reset();
        QVERIFY(started());
        for (const char* file : {"/postroom.db", "/postroom.db-wal", "/postroom.db-shm"})
            std::filesystem::remove(m_folder + file);
        const auto other = test::startEngine(m_folder);
        QVERIFY(!other);
        QVERIFY2(other.error().code == ErrorCode::ConfigInvalid, other.error().text().c_str());
        QVERIFY(other.error().detail.starts_with("ATTACHMENT_STORAGE_PATH: " + m_folder + "/attachments holds"));
        // The remedy it names.
        QVERIFY(std::filesystem::remove(m_folder + "/attachments/database"));
        QVERIFY(started());
    }

    void namesThePortThatIsTaken() {
        QTcpServer taken;
        QVERIFY(taken.listen(QHostAddress::LocalHost));
        const std::string port = std::to_string(taken.serverPort());
        const auto host = test::startEngine(m_folder, "127.0.0.1:" + port);
        QVERIFY(!host);
        QVERIFY2(host.error().code == ErrorCode::Unavailable, host.error().text().c_str());
        QVERIFY2(host.error().detail.find(port) != std::string::npos, host.error().text().c_str());
        QVERIFY(!std::filesystem::exists(ControlFile::pathIn(m_folder)));
        // Nothing is held: the next start on another port succeeds.
        QVERIFY(started());
    }

    void stopsTwiceAndFromItsDestructor() {
        auto host = started();
        QVERIFY(host);
        host->stop(patience);
        host->stop(0ms);
        host.reset();
        QVERIFY(started());
    }

    void finishesEveryCallThatIsUnderWayWhenItStops_data() {
        QTest::addColumn<bool>("inProcess");
        QTest::addColumn<int>("grace_ms");
        QTest::newRow("in process, with grace") << true << 20'000;
        QTest::newRow("in process, at once") << true << 0;
        QTest::newRow("http, with grace") << false << 20'000;
        QTest::newRow("http, at once") << false << 0;
    }
    void finishesEveryCallThatIsUnderWayWhenItStops() {
        QFETCH(bool, inProcess);
        QFETCH(int, grace_ms);
        auto host = started();
        QVERIFY(host);
        EngineClient client{inProcess ? host->transport() : test::httpTransport(m_folder)};
        QVERIFY(client.version().wait(patience));
        std::vector<Task<contract::Receipt>> sends;
        std::vector<Task<contract::Page<contract::Account>>> lists;
        std::vector<Task<contract::ApiKey>> keys;
        for (int i = 0; i < 100; ++i) {
            sends.push_back(client.sendBody(mail("sandbox")));
            lists.push_back(client.accounts());
            keys.push_back(client.createKey(json::Object{{"name", "k"}}));
        }
        QVERIFY(sends.front().wait(patience));
        host->stop(std::chrono::milliseconds{grace_ms});
        std::set<Id> accepted;
        const auto fits = [](const Error& error) {
            return error.code == ErrorCode::Stopping || error.code == ErrorCode::NetworkFailed ||
                   error.code == ErrorCode::Unavailable || error.code == ErrorCode::Overloaded;
        };
        for (std::size_t i = 1; i < sends.size(); ++i) {
            const auto receipt = sends[i].wait(patience);
            if (receipt) accepted.insert(receipt->messageId);
            QVERIFY2(receipt || fits(receipt.error()), receipt ? "" : receipt.error().text().c_str());
        }
        for (auto& list : lists) {
            const auto answer = list.wait(patience);
            QVERIFY2(answer || fits(answer.error()), answer ? "" : answer.error().text().c_str());
        }
        for (auto& key : keys) {
            const auto answer = key.wait(patience);
            QVERIFY2(answer || fits(answer.error()), answer ? "" : answer.error().text().c_str());
        }
        // A call that comes too late is told so.
        const auto late = client.version().wait(patience);
        QVERIFY(!late);
        QVERIFY2(fits(late.error()), late.error().text().c_str());
        // What was accepted is there after the next start, and leaves.
        host.reset();
        host = started();
        QVERIFY(host);
        EngineClient again{host->transport()};
        for (const Id& id : accepted) QVERIFY(again.message(id).wait(patience));
        QVERIFY(QTest::qWaitFor(
            [&] {
                const auto queue = again.queueStatus().wait(patience);
                return queue && queue->recipients.at("queued") == 0 && queue->recipients.at("sending") == 0 &&
                       queue->imbalance == 0;
            },
            30'000));
    }

    void endsAPollThatWaits_data() {
        QTest::addColumn<bool>("inProcess");
        QTest::addColumn<bool>("byTheEngine");
        QTest::newRow("in process, when the engine stops") << true << true;
        QTest::newRow("http, when the engine stops") << false << true;
        QTest::newRow("in process, when the client goes") << true << false;
        QTest::newRow("http, when the client goes") << false << false;
    }
    void endsAPollThatWaits() {
        QFETCH(bool, inProcess);
        QFETCH(bool, byTheEngine);
        auto host = started();
        QVERIFY(host);
        auto client = std::make_unique<EngineClient>(inProcess ? host->transport() : test::httpTransport(m_folder));
        const auto now = client->events().wait(patience);
        QVERIFY(now);
        auto poll = client->events(now->next);
        // The poll is on its way; on the other connection of the HTTP client it need not have arrived.
        QVERIFY(client->version().wait(patience));
        QElapsedTimer took;
        took.start();
        if (byTheEngine)
            host->stop(patience);
        else
            client.reset();
        const auto events = poll.wait(patience);
        QVERIFY2(took.elapsed() < 4'000, std::to_string(took.elapsed()).c_str());
        QVERIFY(!events);
        const bool tooLate = !inProcess && byTheEngine && events.error().code == ErrorCode::NetworkFailed;
        QVERIFY2(tooLate || events.error().code == ErrorCode::Stopping, events.error().text().c_str());
        if (!byTheEngine) return;
        // The next run knows nothing of this one's places.
        client.reset();
        host.reset();
        host = started();
        QVERIFY(host);
        EngineClient again{host->transport()};
        const auto reset = again.events(now->next).wait(patience);
        QVERIFY(reset && reset->reset);
    }

    // The HTTP one answers in the thread that lets go of it.
    void answersNobodyOnceTheTransportIsGone() {
        auto host = started();
        QVERIFY(host);
        auto transport = host->transport();
        std::binary_semaphore answering{0};
        std::atomic<bool> hasAnswered = false;
        transport->send({.path = "/version"}, [&](const Result<ClientReply>&) {
            answering.release();
            std::this_thread::sleep_for(200ms);
            hasAnswered = true;
        });
        QVERIFY(answering.try_acquire_for(patience));
        transport.reset();
        QVERIFY(hasAnswered);
    }

    void letsOnlySoManyPollsWait() {
        auto host = started();
        QVERIFY(host);
        EngineClient client{host->transport()};
        // Quiet before the first: what the start noted has been noted.
        const auto now = client.events().wait(patience);
        QVERIFY(now);
        std::vector<Task<contract::Events>> polls;
        for (int i = 0; i < 64; ++i) polls.push_back(client.events(now->next));
        const auto refused = client.events(now->next).wait(patience);
        QVERIFY(!refused);
        QVERIFY2(refused.error().code == ErrorCode::Overloaded, refused.error().text().c_str());
        // They hold up nobody else.
        QVERIFY(client.createKey(json::Object{{"name", "k"}}).wait(patience));
        for (auto& poll : polls) {
            const auto events = poll.wait(patience);
            QVERIFY2(events, events ? "" : events.error().text().c_str());
            QVERIFY(!events->events.empty());
        }
    }

    void doesNotWaitForAServerThatSaysNothing() {
        test::SmallMailServer silent{false};
        auto host = started();
        QVERIFY(host);
        EngineClient client{host->transport()};
        const auto account = client.createAccount(accountOn(silent.port())).wait(patience);
        QVERIFY(account);
        auto probe = client.testAccount(account->id);
        auto receipt = client.sendBody(mail(account->id.text())).wait(patience);
        QVERIFY(receipt);
        QVERIFY(QTest::qWaitFor([&] {
            const auto queue = client.queueStatus().wait(patience);
            return queue && queue->inFlight == 1;
        }));
        QElapsedTimer took;
        took.start();
        host->stop(1s);
        QVERIFY2(took.elapsed() < 10'000, std::to_string(took.elapsed()).c_str());
        host.reset();
        // The message was not lost with the attempt.
        host = started();
        QVERIFY(host);
        EngineClient again{host->transport()};
        const auto message = again.message(receipt->messageId).wait(patience);
        QVERIFY(message && !contract::isTerminal(message->status));
    }

    void goesOnWithWhatWasQueued() {
        auto host = started();
        QVERIFY(host);
        Id id, accountId;
        {
            EngineClient client{host->transport()};
            const auto account = client.createAccount(accountOn(test::closedPort())).wait(patience);
            QVERIFY(account);
            accountId = account->id;
            QVERIFY(client.disableAccount(accountId).wait(patience));
            const auto receipt = client.sendBody(mail(accountId.text())).wait(patience);
            QVERIFY(receipt);
            id = receipt->messageId;
        }
        host.reset();
        host = started();
        QVERIFY(host);
        EngineClient client{host->transport()};
        const auto message = client.message(id).wait(patience);
        QVERIFY(message);
        QVERIFY(message->status == contract::State::Queued && message->waitingFor);
        QCOMPARE(message->waitingFor->code, std::string("account.disabled"));
        const auto accounts = client.accounts().wait(patience);
        QVERIFY(accounts);
        QCOMPARE(accounts->items.size(), std::size_t(1));
        QVERIFY(!accounts->items.front().isActive);
    }

    // Decoding and an fsync in the thread that answers would stop everybody else's answers.
    void doesTheWorkOfALargeBodyElsewhere() {
        const auto host = started();
        QVERIFY(host);
        const auto transport = host->transport();
        const auto threadFor = [&](std::size_t size) {
            json::Object body = mail("sandbox");
            body["text"] = std::string(size, 'x');
            body["to"] = "nobody";
            const Promise<std::thread::id> promise;
            auto task = promise.task();
            transport->send({.method = "POST", .path = "/api/v1/messages/email/send", .body = std::move(body)},
                            [promise](const auto&) { promise.finish(std::this_thread::get_id()); });
            return task.wait(patience).value_or(std::thread::id{});
        };
        const auto answering = threadFor(10);
        QVERIFY(answering != std::thread::id{});
        QVERIFY(threadFor(1000) == answering);
        const auto heavy = threadFor(200'000);
        QVERIFY(heavy != std::thread::id{} && heavy != answering);
    }

    void keepsTheReplyRulesBeforeWhereAFileIsWrong() {
        const std::string path = m_folder + "/reply-rules.json";
        const auto write = [&path](const std::string& codes) {
            return platform::writePrivateFile(
                path, R"({"version": 1, "extends": "built-in", "rules": [{"id": "mine",
                "stages": ["rcpt_to"], "codes": [)" +
                          codes + R"(], "outcome": "recipient_waits", "reason": "smtp.deferred"}]})");
        };
        const auto host = started();
        QVERIFY(host);
        EngineClient client{host->transport()};
        const auto ruleFor550 = [&client] {
            const auto verdict = client.testReply("rcpt_to", "550 go away").wait(patience);
            return verdict ? verdict->rule : verdict.error().text();
        };
        const std::string builtIn = ruleFor550();
        QVERIFY(write("\"550\""));
        QCOMPARE(ruleFor550(), builtIn);
        QVERIFY(host->reload());
        QCOMPARE(ruleFor550(), std::string("mine"));
        QVERIFY(write("\"250\""));
        const auto reloaded = host->reload();
        QVERIFY(!reloaded);
        QVERIFY2(reloaded.error().detail.starts_with(path + ": line 1, row 1 (mine), codes[0]"),
                 reloaded.error().detail.c_str());
        QCOMPARE(ruleFor550(), std::string("mine"));
        platform::removeFile(path);
        QVERIFY(host->reload());
        QCOMPARE(ruleFor550(), builtIn);
    }

    // A file whose rules are not those the operator meant could fail mail for good.
    void doesNotStartWithReplyRulesThatAreWrong() {
        QVERIFY(platform::makePrivateFolder(m_folder));
        QVERIFY(platform::writePrivateFile(m_folder + "/reply-rules.json", "{\"version\": 1,\n}"));
        const auto refused = test::startEngine(m_folder);
        QVERIFY(!refused);
        QVERIFY2(refused.error().detail.find("reply-rules.json: line 2, column 1: ") != std::string::npos,
                 refused.error().detail.c_str());
    }
};

QTEST_GUILESS_MAIN(TestEngineHost)
#include "tst_engine_host.moc"
