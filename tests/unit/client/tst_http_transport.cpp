// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/task.h"
#include "engine/base/text.h"
#include "engine/client/http_transport.h"
#include "tests/unit/client/scripted_server.h"

#include <QFile>
#include <QProcess>
#include <QSslKey>
#include <QSslServer>
#include <QTemporaryDir>
#include <QTest>
#include <thread>

using namespace postroom;
using namespace postroom::client;
using test::ScriptedServer;
using namespace std::chrono_literals;

namespace {

// One request's whole way, waited for.
Result<ClientReply> ask(Transport& transport, ClientRequest request) {
    const Promise<ClientReply> promise;
    Task<ClientReply> task = promise.task();
    transport.send(std::move(request), [promise](Result<ClientReply> reply) { promise.finish(std::move(reply)); });
    return task.wait(20s);
}

std::unique_ptr<HttpTransport> transportTo(const ScriptedServer& server, Credentials credentials = NoCredentials{}) {
    return HttpTransport::make({.url = server.url(), .credentials = std::move(credentials)}).value();
}

std::string nonceOf(const ScriptedServer::Seen& seen) {
    const auto from = seen.line.find("nonce=") + 6;
    return seen.line.substr(from, seen.line.find(' ', from) - from);
}

const std::string localToken = "local-token-that-must-stay-secret";

}  // namespace

class TestHttpTransport : public QObject {
    Q_OBJECT

private slots:
    void carriesMethodPathHeadersAndBody() {
        ScriptedServer server([](const auto&) { return ScriptedServer::ok("null"); });
        const auto transport = transportTo(server);
        const auto reply = ask(*transport, {.method = "PATCH",
                                            .path = "/api/v1/x?a=%20b",
                                            .body = json::Object{{"n", 1}},
                                            .headers = {{"Idempotency-Key", "k1"}}});
        QVERIFY2(reply, reply ? "" : reply.error().text().c_str());
        QCOMPARE(reply->status, 200);
        QCOMPARE(server.seen().size(), std::size_t(1));
        const auto& seen = server.seen().front();
        QCOMPARE(seen.line, std::string("PATCH /api/v1/x?a=%20b HTTP/1.1"));
        QCOMPARE(seen.body, std::string("{\"n\":1}"));
        QVERIFY(seen.head.find("content-type: application/json") != seen.head.npos);
        QVERIFY(seen.head.find("idempotency-key: k1") != seen.head.npos);
        QVERIFY(seen.head.find("authorization") == seen.head.npos);
    }

    void sendsAnEmptyPostWithLengthZero() {
        ScriptedServer server([](const auto&) { return ScriptedServer::ok("null"); });
        const auto transport = transportTo(server);
        QVERIFY(ask(*transport, {.method = "POST", .path = "/x"}));
        QVERIFY(server.seen().front().head.find("content-length: 0") != std::string::npos);
    }

    void handsOnAnswersOfAnyStatus_data() {
        QTest::addColumn<int>("status");
        for (const int status : {201, 202, 400, 401, 403, 404, 405, 409, 413, 421, 422, 429, 500, 502, 503, 507})
            QTest::addRow("%d", status) << status;
    }
    void handsOnAnswersOfAnyStatus() {
        QFETCH(int, status);
        ScriptedServer server([&](const auto&) { return ScriptedServer::http(status, "{\"x\":1}"); });
        const auto transport = transportTo(server);
        const auto reply = ask(*transport, {.path = "/x"});
        QVERIFY2(reply, reply ? "" : reply.error().text().c_str());
        QCOMPARE(reply->status, status);
        QCOMPARE(reply->body, std::string("{\"x\":1}"));
        QCOMPARE(reply->contentType, std::string("application/json"));
    }

