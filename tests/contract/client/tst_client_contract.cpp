// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// Every call of EngineClient against a whole engine, on both carriers: what is written above them can't tell which it
// has.

#include "engine.h"

#include "engine/base/text.h"

#include <QTest>
#include <set>

using namespace postroom;
using namespace postroom::client;
using test::faultsOf;
using test::patience;

namespace {

const Id nobody = *Id::parse("018c2d7e-5b7a-7c3b-9d1e-2f3a4b5c6d7e");

json::Object sandboxMail(const std::string& subject) {
    return {{"to", "Ann <ann@example.com>"}, {"subject", subject}, {"text", "Hello"}, {"account", "sandbox"}};
}

json::Object accountBody(const std::string& email, int port) {
    return {{"email", email}, {"smtp_host", "127.0.0.1"}, {"smtp_port", port}, {"security", "none"}};
}

template <typename T>
Result<void> outcomeOf(Task<T> task) {
    auto result = task.wait(patience);
    if (!result) return fail(result.error());
    return {};
}

// The value of a task, or a failed test and a default.
template <typename T>
T got(Task<T> task, const char* what) {
    auto result = task.wait(patience);
    if (result) return std::move(*result);
    QTest::qFail((std::string(what) + ": " + result.error().text()).c_str(), __FILE__, __LINE__);
    return T{};
}
#define GOT(call) got(call, #call)

using Call = std::function<Result<void>(EngineClient&)>;

}  // namespace

Q_DECLARE_METATYPE(Call)

class TestClientContract : public QObject {
    Q_OBJECT

    test::BothCarriers m_engine;

    [[nodiscard]] static QByteArray carrier() { return test::BothCarriers::carrier(); }
    EngineClient& client() { return m_engine.client(); }
    // A name that no other test on either carrier uses.
    [[nodiscard]] static std::string unique(const std::string& stem) {
        return stem + "-" + std::string(QTest::currentTestFunction()) + (carrier() == "http" ? "-h" : "-p");
    }
    [[nodiscard]] static std::string email(const std::string& stem) { return unique(stem) + "@example.com"; }

