// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/text.h"
#include "engine/contract/envelope.h"
#include "tests/ui/fake_engine.h"
#include "ui/models/as_command.h"
#include "ui/models/wording.h"

#include <QSignalSpy>
#include <QTest>

using namespace postroom;
using namespace postroom::ui;

namespace {

Error errorOf(ErrorCode code) {
    return Error{.code = code, .params = {}, .detail = "as the test says", .fields = {}};
}

// Answers each request at once, as far as a transport may: what it said still lies in the link's inbox when the next
// dial has replaced it.
class PromptTransport final : public client::Transport {
public:
    using Answer = std::function<Result<client::ClientReply>(const client::ClientRequest&)>;
    explicit PromptTransport(Answer answer) : m_answer(std::move(answer)) {}
    void send(client::ClientRequest request, Done done) override { done(m_answer(request)); }
    [[nodiscard]] std::string describe() const override { return "at once"; }

private:
    Answer m_answer;
};

client::ClientReply ok(const std::string& body) {
    return {.status = 200, .contentType = "application/json", .body = body};
}

// Says which version it is, and has no events.
PromptTransport::Answer engineOf(const std::string& version) {
    return [version](const client::ClientRequest& request) -> Result<client::ClientReply> {
        if (request.path.starts_with("/api/v1/version"))
            return ok(contract::successBody(
                contract::toJson(contract::VersionAnswer{.version = version, .apiVersion = "1", .capabilities = {}}),
                "test"));
        return ok(contract::successBody(contract::toJson(contract::Events{.next = "e.1", .reset = false, .events = {}}),
                                        "test"));
    };
}

}  // namespace

class TestLink : public QObject {
    Q_OBJECT

private slots:
    void isOnlineOnceItsEngineAnswered() {
        FakeDesk desk;
        QSignalSpy fresh(&desk.link, &Link::everythingStale);
        QVERIFY(desk.connectNow());
        QCOMPARE(desk.link.engineVersion(), QStringLiteral("0.1.0"));
        QVERIFY(desk.link.can(QStringLiteral("sandbox")));
        QCOMPARE(desk.link.url(), QStringLiteral("http://127.0.0.1:8000"));
        QCOMPARE(fresh.count(), 1);
    }

    void passesOnWhatTheEngineSaysIsStale() {
        FakeDesk desk;
        QVERIFY(desk.connectNow());
        QSignalSpy stale(&desk.link, &Link::stale);
        desk.engine.push("messages", {"a", "b"});
        QTRY_COMPARE(stale.count(), 1);
        QCOMPARE(stale[0][0].toString(), QStringLiteral("messages"));
        QCOMPARE(stale[0][1].toStringList(), QStringList({QStringLiteral("a"), QStringLiteral("b")}));
        desk.engine.push("keys");
        QTRY_COMPARE(stale.count(), 2);
    }

    void noticesThatItsEngineIsGoneAndComesBack() {
        FakeDesk desk;
        QVERIFY(desk.connectNow());
        desk.engine.fail(errorOf(ErrorCode::NetworkFailed));
        QTRY_COMPARE(desk.link.state(), Link::State::Lost);
        QCOMPARE(desk.link.trouble().code, ErrorCode::NetworkFailed);
        QVERIFY(desk.link.secondsToRetry() >= 1);
        QSignalSpy fresh(&desk.link, &Link::everythingStale);
        desk.engine.fail(std::nullopt);
        desk.link.dial();
        QTRY_COMPARE(desk.link.state(), Link::State::Online);
        QCOMPARE(desk.link.secondsToRetry(), 0);
        QCOMPARE(fresh.count(), 1);
    }

    void comesBackByItself() {
        FakeDesk desk;
        desk.engine.fail(errorOf(ErrorCode::NetworkFailed));
        desk.link.dial();
        QTRY_COMPARE(desk.link.state(), Link::State::Lost);
        desk.engine.fail(std::nullopt);
        QTRY_COMPARE_WITH_TIMEOUT(desk.link.state(), Link::State::Online, 5000);
    }

    void saysThatItTriesAgain() {
        FakeDesk desk;
        desk.engine.fail(errorOf(ErrorCode::CredentialsRejected));
        desk.link.dial();
        QTRY_COMPARE(desk.link.state(), Link::State::Lost);
        QVERIFY(desk.link.secondsToRetry() > 0);
        QList<int> seconds;
        connect(&desk.link, &Link::stateChanged, this, [&] { seconds.append(desk.link.secondsToRetry()); });
        desk.link.dial();
        QCOMPARE(seconds, QList<int>{0});
        QCOMPARE(desk.link.state(), Link::State::Lost);
        QTRY_VERIFY(desk.link.secondsToRetry() > 0);
    }