    void saysWhatKeptTheAnswerAway_data() {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<int>("code");
        const int broken = static_cast<int>(ErrorCode::ProtocolViolated);
        const int network = static_cast<int>(ErrorCode::NetworkFailed);
        QTest::newRow("closed before a byte") << QByteArray("!close") << network;
        // The library tells this apart from a lost connection only where the server leaves it open.
        QTest::newRow("not HTTP") << QByteArray("220 mail.example.org ESMTP\r\nConnection: close\r\n\r\n") << network;
        QTest::newRow("half a body") << QByteArray(
                                            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nhalf")
                                     << broken;
        QTest::newRow("redirect")
            << QByteArray("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n") << broken;
    }
    void saysWhatKeptTheAnswerAway() {
        QFETCH(QByteArray, answer);
        QFETCH(int, code);
        ScriptedServer server([&](const auto&) { return answer.toStdString(); });
        const auto transport = transportTo(server);
        const auto reply = ask(*transport, {.path = "/x"});
        QVERIFY(!reply);
        QVERIFY2(static_cast<int>(reply.error().code) == code, reply.error().text().c_str());
        QVERIFY(reply.error().detail.find(server.url()) != std::string::npos);
    }

    void saysNetworkFailedWhenNobodyListens() {
        std::string url;
        {
            ScriptedServer gone([](const auto&) { return ""; });
            url = gone.url();
        }
        const auto transport = HttpTransport::make({.url = url}).value();
        const auto reply = ask(*transport, {.path = "/x"});
        QVERIFY(!reply && reply.error().code == ErrorCode::NetworkFailed);
    }

    void saysTimedOutToASilentServer() {
        ScriptedServer server([](const auto&) { return ""; });
        const auto transport = HttpTransport::make({.url = server.url(), .timeout = 50ms}).value();
        const auto reply = ask(*transport, {.path = "/x"});
        QVERIFY(!reply && reply.error().code == ErrorCode::TimedOut);
    }

    void refusesAnAnswerThatIsTooLong() {
        ScriptedServer server([](const auto&) { return ScriptedServer::http(200, std::string(100'000, 'x')); });
        const auto transport = HttpTransport::make({.url = server.url(), .longestReply_bytes = 10'000}).value();
        const auto reply = ask(*transport, {.path = "/x"});
        QVERIFY(!reply && reply.error().code == ErrorCode::ProtocolViolated);
    }

    // A second copy of a submission would be a second mail.
    void neverSendsAPostTwice_data() {
        QTest::addColumn<bool>("withBody");
        QTest::newRow("with a body") << true;
        QTest::newRow("without") << false;
    }
    void neverSendsAPostTwice() {
        QFETCH(bool, withBody);
        // The first answer leaves a kept-alive connection; the second request is read and the connection breaks.
        ScriptedServer server(
            [](const auto& seen) { return seen.line.starts_with("GET") ? ScriptedServer::ok("null") : "!close"; });
        const auto transport = transportTo(server);
        QVERIFY(ask(*transport, {.path = "/first"}));
        ClientRequest post{.method = "POST", .path = "/second"};
        if (withBody) post.body = json::Object{{"a", 1}};
        const auto reply = ask(*transport, std::move(post));
        QVERIFY(!reply);
        QVERIFY2(reply.error().code == ErrorCode::NetworkFailed, reply.error().text().c_str());
        QCOMPARE(server.seen().size(), std::size_t(2));
    }

    void exchangesTheKeyOnceAndShowsTheToken() {
        ScriptedServer server([](const auto& seen) {
            if (seen.line.starts_with("POST /api/v1/auth/token "))
                return ScriptedServer::ok("{\"access_token\":\"t1\"}");
            return ScriptedServer::ok("null");
        });
        const auto transport = transportTo(server, KeyPair{"noti_a", Secret("secret_b")});
        QVERIFY(ask(*transport, {.path = "/api/v1/messages"}));
        QVERIFY(ask(*transport, {.path = "/api/v1/messages"}));
        QCOMPARE(server.seen().size(), std::size_t(3));
        QCOMPARE(server.seen()[0].body, std::string("{\"api_key\":\"noti_a\",\"api_secret\":\"secret_b\"}"));
        QVERIFY(server.seen()[2].head.find("authorization: bearer t1") != std::string::npos);
    }

    void logsInAgainAfterA401AndTriesOnceMore() {
        int logins = 0;
        ScriptedServer server([&](const auto& seen) {
            if (seen.line.starts_with("POST /api/v1/auth/token "))
                return ScriptedServer::ok("{\"access_token\":\"t" + std::to_string(++logins) + "\"}");
            return seen.head.find("bearer t2") != seen.head.npos ? ScriptedServer::ok("null")
                                                                 : ScriptedServer::error(401, "auth.required");
        });
        const auto transport = transportTo(server, KeyPair{"noti_a", Secret("secret_b")});
        const auto reply = ask(*transport, {.method = "POST", .path = "/x", .body = json::Object{{"a", 1}}});
        QVERIFY(reply);
        QCOMPARE(reply->status, 200);
        QCOMPARE(logins, 2);
    }

    void givesUpAfterTheSecond401() {
        ScriptedServer server([&](const auto& seen) {
            if (seen.line.starts_with("POST /api/v1/auth/token "))
                return ScriptedServer::ok("{\"access_token\":\"t\"}");
            return ScriptedServer::error(401, "auth.required");
        });
        const auto transport = transportTo(server, KeyPair{"noti_a", Secret("secret_b")});
        QCOMPARE(ask(*transport, {.path = "/x"}).value().status, 401);
        QCOMPARE(server.seen().size(), std::size_t(4));
    }

    void saysCredentialsRejectedWhenTheKeyIsRefused() {
        ScriptedServer server([](const auto&) { return ScriptedServer::error(401, "auth.rejected"); });
        const auto transport = transportTo(server, KeyPair{"noti_a", Secret("secret_b")});
        const auto reply = ask(*transport, {.path = "/x"});
        QVERIFY(!reply && reply.error().code == ErrorCode::CredentialsRejected);
        QVERIFY(reply.error().text().find("secret_b") == std::string::npos);
    }

    void logsInOnceForRequestsThatComeTogether() {
        ScriptedServer server([](const auto& seen) {
            if (seen.line.starts_with("POST /api/v1/auth/token "))
                return ScriptedServer::ok("{\"access_token\":\"t\"}");
            return ScriptedServer::ok("null");
        });
        const auto transport = transportTo(server, KeyPair{"noti_a", Secret("secret_b")});
        int answered = 0;
        for (int i = 0; i < 5; ++i)
            transport->send({.path = "/x"}, [&](const auto& reply) { answered += reply ? 1 : 0; });
        QTRY_COMPARE(answered, 5);
        QCOMPARE(server.seen().size(), std::size_t(6));
    }

    void showsTheLocalTokenToTheEngineThatKnowsIt() {
        ScriptedServer server([](const auto& seen) {
            if (seen.line.starts_with("GET /api/v1/auth/local?nonce="))
                return ScriptedServer::ok("{\"hmac\":\"" + localProof(Secret(localToken), nonceOf(seen)) + "\"}");
            return ScriptedServer::ok("null");
        });
        const auto transport = transportTo(server, LocalToken{Secret(localToken)});
        QVERIFY(ask(*transport, {.path = "/x"}));
        QVERIFY(server.seen()[0].head.find("authorization") == std::string::npos);
        QVERIFY(server.seen()[1].head.find("authorization: bearer " + localToken) != std::string::npos);
    }

    void showsNothingToAStrangerOnThePort_data() {
        QTest::addColumn<QByteArray>("answer");
        QTest::newRow("wrong proof") << QByteArray::fromStdString(
            ScriptedServer::ok("{\"hmac\":\"" + std::string(64, 'a') + "\"}"));
        QTest::newRow("no proof") << QByteArray::fromStdString(ScriptedServer::ok("{}"));
        QTest::newRow("another API") << QByteArray::fromStdString(ScriptedServer::http(200, "{\"hello\":\"world\"}"));
        QTest::newRow("a web page") << QByteArray("HTTP/1.1 404 Not Found\r\nContent-Length: 6\r\n\r\n<html>");
        QTest::newRow("asks for a password")
            << QByteArray("HTTP/1.1 401 X\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 2\r\n\r\n{}");
        QTest::newRow("redirects") << QByteArray(
            "HTTP/1.1 307 X\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
    }
    void showsNothingToAStrangerOnThePort() {
        QFETCH(QByteArray, answer);
        ScriptedServer server([&](const auto&) { return answer.toStdString(); });
        const auto transport = transportTo(server, LocalToken{Secret(localToken)});
        for (int i = 0; i < 2; ++i) {
            const auto reply = ask(*transport, {.path = "/x"});
            QVERIFY(!reply);
            QVERIFY2(reply.error().code == ErrorCode::ProtocolViolated, reply.error().text().c_str());
        }
        QVERIFY(server.heard().find(localToken) == std::string::npos);
        QVERIFY(server.heard().find("uthorization") == std::string::npos);
    }

    void asksForAnotherProofAfterAFailure() {
        bool known = true;
        ScriptedServer server([&](const auto& seen) -> std::string {
            if (!known) return ScriptedServer::ok("{}");
            if (seen.line.starts_with("GET /api/v1/auth/local?nonce="))
                return ScriptedServer::ok("{\"hmac\":\"" + localProof(Secret(localToken), nonceOf(seen)) + "\"}");
            return "!close";
        });
        const auto transport = transportTo(server, LocalToken{Secret(localToken)});
        QVERIFY(!ask(*transport, {.method = "POST", .path = "/x"}));
        known = false;
        const auto before = server.heard().size();
        QVERIFY(ask(*transport, {.path = "/x"}).error().code == ErrorCode::ProtocolViolated);
        QVERIFY(server.heard().find(localToken, before) == std::string::npos);
    }

    void showsNoTokenToOpenRoutes() {
        ScriptedServer server([](const auto&) { return ScriptedServer::ok("null"); });
        const auto transport = transportTo(server, KeyPair{"noti_a", Secret("secret_b")});
        for (const char* path : {"/health", "/health/ready", "/api/v1/version", "/openapi.json"})
            QVERIFY(ask(*transport, {.path = path}));
        QCOMPARE(server.seen().size(), std::size_t(4));
        QVERIFY(server.heard().find("uthorization") == std::string::npos);
    }

    void answersStoppingForWhatIsUnderWayWhenItDies() {
        ScriptedServer server([](const auto&) { return ""; });
        auto transport = transportTo(server, KeyPair{"noti_a", Secret("secret_b")});
        std::vector<ErrorCode> codes;
        const auto keep = [&](const Result<ClientReply>& reply) { codes.push_back(reply.error().code); };
        transport->send({.path = "/health"}, keep);
        transport->send({.path = "/x"}, keep);
        QTRY_COMPARE(server.seen().size(), std::size_t(2));
        transport->send({.path = "/never-begun"}, keep);
        transport.reset();
        QCOMPARE(codes.size(), std::size_t(3));
        for (const ErrorCode code : codes) QVERIFY(code == ErrorCode::Stopping);
    }

    void mayBeCalledFromAnyThread() {
        ScriptedServer server([](const auto&) { return ScriptedServer::ok("null"); });
        const auto transport = transportTo(server);
        Promise<ClientReply> promise;
        std::thread other([&] {
            transport->send({.path = "/x"}, [promise](Result<ClientReply> reply) { promise.finish(std::move(reply)); });
        });
        other.join();
        QVERIFY(promise.task().wait(20s));
    }

    void refusesAddressesThatAreNone_data() {
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<QByteArray>("pin");
        QTest::newRow("empty") << QByteArray() << QByteArray();
        QTest::newRow("no scheme") << QByteArray("127.0.0.1:8000") << QByteArray();
        QTest::newRow("ftp") << QByteArray("ftp://127.0.0.1") << QByteArray();
        QTest::newRow("a path") << QByteArray("http://127.0.0.1:8000/api") << QByteArray();
        QTest::newRow("a password") << QByteArray("http://me:hunter2@127.0.0.1:8000") << QByteArray();
        QTest::newRow("fingerprint too short") << QByteArray("https://127.0.0.1") << QByteArray("ab:cd");
        QTest::newRow("fingerprint without TLS") << QByteArray("http://127.0.0.1") << QByteArray(64, 'a');
    }
    void refusesAddressesThatAreNone() {
        QFETCH(QByteArray, url);
        QFETCH(QByteArray, pin);
        const auto made = HttpTransport::make({.url = url.toStdString(), .fingerprint = pin.toStdString()});
        QVERIFY(!made && made.error().code == ErrorCode::ConfigInvalid);
        QVERIFY(made.error().text().find("hunter2") == std::string::npos);
    }

    void trustsThePinnedCertificateAndNoOther_data() {
        QTest::addColumn<QByteArray>("pin");
        QTest::addColumn<bool>("trusted");
        QTest::newRow("the right one") << QByteArray("right") << true;
        QTest::newRow("another") << QByteArray(64, 'a') << false;
        QTest::newRow("none, self-signed") << QByteArray() << false;
    }
    void trustsThePinnedCertificateAndNoOther() {
        QFETCH(QByteArray, pin);
        QFETCH(bool, trusted);
        const QTemporaryDir folder;
        const QString key = folder.filePath(QStringLiteral("key.pem")),
                      pem = folder.filePath(QStringLiteral("cert.pem"));
        QCOMPARE(QProcess::execute(
                     QStringLiteral("openssl"),
                     {QStringLiteral("req"), QStringLiteral("-x509"), QStringLiteral("-newkey"), QStringLiteral("ec"),
                      QStringLiteral("-pkeyopt"), QStringLiteral("ec_paramgen_curve:P-256"), QStringLiteral("-nodes"),
                      QStringLiteral("-keyout"), key, QStringLiteral("-out"), pem, QStringLiteral("-days"),
                      QStringLiteral("2"), QStringLiteral("-subj"), QStringLiteral("/CN=elsewhere"),
                      QStringLiteral("-batch")}),
                 0);
        QFile keyFile(key), pemFile(pem);
        QVERIFY(keyFile.open(QIODevice::ReadOnly) && pemFile.open(QIODevice::ReadOnly));
        const QSslCertificate certificate(&pemFile);
        QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
        tls.setPrivateKey(QSslKey(&keyFile, QSsl::Ec));
        tls.setLocalCertificate(certificate);
        auto* listener = new QSslServer;
        listener->setSslConfiguration(tls);
        ScriptedServer server([](const auto&) { return ScriptedServer::ok("null"); }, listener);

        if (pin == "right") pin = certificate.digest(QCryptographicHash::Sha256).toHex(':').toUpper();
        const auto transport =
            HttpTransport::make({.url = server.url("https"), .fingerprint = pin.toStdString()}).value();
        const auto reply = ask(*transport, {.path = "/x"});
        if (trusted) {
            QVERIFY2(reply, reply ? "" : reply.error().text().c_str());
        } else {
            QVERIFY(!reply);
            QVERIFY2(reply.error().code == ErrorCode::TlsFailed, reply.error().text().c_str());
            QVERIFY(server.heard().empty());
        }
    }
};

QTEST_GUILESS_MAIN(TestHttpTransport)
#include "tst_http_transport.moc"
