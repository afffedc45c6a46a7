// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/web/outbound.h"
#include "tests/unit/client/scripted_server.h"

#include <QTest>
#include <QTimer>

using namespace postroom;
using namespace postroom::web;
using client::test::ScriptedServer;
using namespace std::chrono_literals;

class TestOutbound : public QObject {
    Q_OBJECT

    // What comes back within 20 s.
    static Result<Answer> ask(Outbound& outbound, const std::string& url, const std::string& form = "a=1&b=secret") {
        std::optional<Result<Answer>> got;
        outbound.post(readSite(url).value(), Secret{form}, [&](Result<Answer> answer) { got = std::move(answer); });
        if (!QTest::qWaitFor([&] { return got.has_value(); }, 20'000))
            return fail(ErrorCode::Internal, "nothing came back");
        return std::move(*got);
    }

private slots:
    void readsAddresses_data() {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("is");
        QTest::newRow("https") << "https://id.example.org/token"
                               << "https://id.example.org /token";
        QTest::newRow("nothing behind") << "https://id.example.org"
                                        << "https://id.example.org /";
        QTest::newRow("port and query") << "https://id.example.org:8443/t?a=b"
                                        << "https://id.example.org:8443 /t?a=b";
        QTest::newRow("loopback") << "http://127.0.0.1:8080/t"
                                  << "http://127.0.0.1:8080 /t";
        QTest::newRow("loopback by name") << "http://localhost/t"
                                          << "http://localhost /t";
        QTest::newRow("loopback in IPv6") << "http://[::1]:80/t"
                                          << "http://[::1]:80 /t";
        QTest::newRow("in the clear") << "http://id.example.org/t"
                                      << "";
        QTest::newRow("a name that begins like loopback") << "http://127.0.0.1.example.org/t"
                                                          << "";
        QTest::newRow("a name that ends like it") << "http://evil-localhost/t"
                                                  << "";
        QTest::newRow("user and password") << "https://a:b@id.example.org/t"
                                           << "";
        QTest::newRow("fragment") << "https://id.example.org/t#f"
                                  << "";
        QTest::newRow("file") << "file:///etc/passwd"
                              << "";
        QTest::newRow("no host") << "https:///t"
                                 << "";
        QTest::newRow("no address") << "id.example.org"
                                    << "";
        QTest::newRow("nothing") << ""
                                 << "";
    }
    void readsAddresses() {
        QFETCH(QString, url);
        QFETCH(QString, is);
        const auto site = readSite(url.toStdString());
        QCOMPARE(site.has_value(), !is.isEmpty());
        if (site)
            QCOMPARE(site->origin + " " + site->path, is.toStdString());
        else
            QVERIFY(site.error().detail.find("example") == std::string::npos);
    }

    void postsAForm() {
        ScriptedServer server(
            [](const auto&) { return ScriptedServer::http(400, "{\"error\":\"x\"}", "Retry-After: 7\r\n"); });
        Outbound outbound;
        const auto answer = ask(outbound, server.url() + "/token?x=1");
        QVERIFY2(answer, answer ? "" : answer.error().text().c_str());
        QCOMPARE(answer->status, 400);
        QCOMPARE(answer->body, std::string("{\"error\":\"x\"}"));
        QCOMPARE(answer->retryAfter.count(), 7);
        QCOMPARE(server.seen().size(), 1U);
        QCOMPARE(server.seen()[0].line, std::string("POST /token?x=1 HTTP/1.1"));
        QCOMPARE(server.seen()[0].body, std::string("a=1&b=secret"));
        QVERIFY(server.seen()[0].head.find("content-type: application/x-www-form-urlencoded") != std::string::npos);
    }

    void givesTheBodyOfA401() {
        ScriptedServer server([](const auto&) {
            return ScriptedServer::http(401, "{\"error\":\"invalid_client\"}",
                                        "WWW-Authenticate: Basic realm=\"x\"\r\n");
        });
        Outbound outbound;
        const auto answer = ask(outbound, server.url());
        QVERIFY2(answer, answer ? "" : answer.error().text().c_str());
        QCOMPARE(answer->status, 401);
        QCOMPARE(answer->body, std::string("{\"error\":\"invalid_client\"}"));
    }

    void keepsNothingFromOneToTheNext() {
        ScriptedServer server([](const auto&) { return ScriptedServer::http(200, "{}", "Set-Cookie: a=b\r\n"); });
        Outbound outbound;
        QVERIFY(ask(outbound, server.url()));
        QVERIFY(ask(outbound, server.url()));
        QCOMPARE(server.seen().size(), 2U);
        QVERIFY(server.seen()[1].head.find("cookie") == std::string::npos);
    }

    void followsNoRedirect() {
        ScriptedServer elsewhere([](const auto&) { return ScriptedServer::http(200, "{}"); });
        ScriptedServer server(
            [&](const auto&) { return ScriptedServer::http(307, "", "Location: " + elsewhere.url() + "/\r\n"); });
        Outbound outbound;
        const auto answer = ask(outbound, server.url());
        QVERIFY(!answer && answer.error().code == ErrorCode::ProtocolViolated);
        QVERIFY(elsewhere.seen().empty());
    }

    void takesNoMoreThanItSaid() {
        ScriptedServer server([](const auto&) { return ScriptedServer::http(200, std::string(1001, 'x')); });
        Outbound outbound({.longestAnswer_bytes = 1000});
        const auto answer = ask(outbound, server.url());
        QVERIFY(!answer && answer.error().code == ErrorCode::ProtocolViolated);
        server.setScript([](const auto&) { return ScriptedServer::http(200, std::string(1000, 'x')); });
        QVERIFY(ask(outbound, server.url()));
    }

    void doesNotWaitForEver() {
        ScriptedServer server([](const auto&) { return std::string(); });
        Outbound outbound({.whole = 200ms});
        const auto answer = ask(outbound, server.url());
        QVERIFY(!answer && answer.error().code == ErrorCode::TimedOut);
        QVERIFY2(answer.error().text().find("secret") == std::string::npos, answer.error().text().c_str());
    }

    void saysWhenTheNameIsSilent() {
        // It takes the connection into its backlog and never a byte of TLS.
        QTcpServer silent;
        QVERIFY(silent.listen(QHostAddress::LocalHost));
        Outbound outbound({.connecting = 200ms});
        const auto answer = ask(outbound, "https://127.0.0.1:" + std::to_string(silent.serverPort()));
        QVERIFY(!answer && answer.error().code == ErrorCode::TimedOut);
    }

    void waitsLongerForAnAnswerThanForAConnection() {
        QTcpServer slow;
        QVERIFY(slow.listen(QHostAddress::LocalHost));
        connect(&slow, &QTcpServer::newConnection, &slow, [&] {
            QTcpSocket* socket = slow.nextPendingConnection();
            QTimer::singleShot(600, socket, [socket] {
                socket->write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
            });
        });
        Outbound outbound({.connecting = 200ms});
        const auto answer = ask(outbound, "http://127.0.0.1:" + std::to_string(slow.serverPort()));
        QVERIFY2(answer, answer ? "" : answer.error().text().c_str());
    }

    void saysWhenNobodyListens() {
        std::string url;
        {
            const ScriptedServer gone([](const auto&) { return std::string(); });
            url = gone.url();
        }
        Outbound outbound;
        const auto answer = ask(outbound, url);
        QVERIFY(!answer && answer.error().code == ErrorCode::NetworkFailed);
    }

    void postsOnceAndNotAgain() {
        ScriptedServer server([](const auto&) { return std::string("!close"); });
        Outbound outbound;
        QVERIFY(!ask(outbound, server.url()));
        QCOMPARE(server.seen().size(), 1U);
    }

    void endsWithWhatIsUnderWay() {
        ScriptedServer server([](const auto&) { return std::string(); });
        bool isTold = false;
        {
            Outbound outbound;
            outbound.post(readSite(server.url()).value(), Secret{"a=1"}, [&](const auto&) { isTold = true; });
            QVERIFY(QTest::qWaitFor([&] { return !server.seen().empty(); }, 10'000));
        }
        QTest::qWait(0);
        QVERIFY(!isTold);
    }
};

QTEST_GUILESS_MAIN(TestOutbound)
#include "tst_outbound.moc"
