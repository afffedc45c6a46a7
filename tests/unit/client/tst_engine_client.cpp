// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/client/engine_client.h"
#include "engine/contract/envelope.h"

#include <QTest>

using namespace postroom;
using namespace postroom::client;
using namespace std::chrono_literals;

namespace {

// Remembers the last request and answers what it was given.
class FixedTransport final : public Transport {
public:
    struct Memory {
        ClientRequest last;
        Result<ClientReply> answer;
    };
    explicit FixedTransport(std::shared_ptr<Memory> memory) : m_memory(std::move(memory)) {}
    void send(ClientRequest request, Done done) override {
        m_memory->last = std::move(request);
        done(m_memory->answer);
    }
    [[nodiscard]] std::string describe() const override { return "a fixed answer"; }

private:
    std::shared_ptr<Memory> m_memory;
};

const Id someId = *Id::parse("018c2d7e-5b7a-7c3b-9d1e-2f3a4b5c6d7e");

}  // namespace

class TestEngineClient : public QObject {
    Q_OBJECT

    std::shared_ptr<FixedTransport::Memory> m_memory =
        std::make_shared<FixedTransport::Memory>(FixedTransport::Memory{{}, ClientReply{200, {}, {}}});
    EngineClient m_client{std::make_unique<FixedTransport>(m_memory)};

