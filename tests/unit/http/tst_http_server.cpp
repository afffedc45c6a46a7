// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "tests/unit/http/desk.h"
#include "tests/unit/http/request_rows.h"

#include <QElapsedTimer>
#include <QTest>
#include <QTimer>

using namespace postroom;
using namespace postroom::http;
using namespace postroom::http::test;
using namespace std::chrono_literals;

namespace {

ServerSettings onAnyPort() {
    ServerSettings settings;
    settings.port = 0;
    settings.allowedHosts = servedNames;
    settings.tick = 10ms;
    return settings;
}

// A server that listens as long as it lives.
struct Serving {
    explicit Serving(ServerSettings settings = onAnyPort()) : server(desk, std::move(settings)) {
        if (const auto listening = server.listen(); !listening) qFatal("%s", listening.error().text().c_str());
    }
    Desk desk;
    Server server;
};

std::string repeated(int count, const std::string& text) {
    std::string all;
    for (int i = 0; i < count; ++i) all += text;
    return all;
}

// Whatever the server was about to do is done after this.
void letOthersBeServed(Serving& serving) {
    for (int i = 0; i < 3; ++i) {
        Client other{serving.server.port()};
        other.send(get("/other"));
        QCOMPARE(other.answer().status, 200);
    }
}

}  // namespace

class TestHttpServer : public QObject {
    Q_OBJECT

private slots:
    void answersEveryRequestAsItDeserves_data() {
        QTest::addColumn<QByteArray>("raw");
        QTest::addColumn<int>("status");
        QTest::addColumn<bool>("closes");
        for (const auto& row : requestRows())
            QTest::newRow(row.name) << QByteArray::fromStdString(row.raw) << row.status << row.closes;
    }
    void answersEveryRequestAsItDeserves() {
        QFETCH(QByteArray, raw);
        QFETCH(int, status);
        QFETCH(bool, closes);
        Serving serving;
        for (const qsizetype piece : {raw.size(), qsizetype{1}}) {
            // Byte by byte only what is short: each byte is a packet here.
            if (piece == 1 && raw.size() > 400) continue;
            Client client{serving.server.port()};
            for (qsizetype i = 0; i < raw.size(); i += piece) {
                client.send(raw.mid(i, piece).toStdString());
                if (piece == 1) QCoreApplication::processEvents();
            }
            QCOMPARE(client.answer().status, status);
            if (closes) {
                QVERIFY(client.waitForEnd());
                QCOMPARE(client.unread(), std::string());
            } else {
                client.send(get("/next"));
                QCOMPARE(client.answer().body, std::string("GET /next "));
            }
        }
        QVERIFY(!serving.desk.statuses.empty());
    }

    void sendsAnswersInTheOrderOfTheRequests() {
        Serving serving;
        Client client{serving.server.port()};
        client.send(get("/wait/1") + get("/wait/2") + get("/now") + get("/wait/3"));
        QTRY_COMPARE(serving.desk.waiting.size(), std::size_t{3});
        serving.desk.answer(2);
        serving.desk.answer(1);
        letOthersBeServed(serving);
        QCOMPARE(client.unread(), std::string());
        serving.desk.answer(0);
        const auto answers = client.answers(4);
        QCOMPARE(answers.size(), std::size_t{4});
        QCOMPARE(answers[0].body, std::string("/wait/1 0"));
        QCOMPARE(answers[1].body, std::string("/wait/2 0"));
        QCOMPARE(answers[2].body, std::string("GET /now "));
        QCOMPARE(answers[3].body, std::string("/wait/3 0"));
    }

    void takesNoMoreRequestsAheadThanItShould() {
        Serving serving;
        Client client{serving.server.port()};
        client.send(repeated(40, get("/wait")));
        QTRY_COMPARE(serving.desk.waiting.size(), std::size_t{16});
        for (std::size_t i = 0; i < 40; ++i) {
            QTRY_VERIFY(serving.desk.waiting.size() > i);
            serving.desk.answer(i);
        }
        QCOMPARE(client.answers(40).size(), std::size_t{40});
        QCOMPARE(serving.desk.contexts, 40);
    }

    void answersThousandsOfPipelinedRequests() {
        Serving serving;
        Client client{serving.server.port()};
        client.send(repeated(5000, get("/x")));
        QCOMPARE(client.answers(5000).size(), std::size_t{5000});
    }

