// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "tests/ui/fake_engine.h"

#include <QSignalSpy>
#include <QTest>

using namespace postroom;
using namespace postroom::ui;

namespace {

Error errorOf(ErrorCode code) {
    return Error{.code = code, .params = {}, .detail = "as the test says", .fields = {}};
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