    void hearsNothingOfAnOlderDial_data() {
        QTest::addColumn<PromptTransport::Answer>("older");
        QTest::newRow("its version") << engineOf("0.0.1");
        QTest::newRow("its end") << PromptTransport::Answer(
            [](const client::ClientRequest&) { return fail(errorOf(ErrorCode::NetworkFailed)); });
        QTest::newRow("its refusal") << PromptTransport::Answer(
            [](const client::ClientRequest&) { return fail(errorOf(ErrorCode::CredentialsRejected)); });
        QTest::newRow("its nonsense") << PromptTransport::Answer(
            [](const client::ClientRequest&) { return ok("<html>"); });
    }
    void hearsNothingOfAnOlderDial() {
        QFETCH(PromptTransport::Answer, older);
        int dials = 0;
        Link link([&]() -> Result<Link::Dialled> {
            return Link::Dialled{
                .transport = std::make_unique<PromptTransport>(++dials == 1 ? older : engineOf("0.2.0")), .url = {}};
        });
        QList<Link::State> states;
        connect(&link, &Link::stateChanged, this, [&] { states.append(link.state()); });
        QSignalSpy fresh(&link, &Link::everythingStale);
        link.dial();
        link.dial();
        QTRY_COMPARE(link.state(), Link::State::Online);
        QCOMPARE(link.engineVersion(), QStringLiteral("0.2.0"));
        QCOMPARE(states, QList<Link::State>({Link::State::Connecting, Link::State::Connecting, Link::State::Online}));
        QCOMPARE(fresh.count(), 1);
        QCOMPARE(dials, 2);
    }