    void givesHeadWhatGetWouldGiveWithoutItsBody() {
        Serving serving;
        Client client{serving.server.port()};
        client.send("HEAD /x HTTP/1.1\r\nHost: localhost\r\n\r\n" + get("/y"));
        const Answer answer = client.answer(true);
        QCOMPARE(answer.status, 200);
        QVERIFY(answer.head.find("Content-Length: 8\r\n") != std::string::npos);
        QCOMPARE(client.answer().body, std::string("GET /y "));
    }

    void asksForTheBodyOnlyWhenItIsWelcome() {
        Serving serving;
        {
            Client client{serving.server.port()};
            client.send(post("Content-Length: 5\r\nExpect: 100-continue\r\n", ""));
            const Answer interim = client.answer();
            QCOMPARE(interim.head, std::string("HTTP/1.1 100 Continue\r\n\r\n"));
            client.send("hello");
            QCOMPARE(client.answer().body, std::string("POST / hello"));
        }
        {
            Client client{serving.server.port()};
            client.send(
                "POST /forbidden HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            QCOMPARE(client.answer().status, 401);
            QVERIFY(client.waitForEnd());
        }
        {
            Client client{serving.server.port()};
            client.send(post("Content-Length: 5000\r\nExpect: 100-continue\r\n", ""));
            QCOMPARE(client.answer().status, 413);
            QVERIFY(client.waitForEnd());
        }
    }

    void asksForTheBodyAfterTheAnswersBeforeIt() {
        Serving serving;
        Client client{serving.server.port()};
        client.send(get("/wait") + post("Content-Length: 5\r\nExpect: 100-continue\r\n", ""));
        QTRY_COMPARE(serving.desk.admitted.size(), std::size_t{2});
        letOthersBeServed(serving);
        QCOMPARE(client.unread(), std::string());
        serving.desk.answer(0);
        const auto answers = client.answers(2);
        QCOMPARE(answers.size(), std::size_t{2});
        QCOMPARE(answers[0].body, std::string("/wait 0"));
        QCOMPARE(answers[1].status, 100);
        client.send("hello");
        QCOMPARE(client.answer().body, std::string("POST / hello"));
    }

    void refusesBeforeAnyByteOfTheBodyIsRead() {
        Serving serving;
        Client client{serving.server.port()};
        client.send(post("Content-Length: 41943040\r\n", std::string(100'000, 'x')));
        const Answer answer = client.answer();
        QCOMPARE(answer.status, 413);
        QVERIFY(answer.head.find("Connection: close") != std::string::npos);
        QVERIFY(client.waitForEnd());
    }

    void keepsTheConnectionWhenASmallBodyIsRefused() {
        Serving serving;
        Client client{serving.server.port()};
        const std::string refused = "POST /forbidden HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello";
        client.send(refused + refused + get("/x"));
        const auto answers = client.answers(3);
        QCOMPARE(answers.size(), std::size_t{3});
        QCOMPARE(answers[0].status, 401);
        QCOMPARE(answers[1].status, 401);
        QCOMPARE(answers[2].status, 200);
    }

    void neverReadsARequestOutOfWhatFollowsABrokenOne() {
        Serving serving;
        Client client{serving.server.port()};
        client.send(get("/wait") + post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "") + get("/smuggled"));
        QTRY_COMPARE(serving.desk.waiting.size(), std::size_t{1});
        letOthersBeServed(serving);
        serving.desk.answer(0);
        const auto answers = client.answers(2);
        QCOMPARE(answers.size(), std::size_t{2});
        QCOMPARE(answers[1].status, 400);
        QVERIFY(client.waitForEnd());
        QCOMPARE(serving.desk.admitted.front(), std::string("/wait"));
        QCOMPARE(std::count(serving.desk.admitted.begin(), serving.desk.admitted.end(), "/smuggled"), 0);
    }

    void neverHandlesABodyThatWentWrongBehindAWaitingAnswer() {
        Serving serving;
        Client client{serving.server.port()};
        client.send(get("/wait") + chunked("5\r\nhello\n"));
        QTRY_COMPARE(serving.desk.admitted.size(), std::size_t{2});
        client.send("0\r\n\r\n" + get("/smuggled"));
        letOthersBeServed(serving);
        serving.desk.answer(0);
        QCOMPARE(client.answers(2).back().status, 400);
        QVERIFY(client.waitForEnd());
        QCOMPARE(std::count(serving.desk.admitted.begin(), serving.desk.admitted.end(), "/smuggled"), 0);
        QCOMPARE(serving.desk.contexts, 1 + 3);
    }

    void dropsTheSlowAndTheSilent_data() {
        QTest::addColumn<QByteArray>("first");
        QTest::addColumn<QByteArray>("drip");
        QTest::addColumn<int>("answers");
        QTest::addColumn<int>("last");
        QTest::newRow("never says a word") << QByteArray() << QByteArray() << 0 << 0;
        QTest::newRow("half a head") << QByteArray("GET / HT") << QByteArray() << 1 << 408;
        QTest::newRow("slow loris") << QByteArray("GET / HTTP/1.1\r\n") << QByteArray("X: y\r\n") << 1 << 408;
        QTest::newRow("idle after a request") << QByteArray::fromStdString(get("/")) << QByteArray() << 1 << 200;
        QTest::newRow("half a second head") << QByteArray::fromStdString(get("/") + "GE") << QByteArray() << 2 << 408;
        QTest::newRow("no body") << QByteArray::fromStdString(post("Content-Length: 500\r\n", "")) << QByteArray() << 1
                                 << 408;
        QTest::newRow("slow body") << QByteArray::fromStdString(post("Content-Length: 500\r\n", "")) << QByteArray("x")
                                   << 1 << 408;
        QTest::newRow("slow chunks") << QByteArray::fromStdString(chunked("")) << QByteArray("1\r\nx\r\n") << 1 << 408;
        QTest::newRow("slow refused body")
            << QByteArray("POST /forbidden HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n")
            << QByteArray("x") << 1 << 401;
    }
    void dropsTheSlowAndTheSilent() {
        QFETCH(QByteArray, first);
        QFETCH(QByteArray, drip);
        QFETCH(int, answers);
        QFETCH(int, last);
        ServerSettings settings = onAnyPort();
        settings.headerDeadline = settings.idleDeadline = settings.bodyWindow = 150ms;
        settings.minimumBodyRate_bytesPerSecond = 100'000;
        Serving serving{settings};
        Client client{serving.server.port()};
        client.send(first.toStdString());
        QTimer dripping;
        connect(&dripping, &QTimer::timeout, &client.socket, [&] {
            if (client.isConnected()) client.send(drip.toStdString());
        });
        if (!drip.isEmpty()) dripping.start(20ms);
        QVERIFY(client.waitForEnd());
        const auto got = client.answers(static_cast<std::size_t>(answers));
        QCOMPARE(static_cast<int>(got.size()), answers);
        if (!got.empty()) QCOMPARE(got.back().status, last);
        QTRY_COMPARE(serving.server.connections(), 0);
    }

    void waitsForASlowHandlerAsLongAsItTakes() {
        ServerSettings settings = onAnyPort();
        settings.headerDeadline = settings.idleDeadline = settings.bodyWindow = 50ms;
        Serving serving{settings};
        Client client{serving.server.port()};
        client.send(get("/wait"));
        QTRY_COMPARE(serving.desk.waiting.size(), std::size_t{1});
        QElapsedTimer passed;
        passed.start();
        QVERIFY(QTest::qWaitFor([&] { return passed.elapsed() > 300 || !client.isConnected(); }));
        serving.desk.answer(0);
        QCOMPARE(client.answer().status, 200);
    }

    void dropsAClientThatDoesNotReadItsAnswer() {
        ServerSettings settings = onAnyPort();
        settings.writeDeadline = 150ms;
        Serving serving{settings};
        serving.desk.big_bytes = 64 << 20;
        Client client{serving.server.port()};
        client.reading = false;
        client.socket.setReadBufferSize(1024);
        client.send(get("/big"));
        QTRY_COMPARE(serving.server.connections(), 1);
        QTRY_COMPARE(serving.server.connections(), 0);
    }

    void stopsReadingRequestsWhileAnswersPileUp() {
        Serving serving;
        serving.desk.big_bytes = 2 << 20;
        Client client{serving.server.port()};
        client.reading = false;
        client.socket.setReadBufferSize(1024);
        client.send(repeated(30, get("/big")));
        QTRY_VERIFY(!serving.desk.statuses.empty());
        letOthersBeServed(serving);
        QVERIFY(serving.desk.statuses.size() < 3 + 10);
        client.reading = true;
        client.socket.setReadBufferSize(0);
        static_cast<void>(client.socket.readAll());
        QTRY_COMPARE_WITH_TIMEOUT(serving.desk.statuses.size(), std::size_t{30 + 3}, 20'000);
    }

    void readsNoBodyForWhichThereIsNoRoom() {
        ServerSettings settings = onAnyPort();
        settings.bodyBudget_bytes = 1'000'000;
        Serving serving{settings};
        serving.desk.bodyLimit_bytes = 2'000'000;
        const std::string large =
            "POST /wait HTTP/1.1\r\nHost: localhost\r\nContent-Length: 800000\r\n\r\n" + std::string(800'000, 'x');
        Client first{serving.server.port()};
        first.send(large);
        QTRY_COMPARE(serving.desk.waiting.size(), std::size_t{1});
        Client second{serving.server.port()};
        second.send(large);
        QTRY_COMPARE(serving.desk.admitted.size(), std::size_t{2});
        Client third{serving.server.port()};
        third.send(get("/no-body"));
        QCOMPARE(third.answer().status, 200);
        QCOMPARE(serving.desk.waiting.size(), std::size_t{1});
        serving.desk.answer(0);
        QCOMPARE(first.answer().body, std::string("/wait 800000"));
        QTRY_COMPARE(serving.desk.waiting.size(), std::size_t{2});
        serving.desk.answer(1);
        QCOMPARE(second.answer().body, std::string("/wait 800000"));
    }

    void letsNobodyWithSmallBodiesKeepALargeOneWaiting_data() {
        QTest::addColumn<QByteArray>("begun");
        QTest::newRow("of a length") << QByteArray::fromStdString(post("Content-Length: 500\r\n", "x"));
        QTest::newRow("in chunks") << QByteArray::fromStdString(chunked("1\r\nx\r\n"));
    }
    void letsNobodyWithSmallBodiesKeepALargeOneWaiting() {
        QFETCH(QByteArray, begun);
        ServerSettings settings = onAnyPort();
        settings.bodyBudget_bytes = 100'000;
        Serving serving{settings};
        serving.desk.bodyLimit_bytes = 100'000;
        std::vector<std::unique_ptr<Client>> dripping;
        for (int i = 0; i < 250; ++i) {
            dripping.push_back(std::make_unique<Client>(serving.server.port()));
            dripping.back()->send(begun.toStdString());
        }
        QTRY_COMPARE(serving.desk.admitted.size(), std::size_t{250});
        Client large{serving.server.port()};
        large.send(post("Content-Length: 100000\r\n", std::string(100'000, 'x')));
        QCOMPARE(large.answer().status, 200);
    }

    void letsASmallBodyPassALargeOneThatWaits() {
        ServerSettings settings = onAnyPort();
        settings.bodyBudget_bytes = 100'000;
        Serving serving{settings};
        serving.desk.bodyLimit_bytes = 100'000;
        Client holding{serving.server.port()};
        holding.send(post("Content-Length: 100000\r\n", "begun"));
        QTRY_COMPARE(serving.desk.admitted.size(), std::size_t{1});
        Client waiting{serving.server.port()};
        waiting.send(post("Content-Length: 100000\r\n", std::string(100'000, 'x')));
        QTRY_COMPARE(serving.desk.admitted.size(), std::size_t{2});
        Client small{serving.server.port()};
        small.send(post("Content-Length: 5\r\n", "hello") + chunked("5\r\nhello\r\n0\r\n\r\n"));
        QCOMPARE(small.answers(2).size(), std::size_t{2});
        QCOMPARE(serving.desk.contexts, 2);
    }

    void countsSmallBodiesThatPileUpOnOneConnection() {
        ServerSettings settings = onAnyPort();
        settings.bodyBudget_bytes = 1000;
        settings.ownBody_bytes = 500;
        Serving serving{settings};
        Client client{serving.server.port()};
        const std::string small =
            "POST /wait HTTP/1.1\r\nHost: localhost\r\nContent-Length: 400\r\n\r\n" + std::string(400, 'x');
        client.send(repeated(6, small));
        QTRY_COMPARE(serving.desk.admitted.size(), std::size_t{4});
        letOthersBeServed(serving);
        // One beside the budget, two of it, and the fourth waits.
        QCOMPARE(serving.desk.waiting.size(), std::size_t{3});
        for (std::size_t i = 0; i < 6; ++i) {
            QTRY_VERIFY(serving.desk.waiting.size() > i);
            serving.desk.answer(i);
        }
        QCOMPARE(client.answers(6).size(), std::size_t{6});
    }

    void endsABodyThatTakesTooLongAltogether_data() {
        QTest::addColumn<QByteArray>("first");
        QTest::addColumn<QByteArray>("drip");
        QTest::addColumn<int>("status");
        QTest::newRow("a body") << QByteArray::fromStdString(post("Content-Length: 900\r\n", "")) << QByteArray("xy")
                                << 408;
        QTest::newRow("chunks") << QByteArray::fromStdString(chunked("")) << QByteArray("1\r\nx\r\n") << 408;
        QTest::newRow("a refused body")
            << QByteArray("POST /forbidden HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\n")
            << QByteArray("xy") << 401;
    }
    void endsABodyThatTakesTooLongAltogether() {
        QFETCH(QByteArray, first);
        QFETCH(QByteArray, drip);
        QFETCH(int, status);
        ServerSettings settings = onAnyPort();
        settings.bodyWindow = 50ms;
        settings.minimumBodyRate_bytesPerSecond = 1;
        settings.bodyDeadline = 300ms;
        Serving serving{settings};
        Client client{serving.server.port()};
        client.send(first.toStdString());
        QTimer dripping;
        connect(&dripping, &QTimer::timeout, &client.socket, [&] {
            if (client.isConnected()) client.send(drip.toStdString());
        });
        dripping.start(10ms);
        QElapsedTimer passed;
        passed.start();
        QVERIFY(client.waitForEnd());
        QVERIFY(passed.elapsed() >= 250);
        QCOMPARE(client.answer().status, status);
    }

    void givesALargeBodyTheTimeOfItsSize() {
        ServerSettings settings = onAnyPort();
        settings.bodyDeadline = 10ms;
        settings.bodyRate_bytesPerSecond = 100;
        Serving serving{settings};
        Client client{serving.server.port()};
        client.send(post("Content-Length: 900\r\n", "x"));
        QTRY_COMPARE(serving.desk.admitted.size(), std::size_t{1});
        QElapsedTimer passed;
        passed.start();
        QVERIFY(QTest::qWaitFor([&] { return passed.elapsed() > 200 || !client.isConnected(); }));
        client.send(std::string(899, 'x'));
        QCOMPARE(client.answer().status, 200);
    }

    void finishesChunkedBodiesThatTogetherAreTooLarge() {
        ServerSettings settings = onAnyPort();
        settings.bodyBudget_bytes = 200'000;
        Serving serving{settings};
        serving.desk.bodyLimit_bytes = 1'000'000;
        std::vector<std::unique_ptr<Client>> clients;
        const std::string head = "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
        const std::string chunk = "c350\r\n" + std::string(50'000, 'x') + "\r\n";
        for (int i = 0; i < 4; ++i) {
            clients.push_back(std::make_unique<Client>(serving.server.port()));
            clients.back()->send(head + chunk);
        }
        for (auto& client : clients) client->send(repeated(5, chunk) + "0\r\n\r\n");
        for (auto& client : clients) QCOMPARE(client->answer().body.size(), std::size_t{11 + 300'000});
    }

    void givesBackWhatAVanishedClientHeld() {
        ServerSettings settings = onAnyPort();
        settings.bodyBudget_bytes = 1000;
        settings.ownBody_bytes = 0;
        Serving serving{settings};
        auto first = std::make_unique<Client>(serving.server.port());
        first->send(post("Content-Length: 900\r\n", "begun"));
        QTRY_COMPARE(serving.desk.admitted.size(), std::size_t{1});
        auto second = std::make_unique<Client>(serving.server.port());
        second->send(post("Content-Length: 900\r\n", ""));
        QTRY_COMPARE(serving.desk.admitted.size(), std::size_t{2});
        Client third{serving.server.port()};
        third.send(post("Content-Length: 900\r\n", std::string(900, 'x')));
        QTRY_COMPARE(serving.desk.admitted.size(), std::size_t{3});
        QCOMPARE(serving.desk.contexts, 0);
        second.reset();
        first.reset();
        QCOMPARE(third.answer().status, 200);
    }

    void tellsThoseWhoAreTooMany_data() {
        QTest::addColumn<int>("total");
        QTest::addColumn<int>("perAddress");
        QTest::newRow("in all") << 2 << 100;
        QTest::newRow("of one address") << 100 << 2;
    }
    void tellsThoseWhoAreTooMany() {
        QFETCH(int, total);
        QFETCH(int, perAddress);
        ServerSettings settings = onAnyPort();
        settings.maxConnections = total;
        settings.maxConnectionsPerAddress = perAddress;
        Serving serving{settings};
        Client first{serving.server.port()};
        auto second = std::make_unique<Client>(serving.server.port());
        QTRY_COMPARE(serving.server.connections(), 2);
        {
            Client third{serving.server.port()};
            third.send(get("/"));
            const Answer answer = third.answer();
            QCOMPARE(answer.status, 503);
            const auto retry = answer.head.find("Retry-After: ");
            QVERIFY(retry != std::string::npos && answer.head.find("Retry-After: ", retry + 1) == std::string::npos);
            QVERIFY(answer.head.find("Connection: close") != std::string::npos);
            QVERIFY(third.waitForEnd());
        }
        second.reset();
        QTRY_COMPARE(serving.server.connections(), 1);
        Client fourth{serving.server.port()};
        fourth.send(get("/"));
        QCOMPARE(fourth.answer().status, 200);
        first.send(get("/"));
        QCOMPARE(first.answer().status, 200);
    }

    void lapsesNothingWhenItStops() {
        Serving serving;
        Client idle{serving.server.port()};
        idle.send(get("/"));
        QCOMPARE(idle.answer().status, 200);
        Client running{serving.server.port()};
        running.send(get("/wait/1") + get("/wait/2"));
        Client sending{serving.server.port()};
        sending.send(post("Content-Length: 5\r\n", "he"));
        QTRY_COMPARE(serving.desk.waiting.size(), std::size_t{2});
        QTRY_COMPARE(serving.desk.admitted.size(), std::size_t{4});
        bool done = false;
        serving.server.stop(10s, [&] { done = true; });
        QCOMPARE(serving.server.port(), std::uint16_t{0});
        QVERIFY(idle.waitForEnd());
        QVERIFY(!done);
        serving.desk.answer(0);
        serving.desk.answer(1);
        const auto answers = running.answers(2);
        QCOMPARE(answers.size(), std::size_t{2});
        QVERIFY(answers[0].head.find("Connection: close") == std::string::npos);
        QVERIFY(answers[1].head.find("Connection: close") != std::string::npos);
        QVERIFY(running.waitForEnd());
        QVERIFY(!done);
        sending.send("llo");
        const Answer last = sending.answer();
        QCOMPARE(last.body, std::string("POST / hello"));
        QVERIFY(last.head.find("Connection: close") != std::string::npos);
        QTRY_VERIFY(done);
        QCOMPARE(serving.server.connections(), 0);
    }

    void stopsWithoutThoseWhoTakeTooLong() {
        Serving serving;
        Client client{serving.server.port()};
        client.send(get("/wait"));
        QTRY_COMPARE(serving.desk.waiting.size(), std::size_t{1});
        int done = 0;
        serving.server.stop(50ms, [&] { ++done; });
        QTRY_COMPARE(done, 1);
        QVERIFY(client.waitForEnd());
        serving.desk.answer(0);
        QCOMPARE(serving.server.connections(), 0);
    }

    void stopsAtOnceWithNobodyThere() {
        Serving serving;
        bool done = false;
        serving.server.stop(10s, [&] { done = true; });
        QVERIFY(!done);
        QTRY_VERIFY(done);
    }

    void bearsRespondersThatComeTwiceOrTooLate() {
        Desk desk;
        {
            Server server{desk, onAnyPort()};
            QVERIFY(server.listen());
            auto client = std::make_unique<Client>(server.port());
            client->send(get("/wait/1") + get("/wait/2"));
            QTRY_COMPARE(desk.waiting.size(), std::size_t{2});
            desk.answer(0);
            desk.answer(0);
            QCOMPARE(client->answer().body, std::string("/wait/1 0"));
            QCOMPARE(client->unread(), std::string());
            client.reset();
            QTRY_COMPARE(server.connections(), 0);
            desk.answer(1);
        }
        desk.answer(1);
        Responder{}.respond({});
    }

    void refusesToListenWhereItCannot() {
        Serving serving;
        ServerSettings settings = onAnyPort();
        settings.port = serving.server.port();
        Desk desk;
        Server taken{desk, settings};
        const auto listening = taken.listen();
        QVERIFY(!listening);
        QCOMPARE(listening.error().code, ErrorCode::Unavailable);
    }
};

QTEST_GUILESS_MAIN(TestHttpServer)
#include "tst_http_server.moc"