    void answerData(const std::string& data, int status = 200) {
        m_memory->answer =
            ClientReply{status, "application/json", "{\"code\":0,\"message\":\"success\",\"data\":" + data + "}"};
    }

private slots:
    void asksTheRouteThatBelongsToTheCall_data() {
        using Call = std::function<void(EngineClient&)>;
        QTest::addColumn<Call>("call");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char* expected, Call call) {
            QTest::newRow(expected) << call << QByteArray(expected);
        };
        const std::string id = someId.text();
        row("GET /api/v1/version", [](auto& c) { (void)c.version(); });
        row("GET /health/ready", [](auto& c) { (void)c.readiness(); });
        row("GET /openapi.json", [](auto& c) { (void)c.openApi(); });
        row("GET /metrics", [](auto& c) { (void)c.metrics(); });
        row("POST /api/v1/messages/email/send", [](auto& c) { (void)c.send({}); });
        row("GET /api/v1/messages", [](auto& c) { (void)c.messages(); });
        row("GET /api/v1/messages?limit=5&cursor=a%2Fb&status=held",
            [](auto& c) { (void)c.messages({.status = contract::State::Held, .limit = 5, .cursor = "a/b"}); });
        row("GET /api/v1/messages?q=to%3Aa%40b.c%20%22x%20y%22&count=true",
            [](auto& c) { (void)c.messages({.q = "to:a@b.c \"x y\"", .counted = true}); });
        row("GET /api/v1/messages/export?format=json&q=x&limit=7&cursor=c",
            [](auto& c) { (void)c.exportMessages({.q = "x", .limit = 7, .cursor = "c"}); });
        row("GET /api/v1/messages/export?format=csv&bom=true",
            [](auto& c) { (void)c.exportCsv({.byteOrderMark = true}); });
        row("POST /api/v1/messages/actions", [](auto& c) { (void)c.actOnMessages({}); });
        row("POST /api/v1/messages/ID/release", [](auto& c) { (void)c.release(someId); });
        row("GET /api/v1/messages/ID/raw?format=eml", [](auto& c) { (void)c.messageSource(someId); });
        row("GET /api/v1/messages/ID", [](auto& c) { (void)c.message(someId); });
        row("GET /api/v1/messages/ID/attempts", [](auto& c) { (void)c.attempts(someId); });
        row("GET /api/v1/messages/ID/explain", [](auto& c) { (void)c.explain(someId); });
        row("POST /api/v1/messages/ID/cancel", [](auto& c) { (void)c.cancel(someId); });
        row("POST /api/v1/messages/ID/retry", [](auto& c) { (void)c.retry(someId); });
        row("GET /api/v1/admin/email-accounts?cursor=x", [](auto& c) { (void)c.accounts({.cursor = "x"}); });
        row("GET /api/v1/admin/email-accounts/ID", [](auto& c) { (void)c.account(someId); });
        row("POST /api/v1/admin/email-accounts", [](auto& c) { (void)c.createAccount(json::Object{}); });
        row("PATCH /api/v1/admin/email-accounts/ID", [](auto& c) { (void)c.patchAccount(someId, json::Object{}); });
        row("DELETE /api/v1/admin/email-accounts/ID", [](auto& c) { (void)c.removeAccount(someId); });
        row("POST /api/v1/admin/email-accounts/ID/test", [](auto& c) { (void)c.testAccount(someId); });
        row("POST /api/v1/admin/email-accounts/ID/enable", [](auto& c) { (void)c.enableAccount(someId); });
        row("POST /api/v1/admin/email-accounts/ID/disable", [](auto& c) { (void)c.disableAccount(someId); });
        row("GET /api/v1/admin/api-keys", [](auto& c) { (void)c.keys(); });
        row("POST /api/v1/admin/api-keys", [](auto& c) { (void)c.createKey(json::Object{}); });
        row("POST /api/v1/admin/api-keys/ID/revoke", [](auto& c) { (void)c.revokeKey(someId); });
        row("GET /api/v1/admin/queue", [](auto& c) { (void)c.queueStatus(); });
        row("GET /api/v1/admin/dkim?limit=1", [](auto& c) { (void)c.dkimKeys({.limit = 1}); });
        row("POST /api/v1/admin/dkim", [](auto& c) { (void)c.createDkimKey(json::Object{}); });
        row("GET /api/v1/admin/dkim/ID", [](auto& c) { (void)c.dkimKey(someId); });
        row("POST /api/v1/admin/dkim/ID/rotate", [](auto& c) { (void)c.rotateDkimKey(someId); });
        row("POST /api/v1/admin/dkim/ID/enable", [](auto& c) { (void)c.enableDkimKey(someId); });
        row("POST /api/v1/admin/dkim/ID/disable", [](auto& c) { (void)c.disableDkimKey(someId); });
        row("DELETE /api/v1/admin/dkim/ID", [](auto& c) { (void)c.removeDkimKey(someId); });
        row("GET /api/v1/admin/reply-rules", [](auto& c) { (void)c.replyRules(); });
        row("POST /api/v1/admin/reply-rules/test", [](auto& c) { (void)c.testReply("dot", "550 no"); });
        row("POST /api/v1/admin/reply-rules/reload", [](auto& c) { (void)c.reloadReplyRules(); });
        row("GET /api/v1/admin/sandbox/mails?limit=1", [](auto& c) { (void)c.sandboxMails({.limit = 1}); });
        row("GET /api/v1/admin/sandbox/mails/a%2Fb", [](auto& c) { (void)c.sandboxMail("a/b"); });
        row("DELETE /api/v1/admin/sandbox/mails", [](auto& c) { (void)c.clearSandbox(); });
        row("GET /api/v1/messages/ID/raw", [](auto& c) { (void)c.rawMessage(someId); });
        row("GET /api/v1/stats?range=24h", [](auto& c) { (void)c.stats("24h"); });
        row("GET /api/v1/events", [](auto& c) { (void)c.events(); });
        row("GET /api/v1/events?after=e.7&wait=25", [](auto& c) { (void)c.events("e.7"); });
        row("GET /api/v1/events?after=e.7&wait=0", [](auto& c) { (void)c.events("e.7", 0s); });
        row("GET /api/v1/admin/audit", [](auto& c) { (void)c.audit(); });
    }
    void asksTheRouteThatBelongsToTheCall() {
        QFETCH(std::function<void(EngineClient&)>, call);
        QFETCH(QByteArray, expected);
        call(m_client);
        expected.replace("ID", QByteArray::fromStdString(someId.text()));
        QCOMPARE(m_memory->last.method + " " + m_memory->last.path, expected.toStdString());
    }

    void readsTheDataOfAnAnswer() {
        answerData("{\"version\":\"1\",\"api_version\":\"v1\",\"capabilities\":[\"a\"],\"new_member\":7}");
        const auto version = m_client.version().wait(0ms);
        QVERIFY(version);
        QCOMPARE(version->version, std::string("1"));
        QCOMPARE(version->capabilities.size(), std::size_t(1));
    }

    void readsAPage() {
        answerData("{\"items\":[{\"id\":\"" + someId.text() + "\",\"api_key\":\"noti_a\"}],\"next_cursor\":\"c\"}");
        const auto page = m_client.keys().wait(0ms);
        QVERIFY(page);
        QCOMPARE(page->items.front().id, someId);
        QCOMPARE(page->nextCursor, std::optional<std::string>("c"));
    }

    void readsAPageOfLines() {
        m_memory->answer = ClientReply{200, "text/csv; charset=utf-8", "a,b\r\n", {{"x-next-cursor", "c"}}};
        const auto page = m_client.exportCsv().wait(0ms);
        QVERIFY(page);
        QCOMPARE(page->lines, std::string("a,b\r\n"));
        QCOMPARE(page->nextCursor, std::optional<std::string>("c"));
        m_memory->answer =
            ClientReply{422, "application/json", contract::errorBody(invalidField("q", "search.bad_id", "x"), "r"), {}};
        QVERIFY(m_client.exportCsv().wait(0ms).error().code == ErrorCode::ValidationFailed);
        m_memory->answer = ClientReply{200, "text/html", "<html>", {}};
        QVERIFY(m_client.exportCsv().wait(0ms).error().code == ErrorCode::ProtocolViolated);
    }

    void readsTheItemsOfAttempts() {
        answerData("{\"items\":[{\"id\":\"" + someId.text() + "\",\"outcome\":\"sent\"}]}");
        QCOMPARE(m_client.attempts(someId).wait(0ms).value().front().outcome, std::string("sent"));
    }

    void takesNullAsTheDataOfADeletion() {
        answerData("null");
        QVERIFY(m_client.removeAccount(someId).wait(0ms));
    }

    void handsOnTheEnginesError() {
        m_memory->answer =
            ClientReply{422, {}, contract::errorBody(invalidField("to[0]", "address.invalid", "x"), "r")};
        const auto receipt = m_client.send({}).wait(0ms);
        QVERIFY(!receipt && receipt.error().code == ErrorCode::ValidationFailed);
        QCOMPARE(receipt.error().fields.front().field, std::string("to[0]"));
    }

    void handsOnTheTransportsError() {
        m_memory->answer = fail(ErrorCode::NetworkFailed, "refused");
        QVERIFY(m_client.version().wait(0ms).error().code == ErrorCode::NetworkFailed);
        QVERIFY(m_client.readiness().wait(0ms).error().code == ErrorCode::NetworkFailed);
        QVERIFY(m_client.metrics().wait(0ms).error().code == ErrorCode::NetworkFailed);
    }

    void callsAnAnswerOfAnotherFormAViolation_data() {
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("no JSON") << QByteArray("<html>");
        QTest::newRow("no envelope") << QByteArray("{}");
        QTest::newRow("data of another type") << QByteArray("{\"code\":0,\"data\":[]}");
        QTest::newRow("member of another type") << QByteArray("{\"code\":0,\"data\":{\"version\":1}}");
    }
    void callsAnAnswerOfAnotherFormAViolation() {
        QFETCH(QByteArray, body);
        m_memory->answer = ClientReply{200, {}, body.toStdString()};
        const auto version = m_client.version().wait(0ms);
        QVERIFY(!version);
        QVERIFY2(version.error().code == ErrorCode::ProtocolViolated, version.error().text().c_str());
    }

    void readsReadinessAlsoWhenItIsNotReady() {
        m_memory->answer = ClientReply{503, {}, "{\"status\":\"not_ready\",\"checks\":{}}"};
        QCOMPARE(json::text(m_client.readiness().wait(0ms).value().get_object(), "status"), std::string("not_ready"));
    }
};

QTEST_APPLESS_MAIN(TestEngineClient)
#include "tst_engine_client.moc"