    Id sendToSandbox(const std::string& subject) { return GOT(client().sendBody(sandboxMail(subject))).messageId; }
    contract::Message message(const Id& id) {
        return client().message(id).wait(patience).value_or(contract::Message{});
    }
    [[nodiscard]] bool becomes(const Id& id, contract::State state) {
        return QTest::qWaitFor([&] { return message(id).status == state; }, 20'000);
    }
    ClientReply raw(const std::string& method, const std::string& path,
                    std::optional<json::Value> body = std::nullopt) {
        const Promise<ClientReply> promise;
        auto task = promise.task();
        m_engine.transport().send({.method = method, .path = path, .body = std::move(body)},
                                  [promise](Result<ClientReply> reply) { promise.finish(std::move(reply)); });
        return GOT(std::move(task));
    }

private slots:
    void initTestCase_data() { test::BothCarriers::addRows(); }
    void initTestCase() {
        const auto started = m_engine.start();
        QVERIFY2(started, started ? "" : started.error().text().c_str());
    }
    void cleanupTestCase() { m_engine.stop(); }

    void tellsItsVersion() {
        const auto version = GOT(client().version());
        QCOMPARE(version.version, std::string(test::version));
        QVERIFY(!version.apiVersion.empty());
        QVERIFY(std::find(version.capabilities.begin(), version.capabilities.end(), "sandbox") !=
                version.capabilities.end());
    }

    void tellsThatItIsReady() {
        const json::Value ready = GOT(client().readiness());
        QVERIFY(ready.is_object());
        QCOMPARE(json::text(ready.get_object(), "status"), std::string("ready"));
        const json::Object& checks = json::object(ready.get_object(), "checks");
        for (const char* check : {"database", "queue", "broker", "cache", "disk"})
            QVERIFY2(checks.contains(check), check);
        QCOMPARE(json::text(json::object(checks, "database"), "status"), std::string("ok"));
    }

    void describesItsRoutes() {
        const json::Value api = GOT(client().openApi());
        QVERIFY(api.is_object());
        QVERIFY(json::object(api.get_object(), "paths").contains("/api/v1/messages/email/send"));
    }

    void showsItsMetrics() {
        const std::string text = GOT(client().metrics());
        QVERIFY(text.find("\nmessages_sent_total ") != std::string::npos);
        QVERIFY(text.find("\npostroom_ledger_imbalance 0\n") != std::string::npos);
    }

    void keepsAnAccount() {
        const std::string address = email("a");
        json::Object body = accountBody(address, test::closedPort());
        body["display_name"] = "\xE4\xB8\xAD\xE6\x96\x87";
        body["daily_limit"] = 100;
        const auto created = GOT(client().createAccount(body));
        QVERIFY(!created.id.isNull());
        QCOMPARE(created.email, address);
        QCOMPARE(created.displayName, std::string("\xE4\xB8\xAD\xE6\x96\x87"));
        QCOMPARE(created.dailyLimit, std::optional<std::int64_t>(100));
        QVERIFY(created.security == contract::Security::None && created.auth == contract::Auth::None);
        QVERIFY(created.isActive && !created.hasPassword);

        const auto changed = GOT(client().patchAccount(
            created.id, json::Object{{"revision", created.revision}, {"priority", 7}, {"daily_limit", nullptr}}));
        QCOMPARE(changed.priority, 7);
        QVERIFY(!changed.dailyLimit);
        QCOMPARE(changed.displayName, created.displayName);
        QVERIFY(changed.revision > created.revision);

        const auto stale = client()
                               .patchAccount(created.id, json::Object{{"revision", created.revision}, {"priority", 8}})
                               .wait(patience);
        QVERIFY(!stale);
        QVERIFY2(stale.error().code == ErrorCode::RevisionStale, stale.error().text().c_str());
        QCOMPARE(GOT(client().account(created.id)).priority, 7);

        QVERIFY(!GOT(client().disableAccount(created.id)).isActive);
        QCOMPARE(GOT(client().account(created.id)).state, std::string("disabled"));
        QVERIFY(GOT(client().enableAccount(created.id)).isActive);

        const auto listed = GOT(client().accounts({.limit = 200}));
        QVERIFY(std::any_of(listed.items.begin(), listed.items.end(),
                            [&](const auto& each) { return each.id == created.id; }));

        const auto again = client().createAccount(accountBody(address, 25)).wait(patience);
        QVERIFY(!again);
        QVERIFY2(again.error().code == ErrorCode::AlreadyExists, again.error().text().c_str());

        QVERIFY(client().removeAccount(created.id).wait(patience));
        const auto gone = client().account(created.id).wait(patience);
        QVERIFY(!gone && gone.error().code == ErrorCode::NotFound);
        const auto removedTwice = client().removeAccount(created.id).wait(patience);
        QVERIFY(!removedTwice && removedTwice.error().code == ErrorCode::NotFound);
    }

    void neverGivesBackAPassword() {
        json::Object body = accountBody(email("secret"), test::closedPort());
        body["smtp_username"] = "user";
        body["smtp_password"] = "pass-word-1234";
        const auto created = GOT(client().createAccount(body));
        QVERIFY(created.hasPassword);
        for (const std::string& path :
             {"/api/v1/admin/email-accounts/" + created.id.text(), std::string("/api/v1/admin/email-accounts"),
              std::string("/api/v1/admin/audit")})
            QVERIFY2(raw("GET", path).body.find("pass-word-1234") == std::string::npos, path.c_str());
        (void)GOT(client().disableAccount(created.id));
    }

    void testsAnAccountStepByStep() {
        test::SmallMailServer server;
        const auto good = GOT(client().createAccount(accountBody(email("good"), server.port())));
        const auto passed = GOT(client().testAccount(good.id));
        QVERIFY(passed.ok);
        QVERIFY(!passed.steps.empty() && !passed.transcript.empty());
        QVERIFY(std::all_of(passed.steps.begin(), passed.steps.end(), [](const auto& step) { return step.ok; }));
        QVERIFY(client().removeAccount(good.id).wait(patience));

        const auto bad = GOT(client().createAccount(accountBody(email("bad"), test::closedPort())));
        const auto failed = GOT(client().testAccount(bad.id));
        QVERIFY(!failed.ok);
        QVERIFY(!failed.steps.empty() && !failed.steps.back().ok && !failed.steps.back().detail.empty());
        QVERIFY(client().removeAccount(bad.id).wait(patience));
    }

    void keepsAKey() {
        const auto created =
            GOT(client().createKey(json::Object{{"name", unique("k")}, {"scopes", json::Array{"send", "read"}}}));
        QVERIFY(created.apiKey.starts_with("noti_") && !created.apiKey.starts_with("noti_test_"));
        QVERIFY(created.apiSecret && created.apiSecret->starts_with("secret_"));
        QCOMPARE(created.scopes, (std::vector<std::string>{"send", "read"}));
        QVERIFY(created.isActive && !created.isTest && !created.revokedAt);

        const auto listed = GOT(client().keys({.limit = 200}));
        const auto at = std::find_if(listed.items.begin(), listed.items.end(),
                                     [&](const auto& key) { return key.id == created.id; });
        QVERIFY(at != listed.items.end());
        QVERIFY(!at->apiSecret);
        QCOMPARE(at->apiKey, created.apiKey);
        QVERIFY(raw("GET", "/api/v1/admin/api-keys?limit=200").body.find(*created.apiSecret) == std::string::npos);

        const auto revoked = GOT(client().revokeKey(created.id));
        QVERIFY(!revoked.isActive && revoked.revokedAt);
    }

    void changesAKey() {
        const auto created = GOT(client().createKey(json::Object{{"name", unique("k")},
                                                                 {"expires_at", "2099-01-01T00:00:00Z"},
                                                                 {"allowed_ips", json::Array{"127.0.0.1"}},
                                                                 {"allowed_from", json::Array{"*@Example.com"}}}));
        QCOMPARE(toIso(created.expiresAt.value_or(TimePoint{})), std::string("2099-01-01T00:00:00.000Z"));
        QCOMPARE(created.allowedIps, (std::vector<std::string>{"127.0.0.1"}));
        const auto changed = GOT(client().patchKey(
            created.id, json::Object{{"revision", created.revision}, {"name", "new"}, {"expires_at", nullptr}}));
        QCOMPARE(changed.name, std::string("new"));
        QVERIFY(!changed.expiresAt && !changed.apiSecret);
        QCOMPARE(changed.allowedIps, created.allowedIps);
        QCOMPARE(changed.revision, created.revision + 1);
        const auto stale =
            outcomeOf(client().patchKey(created.id, json::Object{{"revision", created.revision}, {"name", "newer"}}));
        QVERIFY(!stale && stale.error().code == ErrorCode::RevisionStale);
        const auto seen = GOT(m_engine.otherClient().key(created.id));
        QCOMPARE(seen.name, std::string("new"));
        QCOMPARE(seen.revision, changed.revision);
        (void)GOT(client().revokeKey(created.id));
    }

    void givesAKeyANewSecret() {
        const auto created = GOT(client().createKey(json::Object{{"name", unique("k")}}));
        const auto rotated = GOT(client().rotateKey(created.id));
        QVERIFY(rotated.apiSecret && rotated.apiSecret != created.apiSecret);
        QCOMPARE(rotated.apiKey, created.apiKey);
        QVERIFY(rotated.oldSecretUntil && *rotated.oldSecretUntil > SystemClock{}.now() + std::chrono::hours{23});
        const auto ended = GOT(client().endOldSecret(created.id));
        QVERIFY(!ended.oldSecretUntil && !ended.apiSecret);
        const auto atOnce = GOT(client().rotateKey(created.id, Milliseconds{0}));
        QVERIFY(atOnce.apiSecret && !atOnce.oldSecretUntil);
        (void)GOT(client().revokeKey(created.id));
        const auto late = outcomeOf(client().rotateKey(created.id));
        QVERIFY(!late && late.error().code == ErrorCode::Conflict);
    }

    void marksATestKey() {
        const auto created = GOT(client().createKey(json::Object{{"name", unique("t")}, {"is_test", true}}));
        QVERIFY(created.isTest);
        QVERIFY(created.apiKey.starts_with("noti_test_"));
        (void)GOT(client().revokeKey(created.id));
    }

    void sendsToTheSandboxAndTellsWhatHappened() {
        const std::string subject = unique("first mail");
        contract::SendRequest request;
        request.to = {"\"Ann\" <ann@example.com>", "bob@example.com"};
        request.subject = subject;
        request.content = "<h1>Hello</h1>";
        request.account = "sandbox";
        const auto receipt = GOT(client().send(request));
        QCOMPARE(receipt.recipients.size(), std::size_t(2));
        QCOMPARE(receipt.recipients.front().recipient, std::string("ann@example.com"));
        QVERIFY(becomes(receipt.messageId, contract::State::Sent));

        const auto sent = GOT(client().message(receipt.messageId));
        QCOMPARE(sent.subject, subject);
        QVERIFY(sent.sandbox && !sent.waitingFor);
        QCOMPARE(sent.deliveries.size(), std::size_t(2));
        QCOMPARE(sent.recipientCounts.at("sent"), std::int64_t(2));
        for (const auto& delivery : sent.deliveries) QVERIFY(delivery.status == contract::State::Sent);

        const auto attempts = GOT(client().attempts(receipt.messageId));
        QCOMPARE(attempts.size(), std::size_t(1));
        QCOMPARE(attempts.front().outcome, std::string("sent"));
        QCOMPARE(attempts.front().results.size(), std::size_t(2));
        QCOMPARE(attempts.front().code, 250);

        const auto explained = GOT(client().explain(receipt.messageId));
        QVERIFY(explained.status == contract::State::Sent && !explained.waitingFor);
        QCOMPARE(explained.messageId, receipt.messageId);

        const auto listed = GOT(client().messages({.status = contract::State::Sent, .limit = 200}));
        QVERIFY(std::any_of(listed.items.begin(), listed.items.end(),
                            [&](const auto& each) { return each.id == receipt.messageId; }));

        const auto mails = GOT(client().sandboxMails({.limit = 50}));
        const auto at = std::find_if(mails.items.begin(), mails.items.end(),
                                     [&](const auto& mail) { return mail.subject == subject; });
        QVERIFY(at != mails.items.end());
        QCOMPARE(at->to.size(), std::size_t(2));
        const auto source = GOT(client().sandboxMail(at->id));
        QCOMPARE(source.id, at->id);
        QVERIFY(source.source.find(subject) != std::string::npos);
        QVERIFY(source.source.find(sent.messageIdHeader) != std::string::npos);

        const auto conflict = client().cancel(receipt.messageId).wait(patience);
        QVERIFY(!conflict && conflict.error().code == ErrorCode::Conflict);
        const auto retried = client().retry(receipt.messageId).wait(patience);
        QVERIFY(!retried && retried.error().code == ErrorCode::Conflict);
    }

    void saysWhatAMessageWaitsForAndCancelsIt() {
        const auto account = GOT(client().createAccount(accountBody(email("off"), test::closedPort())));
        (void)GOT(client().disableAccount(account.id));
        json::Object body = sandboxMail(unique("waits"));
        body["account"] = account.email;
        const Id id = GOT(client().sendBody(body)).messageId;

        const auto waiting = GOT(client().message(id));
        QVERIFY(waiting.status == contract::State::Queued);
        QVERIFY(waiting.waitingFor);
        QCOMPARE(waiting.waitingFor->code, std::string("account.disabled"));
        QCOMPARE(waiting.account, account.id.text());
        const auto explained = GOT(client().explain(id));
        QVERIFY(explained.waitingFor && explained.waitingFor->code == "account.disabled");
        const auto chance = std::find_if(explained.accounts.begin(), explained.accounts.end(),
                                         [&](const auto& each) { return each.account == account.id.text(); });
        QVERIFY(chance != explained.accounts.end());
        QVERIFY(!chance->usable && chance->waitingFor);

        const auto queue = GOT(client().queueStatus());
        QVERIFY(queue.recipients.at("queued") >= 1);
        QCOMPARE(queue.imbalance, std::int64_t(0));

        QCOMPARE(GOT(client().retry(id)).changed, std::int64_t(1));
        QVERIFY(GOT(client().message(id)).status == contract::State::Queued);

        const auto cancelled = GOT(client().cancel(id));
        QCOMPARE(cancelled.messageId, id);
        QCOMPARE(cancelled.changed, std::int64_t(1));
        QVERIFY(GOT(client().message(id)).status == contract::State::Cancelled);
        const auto again = client().cancel(id).wait(patience);
        QVERIFY(!again && again.error().code == ErrorCode::Conflict);
        QVERIFY(client().removeAccount(account.id).wait(patience));
    }

    void showsAServersTroubleOnTheAttempt() {
        const auto account = GOT(client().createAccount(accountBody(email("closed"), test::closedPort())));
        json::Object body = sandboxMail(unique("trouble"));
        body["account"] = account.id.text();
        const Id id = GOT(client().sendBody(body)).messageId;
        QVERIFY(QTest::qWaitFor(
            [&] { return !client().attempts(id).wait(patience).value_or(std::vector<contract::Attempt>{}).empty(); },
            20'000));
        const auto attempts = GOT(client().attempts(id));
        QCOMPARE(attempts.front().outcome, std::string("deferred"));
        QVERIFY(!attempts.front().detail.empty());
        QCOMPARE(attempts.front().accountEmail, account.email);
        QVERIFY(GOT(client().message(id)).waitingFor);
        (void)GOT(client().cancel(id));
        QVERIFY(client().removeAccount(account.id).wait(patience));
    }

    void showsTheMailAsItLeaves() {
        const std::string subject = unique("raw 主题");
        contract::SendRequest request;
        request.to = {"Ann <ann@example.com>", "bob@example.com"};
        request.cc = {"cc@example.com"};
        request.bcc = {"hidden@example.com"};
        request.from = "Me <me@example.com>";
        request.subject = subject;
        request.content = "<p>Grüße</p>";
        request.text = "Grüße";
        request.account = "sandbox";
        request.attachments = {{.filename = "a.bin", .contentType = "application/x-a", .content = "AAEC"},
                               {.filename = "large.bin",
                                .contentType = "application/x-b",
                                .content = toBase64(std::string(200'000, 'x'))}};
        const Id id = GOT(client().send(request)).messageId;
        const auto mail = GOT(client().rawMessage(id));
        QCOMPARE(mail.id, id.text());
        QCOMPARE(mail.subject, subject);
        QCOMPARE(mail.from, std::string("Me <me@example.com>"));
        QCOMPARE(mail.to, (std::vector<std::string>{"Ann <ann@example.com>", "bob@example.com"}));
        QCOMPARE(mail.cc, (std::vector<std::string>{"cc@example.com"}));
        QVERIFY(mail.text.starts_with("Grüße"));
        QVERIFY(mail.html.starts_with("<p>Grüße</p>"));
        QCOMPARE(mail.attachments.size(), std::size_t(2));
        QCOMPARE(mail.attachments[0].filename, std::string("a.bin"));
        QCOMPARE(mail.attachments[0].contentType, std::string("application/x-a"));
        QCOMPARE(mail.attachments[0].size_bytes, std::int64_t(3));
        QCOMPARE(mail.attachments[1].size_bytes, std::int64_t(200'000));
        QVERIFY(!mail.truncated);
        QVERIFY(mail.source.find("hidden@example.com") == std::string::npos);
        QVERIFY(mail.source.find(GOT(client().message(id)).messageIdHeader) != std::string::npos);

        // What arrived is what was shown.
        QVERIFY(becomes(id, contract::State::Sent));
        const auto mails = GOT(client().sandboxMails({.limit = 50}));
        const auto at = std::find_if(mails.items.begin(), mails.items.end(),
                                     [&](const auto& each) { return each.subject == subject; });
        QVERIFY(at != mails.items.end());
        const auto arrived = GOT(client().sandboxMail(at->id));
        QCOMPARE(arrived.id, at->id);
        QVERIFY(arrived.source.ends_with(mail.source));
        QCOMPARE(arrived.text, mail.text);
        QCOMPARE(arrived.attachments.size(), mail.attachments.size());
    }

    void setsTheFromLineOfTheAccountThatCarriesIt() {
        const Id id = sendToSandbox(unique("from"));
        QCOMPARE(GOT(client().rawMessage(id)).from, std::string("Postroom sandbox <sandbox@localhost>"));

        json::Object form = accountBody(email("carrier"), test::closedPort());
        form["display_name"] = "The Carrier";
        const auto account = GOT(client().createAccount(form));
        (void)GOT(client().disableAccount(account.id));
        json::Object body = sandboxMail(unique("pinned"));
        body["account"] = account.id.text();
        const Id pinned = GOT(client().sendBody(body)).messageId;
        QCOMPARE(GOT(client().rawMessage(pinned)).from, "The Carrier <" + account.email + ">");
        (void)GOT(client().cancel(pinned));
        QVERIFY(client().removeAccount(account.id).wait(patience));
        // Nobody is left to say who it would be from.
        QCOMPARE(GOT(client().rawMessage(pinned)).from, std::string());
    }

    void emptiesTheSandbox() {
        const Id id = sendToSandbox(unique("gone"));
        QVERIFY(becomes(id, contract::State::Sent));
        QVERIFY(QTest::qWaitFor([&] { return GOT(client().queueStatus()).recipients["queued"] == 0; }, 20'000));
        const auto before = GOT(client().sandboxMails());
        QVERIFY(!before.items.empty());
        QVERIFY(client().clearSandbox().wait(patience));
        QVERIFY(GOT(client().sandboxMails()).items.empty());
        const auto gone = client().sandboxMail(before.items.front().id).wait(patience);
        QVERIFY(!gone && gone.error().code == ErrorCode::NotFound);
        QVERIFY(client().clearSandbox().wait(patience));
        const auto audited = GOT(client().audit({.limit = 1}));
        QCOMPARE(json::text(audited.items.front().get_object(), "action"), std::string("sandbox.clear"));
        // The message is still there.
        QVERIFY(GOT(client().message(id)).status == contract::State::Sent);
    }

    void drawsTheLastHourAndDay() {
        const Id id = sendToSandbox(unique("counted"));
        const auto day = GOT(client().stats("24h"));
        QCOMPARE(day.range, std::string("24h"));
        QCOMPARE(day.step_ms, std::int64_t(60'000));
        const auto hour = GOT(client().stats("1h"));
        QCOMPARE(hour.range, std::string("1h"));
        QCOMPARE(hour.step_ms, std::int64_t(5'000));
        for (const char* name : {"accepted", "sent", "failed", "deferred", "queued"}) {
            QCOMPARE(day.series.at(name).size(), std::size_t(1440));
            QCOMPARE(hour.series.at(name).size(), std::size_t(720));
            QCOMPARE(hour.series.at(name).front(), -1.0);
        }
        const TimePoint end = hour.fromAt + 720 * Milliseconds{hour.step_ms};
        const TimePoint now = SystemClock{}.now();
        QVERIFY(end <= now && end > now - std::chrono::seconds{30});
        const auto queue = GOT(client().queueStatus());
        QCOMPARE(hour.totals.size(), queue.recipients.size());
        QVERIFY(hour.totals.at("accepted") > 0);
        QVERIFY(becomes(id, contract::State::Sent));
        // The step in which it was sent is over after 5 s.
        QVERIFY(QTest::qWaitFor(
            [&] {
                const auto later = GOT(client().stats("1h"));
                const auto& sent = later.series.at("sent");
                return *std::max_element(sent.begin(), sent.end()) > 0 && later.ratePerMinute > 0;
            },
            20'000));
        QVERIFY(GOT(client().queueStatus()).ratePerMinute > 0);
    }

    void tellsWhatBecameStale() {
        auto events = GOT(client().events());
        QVERIFY(!events.reset && events.events.empty() && !events.next.empty());
        const Id id = sendToSandbox(unique("event"));
        std::set<std::string> topics;
        bool named = false;
        QVERIFY(QTest::qWaitFor(
            [&] {
                events = GOT(client().events(events.next, std::chrono::seconds{1}));
                for (const auto& event : events.events) {
                    topics.insert(event.topic);
                    named |= event.topic == "messages" && (event.ids.empty() || event.ids.front() == id.text());
                }
                return named && topics.contains("queue") && topics.contains("sandbox");
            },
            20'000));
        QVERIFY(!events.reset);
    }

    void wakesAPollThatWaits() {
        const auto before = GOT(client().events());
        auto poll = client().events(before.next);
        const auto key = GOT(client().createKey(json::Object{{"name", unique("k")}}));
        // Its own wait is 25 s: an answer within 20 is not the end of it.
        auto events = poll.wait(patience);
        QVERIFY2(events, events ? "" : events.error().text().c_str());
        // Something else may have come first.
        for (int turn = 0; turn < 20 && std::none_of(events->events.begin(), events->events.end(),
                                                     [&](const auto& each) {
                                                         return each.topic == "keys" &&
                                                                each.ids == std::vector<std::string>{key.id.text()};
                                                     });
             ++turn)
            events = GOT(client().events(events->next));
        QVERIFY(std::any_of(events->events.begin(), events->events.end(),
                            [](const auto& each) { return each.topic == "keys"; }));
        (void)GOT(client().revokeKey(key.id));
    }

    void tellsWhenAnAccountOrAMessageWasChanged() {
        auto events = GOT(client().events());
        const auto account = GOT(client().createAccount(accountBody(email("told"), test::closedPort())));
        (void)GOT(client().disableAccount(account.id));
        json::Object body = sandboxMail(unique("told"));
        body["account"] = account.id.text();
        const Id id = GOT(client().sendBody(body)).messageId;
        (void)GOT(client().cancel(id));
        std::set<std::string> ids;
        QVERIFY(QTest::qWaitFor(
            [&] {
                events = GOT(client().events(events.next, std::chrono::seconds{1}));
                for (const auto& event : events.events) ids.insert(event.ids.begin(), event.ids.end());
                return ids.contains(account.id.text()) && ids.contains(id.text());
            },
            20'000));
        QVERIFY(client().removeAccount(account.id).wait(patience));
    }

    void resetsAClientOfAnotherRun() {
        const auto events = GOT(client().events("0123456789ab.17"));
        QVERIFY(events.reset && events.events.empty());
        QCOMPARE(events.next.substr(0, events.next.find('.')),
                 GOT(client().events()).next.substr(0, events.next.find('.')));
    }

    void pagesThroughAList() {
        std::vector<Id> sent;
        for (int i = 0; i < 3; ++i) sent.push_back(sendToSandbox(unique(std::to_string(i))));
        std::vector<Id> seen;
        std::string cursor;
        for (int page = 0; page < 3; ++page) {
            const auto listed = GOT(client().messages({.limit = 1, .cursor = cursor}));
            QCOMPARE(listed.items.size(), std::size_t(1));
            QVERIFY(listed.nextCursor || page == 2);
            seen.push_back(listed.items.front().id);
            cursor = listed.nextCursor.value_or(std::string());
        }
        QCOMPARE(seen, (std::vector<Id>{sent[2], sent[1], sent[0]}));
    }

    void writesDownWhoDidWhat() {
        const auto key = GOT(client().createKey(json::Object{{"name", unique("audited")}}));
        (void)GOT(client().revokeKey(key.id));
        const auto entries = GOT(client().audit({.limit = 20}));
        std::vector<std::string> actions;
        for (const json::Value& entry : entries.items)
            if (json::text(entry.get_object(), "target") == key.id.text()) {
                actions.push_back(json::text(entry.get_object(), "action"));
                QCOMPARE(json::text(entry.get_object(), "actor"), std::string("local-admin"));
            }
        QCOMPARE(actions, (std::vector<std::string>{"key.revoke", "key.create"}));
    }

    void writesDownThatAnAccountWasTested() {
        const auto account = GOT(client().createAccount(accountBody(email("tested"), test::closedPort())));
        (void)GOT(client().testAccount(account.id));
        const auto entries = GOT(client().audit({.limit = 20}));
        QVERIFY(std::any_of(entries.items.begin(), entries.items.end(), [&](const json::Value& entry) {
            return json::text(entry.get_object(), "target") == account.id.text() &&
                   json::text(entry.get_object(), "action") == "account.test";
        }));
        QVERIFY(client().removeAccount(account.id).wait(patience));
    }

    void failsTheSameWayOnBothCarriers_data() {
        QTest::addColumn<Call>("call");
        QTest::addColumn<ErrorCode>("code");
        QTest::addColumn<std::string>("faults");
        const auto row = [](const char* name, ErrorCode code, const char* faults, Call call) {
            QTest::newRow(name) << std::move(call) << code << std::string(faults);
        };
        using enum ErrorCode;
        row("message", NotFound, "", [](auto& c) { return outcomeOf(c.message(nobody)); });
        row("attempts", NotFound, "", [](auto& c) { return outcomeOf(c.attempts(nobody)); });
        row("explain", NotFound, "", [](auto& c) { return outcomeOf(c.explain(nobody)); });
        row("raw", NotFound, "", [](auto& c) { return outcomeOf(c.rawMessage(nobody)); });
        row("a chart of another range", ValidationFailed, "range: field.not_allowed",
            [](auto& c) { return outcomeOf(c.stats("7d")); });
        row("a poll that waits too long", ValidationFailed, "wait: field.too_large",
            [](auto& c) { return outcomeOf(c.events("x.0", std::chrono::seconds{26})); });
        row("a poll that waits backwards", ValidationFailed, "wait: field.too_small",
            [](auto& c) { return outcomeOf(c.events("x.0", std::chrono::seconds{-1})); });
        row("cancel", NotFound, "", [](auto& c) { return outcomeOf(c.cancel(nobody)); });
        row("retry", NotFound, "", [](auto& c) { return outcomeOf(c.retry(nobody)); });
        row("account", NotFound, "", [](auto& c) { return outcomeOf(c.account(nobody)); });
        row("patch", NotFound, "", [](auto& c) {
            return outcomeOf(c.patchAccount(nobody, json::Object{{"revision", 1}}));
        });
        row("remove", NotFound, "", [](auto& c) { return outcomeOf(c.removeAccount(nobody)); });
        row("test", NotFound, "", [](auto& c) { return outcomeOf(c.testAccount(nobody)); });
        row("enable", NotFound, "", [](auto& c) { return outcomeOf(c.enableAccount(nobody)); });
        row("disable", NotFound, "", [](auto& c) { return outcomeOf(c.disableAccount(nobody)); });
        row("authorize", NotFound, "", [](auto& c) { return outcomeOf(c.beginAuthorization(nobody)); });
        row("authorization", NotFound, "", [](auto& c) { return outcomeOf(c.authorization(nobody)); });
        row("cancel authorization", NotFound, "", [](auto& c) { return outcomeOf(c.cancelAuthorization(nobody)); });
        row("a provider nobody knows", ValidationFailed, "provider: field.not_allowed",
            [](auto& c) { return outcomeOf(c.beginAuthorization(nobody, "acme")); });
        row("revoke", NotFound, "", [](auto& c) { return outcomeOf(c.revokeKey(nobody)); });
        row("key", NotFound, "", [](auto& c) { return outcomeOf(c.key(nobody)); });
        row("rotate", NotFound, "", [](auto& c) { return outcomeOf(c.rotateKey(nobody)); });
        row("end old secret", NotFound, "", [](auto& c) { return outcomeOf(c.endOldSecret(nobody)); });
        row("patch key", NotFound, "", [](auto& c) {
            return outcomeOf(c.patchKey(nobody, json::Object{{"revision", 1}}));
        });
        row("sandbox mail", NotFound, "", [](auto& c) { return outcomeOf(c.sandboxMail("nothing")); });
        row("sandbox mail of a strange name", NotFound, "",
            [](auto& c) { return outcomeOf(c.sandboxMail("a b:\xE4\xB8\xAD")); });
        row("an empty send", ValidationFailed, "to: field.required, subject: field.required",
            [](auto& c) { return outcomeOf(c.sendBody(json::Object{})); });
        row("a send with an unknown field", ValidationFailed, "colour: field.unknown", [](auto& c) {
            json::Object body = sandboxMail("s");
            body["colour"] = "red";
            return outcomeOf(c.sendBody(body));
        });
        row("a send that says what its template says", ValidationFailed,
            "subject: field.not_allowed, text: field.not_allowed, template: template.unknown", [](auto& c) {
                json::Object body = sandboxMail("s");
                body["template"] = "welcome";
                return outcomeOf(c.sendBody(body));
            });
        row("a send with a line break in an address", ValidationFailed, "to: field.control_character", [](auto& c) {
            json::Object body = sandboxMail("s");
            body["to"] = "a@b.c\r\nBcc: d@e.f";
            return outcomeOf(c.sendBody(body));
        });
        row("a send to nobody's address", ValidationFailed, "to: address.invalid", [](auto& c) {
            json::Object body = sandboxMail("s");
            body["to"] = "no-address";
            return outcomeOf(c.sendBody(body));
        });
        row("a send without a text", ValidationFailed, "content: field.required", [](auto& c) {
            json::Object body = sandboxMail("s");
            body.erase("text");
            return outcomeOf(c.sendBody(body));
        });
        row("a send through an account that is not there", ValidationFailed, "account: account.unknown", [](auto& c) {
            json::Object body = sandboxMail("s");
            body["account"] = "nobody@example.com";
            return outcomeOf(c.sendBody(body));
        });
        row("a send that is a list", ValidationFailed, ": field.type",
            [](auto& c) { return outcomeOf(c.sendBody(json::Array{})); });
        row("an account without anything", ValidationFailed,
            "email: field.required, smtp_host: field.required, smtp_port: field.required",
            [](auto& c) { return outcomeOf(c.createAccount(json::Object{})); });
        row("an account with a wrong port", ValidationFailed, "smtp_port: field.too_large", [](auto& c) {
            return outcomeOf(
                c.createAccount(json::Object{{"email", "a@b.c"}, {"smtp_host", "h"}, {"smtp_port", 70000}}));
        });
        row("an account with an id", ValidationFailed, "id: field.read_only", [](auto& c) {
            return outcomeOf(
                c.createAccount(json::Object{{"email", "a@b.c"}, {"smtp_host", "h"}, {"smtp_port", 25}, {"id", "x"}}));
        });
        row("a patch without a revision", ValidationFailed, "revision: field.required",
            [](auto& c) { return outcomeOf(c.patchAccount(nobody, json::Object{})); });
        row("a key without a name", ValidationFailed, "name: field.required",
            [](auto& c) { return outcomeOf(c.createKey(json::Object{})); });
        row("a key with an unknown scope", ValidationFailed, "scopes[0]: field.not_allowed", [](auto& c) {
            return outcomeOf(c.createKey(json::Object{{"name", "n"}, {"scopes", json::Array{"root"}}}));
        });
        row("a page too large", ValidationFailed, "limit: field.too_large",
            [](auto& c) { return outcomeOf(c.messages({.limit = 201})); });
        row("a strange cursor", ValidationFailed, "cursor: field.not_allowed",
            [](auto& c) { return outcomeOf(c.messages({.cursor = "a b&c=\xE4\xB8\xAD"})); });
        row("an unknown search term", ValidationFailed, "q: search.unknown_token",
            [](auto& c) { return outcomeOf(c.messages({.q = "colour:red"})); });
        row("an export of an unknown search term", ValidationFailed, "q: search.bad_date",
            [](auto& c) { return outcomeOf(c.exportCsv({.q = "before:now"})); });
        row("an act on everything", ValidationFailed, "q: field.empty", [](auto& c) {
            return outcomeOf(c.actOnMessages({.action = "cancel", .q = {}, .ids = {}, .dryRun = false, .cursor = {}}));
        });
        row("an unknown act", ValidationFailed, "action: field.not_allowed", [](auto& c) {
            return outcomeOf(c.actOnMessages({.action = "burn", .q = "x", .ids = {}, .dryRun = false, .cursor = {}}));
        });
        row("a release of nobody's message", ErrorCode::NotFound, "",
            [](auto& c) { return outcomeOf(c.release(nobody)); });
        row("a drop of nobody's message", ErrorCode::NotFound, "", [](auto& c) { return outcomeOf(c.drop(nobody)); });
        row("the source of nobody's message", ErrorCode::NotFound, "",
            [](auto& c) { return outcomeOf(c.messageSource(nobody)); });
        row("a strange cursor of accounts", ValidationFailed, "cursor: field.not_allowed",
            [](auto& c) { return outcomeOf(c.accounts({.cursor = "x"})); });
        row("a strange cursor of keys", ValidationFailed, "cursor: field.not_allowed",
            [](auto& c) { return outcomeOf(c.keys({.cursor = "x"})); });
        row("a strange cursor of the audit", ValidationFailed, "cursor: field.not_allowed",
            [](auto& c) { return outcomeOf(c.audit({.cursor = "x"})); });
    }
    void failsTheSameWayOnBothCarriers() {
        QFETCH(Call, call);
        QFETCH(ErrorCode, code);
        QFETCH(std::string, faults);
        const auto outcome = call(client());
        QVERIFY(!outcome);
        QVERIFY2(outcome.error().code == code, outcome.error().text().c_str());
        QCOMPARE(faultsOf(outcome.error()), faults);
        // Word for word the same on the other carrier.
        const auto other = call(m_engine.otherClient());
        QVERIFY(!other);
        QCOMPARE(other.error().text(), outcome.error().text());
    }

    void answersARequestNoClientMakesTheSameWay_data() {
        QTest::addColumn<std::string>("request");
        QTest::addColumn<std::string>("body");
        QTest::addColumn<int>("status");
        QTest::addColumn<std::string>("error");
        const auto row = [](const char* request, const char* body, int status, const char* error) {
            QTest::newRow((std::string(request) + " " + body).c_str())
                << std::string(request) << std::string(body) << status << std::string(error);
        };
        row("GET /nothing", "", 404, "route.unknown");
        row("GET /api/v1/messages/", "", 404, "route.unknown");
        row("DELETE /api/v1/messages", "", 405, "request.method");
        row("PUT /api/v1/admin/email-accounts", "{}", 405, "request.method");
        row("GET /api/v1/messages?colour=red", "", 422, "validation.failed");
        row("GET /api/v1/messages?status=flying", "", 422, "validation.failed");
        row("GET /api/v1/messages?limit=%zz", "", 400, "request.malformed");
        row("GET /api/v1/messages/not-an-id", "", 404, "not_found");
        row("GET /api/v1/messages/%zz", "", 400, "request.malformed");
        row("GET /api/v1/messages/a%2Fb", "", 400, "request.malformed");
        row("GET /api/v1/messages/a%00b", "", 400, "request.malformed");
        row("GET /api/v1/%6dessages?limit=201", "", 422, "validation.failed");
        row("POST /api/v1/messages/018c2d7e-5b7a-7c3b-9d1e-2f3a4b5c6d7e/cancel", R"({"x":1})", 422,
            "validation.failed");
        row("POST /api/v1/admin/api-keys", "[]", 422, "validation.failed");
        row("GET /api/v1/auth/local", "", 422, "validation.failed");
        row("GET /api/v1/events?after=x.1&wait=soon", "", 422, "validation.failed");
        row("GET /api/v1/messages/not-an-id/raw", "", 404, "not_found");
        row("DELETE /api/v1/admin/sandbox/mails?all=1", "", 422, "validation.failed");
    }
    void answersARequestNoClientMakesTheSameWay() {
        QFETCH(std::string, request);
        QFETCH(std::string, body);
        QFETCH(int, status);
        QFETCH(std::string, error);
        const auto blank = request.find(' ');
        std::optional<json::Value> value;
        if (!body.empty()) value = *json::parse(body);
        const ClientReply reply = raw(request.substr(0, blank), request.substr(blank + 1), value);
        QCOMPARE(reply.status, status);
        const auto parsed = json::parse(reply.body);
        QVERIFY(parsed);
        QCOMPARE(json::text(parsed->get_object(), "error"), error);
        QVERIFY(!json::text(parsed->get_object(), "request_id").empty());
    }

    void answersManyCallsAtOnce() {
        std::vector<Task<contract::Receipt>> sends;
        std::vector<Task<contract::VersionAnswer>> versions;
        for (int i = 0; i < 200; ++i) {
            sends.push_back(client().sendBody(sandboxMail(unique(std::to_string(i)))));
            versions.push_back(client().version());
        }
        std::vector<Id> ids;
        for (auto& send : sends) {
            auto receipt = send.wait(patience);
            QVERIFY2(receipt, receipt ? "" : receipt.error().text().c_str());
            ids.push_back(receipt->messageId);
        }
        for (auto& version : versions) QVERIFY(version.wait(patience));
        std::sort(ids.begin(), ids.end());
        QVERIFY(std::adjacent_find(ids.begin(), ids.end()) == ids.end());
        QVERIFY(becomes(ids.back(), contract::State::Sent));
        QVERIFY(QTest::qWaitFor([&] { return GOT(client().queueStatus()).recipients["queued"] == 0; }, 30'000));
        QCOMPARE(GOT(client().queueStatus()).imbalance, std::int64_t(0));
    }
};

QTEST_GUILESS_MAIN(TestClientContract)
#include "tst_client_contract.moc"