    void losesTheLinkBySomethingThatIsNoEngine_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("status");
        for (const char* path : {"/api/v1/version", "/api/v1/events"}) {
            // ' for ", which reads better here.
            const auto row = [path](const char* name, QByteArray body, int status = 200) {
                body.replace('\'', '"');
                QTest::addRow("%s %s", path, name) << QString::fromLatin1(path) << body << status;
            };
            row("nothing", {});
            row("html", "<!doctype html><html><body>Welcome to nginx!</body></html>");
            row("half of it", "{'code':0,'message':'success','data':{'version':'0.1");
            row("no object", "[1, 2, 3]");
            row("no envelope", "{'version':'0.1.0','api_version':'1','next':'e.1'}");
            row("no data", "{'code':0,'message':'success'}");
            row("data of another kind", "{'code':0,'message':'success','data':'hello','request_id':'1'}");
            row("members of another kind",
                "{'code':0,'message':'success','data':{'version':1,'api_version':[],'next':{}},'request_id':'1'}");
            row("no text", QByteArray("\xff\xfe\0\x01", 4));
            row("html of a proxy", "<html><body>502 Bad Gateway</body></html>", 502);
            row("a status there is none of", "{}", 999);
        }
    }
    void losesTheLinkBySomethingThatIsNoEngine() {
        QFETCH(QString, path);
        QFETCH(QByteArray, body);
        QFETCH(int, status);
        Link link([&]() -> Result<Link::Dialled> {
            return Link::Dialled{.transport = std::make_unique<PromptTransport>(
                                     [&, sound = engineOf("0.1.0")](const client::ClientRequest& request) {
                                         if (!request.path.starts_with(toUtf8(path))) return sound(request);
                                         return Result<client::ClientReply>(client::ClientReply{
                                             .status = status, .contentType = "text/html", .body = body.toStdString()});
                                     }),
                                 .url = {}};
        });
        link.dial();
        QTRY_COMPARE(link.state(), Link::State::Lost);
        QVERIFY(link.secondsToRetry() > 0);
        const QString sentence = errorText(link.trouble());
        QCOMPARE(link.trouble().code, ErrorCode::ProtocolViolated);
        QVERIFY2(sentence.startsWith(QStringLiteral("What answers there does not speak")), qPrintable(sentence));
        QVERIFY2(sentence.size() < 600, qPrintable(sentence));
    }

    void keepsWhatLeadsACommandToItsEngine() {
        const QStringList where{QStringLiteral("--data-dir"), QStringLiteral("/srv/post room")};
        Link link([&]() -> Result<Link::Dialled> {
            return Link::Dialled{
                .transport = std::make_unique<PromptTransport>(engineOf("0.1.0")), .url = {}, .ctlArguments = where};
        });
        QVERIFY(link.ctlArguments().isEmpty());
        link.dial();
        QCOMPARE(link.ctlArguments(), where);
        QCOMPARE(asCtl(link.ctlArguments(), {QStringLiteral("accounts"), QStringLiteral("list")}),
                 QStringLiteral("postroomctl --data-dir '/srv/post room' accounts list"));
        QCOMPARE(asCtl({}, {QStringLiteral("accounts"), QStringLiteral("list")}),
                 QStringLiteral("postroomctl accounts list"));
    }

    void losesTheLinkByACallInBetween() {
        FakeDesk desk;
        QVERIFY(desk.connectNow());
        desk.engine.answer("GET /api/v1/admin/queue", [](const client::ClientRequest&) {
            return client::ClientReply{.status = 401, .contentType = "application/json", .body = "{}"};
        });
        bool failed = false;
        desk.link.ask(
            this, [](client::EngineClient& engine) { return engine.queueStatus(); },
            [&](const Result<contract::QueueStatus>& queue) { failed = !queue; });
        QTRY_VERIFY(failed);
    }

    void refusesAnotherVersionOfTheApi() {
        FakeDesk desk;
        desk.engine.answer("GET /api/v1/version", contract::toJson(contract::VersionAnswer{
                                                      .version = "9.0.0", .apiVersion = "2", .capabilities = {}}));
        desk.link.dial();
        QTRY_COMPARE(desk.link.state(), Link::State::Lost);
        QCOMPARE(desk.link.trouble().code, ErrorCode::ProtocolViolated);
        QVERIFY(desk.link.secondsToRetry() > 15);
    }

    void asksAWrongKeyNoMoreThanNowAndThen() {
        FakeDesk desk;
        desk.engine.fail(errorOf(ErrorCode::CredentialsRejected));
        desk.link.dial();
        QTRY_COMPARE(desk.link.state(), Link::State::Lost);
        QVERIFY(desk.link.secondsToRetry() > 15);
    }

    void saysNothingToWhoHasGone() {
        FakeDesk desk;
        QVERIFY(desk.connectNow());
        desk.engine.answer("GET /api/v1/admin/queue", contract::toJson(contract::QueueStatus{}));
        desk.engine.hold("GET /api/v1/admin/queue");
        auto receiver = std::make_unique<QObject>();
        bool received = false, other = false;
        const auto call = [](client::EngineClient& engine) { return engine.queueStatus(); };
        desk.link.ask(receiver.get(), call, [&](const Result<contract::QueueStatus>&) { received = true; });
        desk.link.ask(this, call, [&](const Result<contract::QueueStatus>&) { other = true; });
        QTRY_COMPARE(desk.engine.count("GET /api/v1/admin/queue"), std::size_t{2});
        receiver.reset();
        desk.engine.release("GET /api/v1/admin/queue");
        QTRY_VERIFY(other);
        QVERIFY(!received);
    }

    void answersWhatIsUnderWayWhenItDialsAnew() {
        FakeDesk desk;
        QVERIFY(desk.connectNow());
        desk.engine.answer("GET /api/v1/admin/queue", contract::toJson(contract::QueueStatus{}));
        int answers = 0;
        for (int i = 0; i < 3; ++i)
            desk.link.ask(
                this, [](client::EngineClient& engine) { return engine.queueStatus(); },
                [&](const Result<contract::QueueStatus>&) { ++answers; });
        desk.link.dial();
        QTRY_COMPARE(answers, 3);
        QTRY_COMPARE(desk.link.state(), Link::State::Online);
    }

    void failsACallWithoutALinkInASentence() {
        Link link([]() -> Result<Link::Dialled> { return fail(ErrorCode::Unavailable, "not yet"); });
        std::optional<Error> error;
        link.ask(
            this, [](client::EngineClient& engine) { return engine.queueStatus(); },
            [&](const Result<contract::QueueStatus>& queue) {
                if (!queue) error = queue.error();
            });
        QVERIFY(!error);
        QTRY_VERIFY(error);
        QCOMPARE(error->code, ErrorCode::NetworkFailed);
        link.dial();
        QTRY_COMPARE(link.state(), Link::State::Lost);
    }
};

QTEST_MAIN(TestLink)
#include "tst_link.moc"
