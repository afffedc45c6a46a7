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

constexpr std::size_t piece_bytes = 64 << 10;

// Keeps what it is given; answers at once, or when it is told to.
class Shelf final : public BodySink {
public:
    void take(std::string piece, std::function<void(Result<void>)> taken) override {
        largest = std::max(largest, piece.size());
        kept += piece;
        ++pieces;
        if (isSlow)
            waiting = std::move(taken);
        else
            taken(verdict);
    }
    void answer() { std::exchange(waiting, {})(verdict); }
    [[nodiscard]] std::uint64_t held_bytes() const override { return holds ? kept.size() : 0; }

    std::string kept;
    std::size_t largest = 0;
    int pieces = 0;
    bool isSlow = false;
    bool holds = false;  // what it is given counts against the budget
    Result<void> verdict;
    std::function<void(Result<void>)> waiting;
};

// Takes the bodies of "/shelf" to a shelf, one request after the other.
class ShelfDesk final : public Port {
public:
    Admission admit(const RequestHead& head) override {
        Admission admission;
        admission.bodyLimit_bytes = 4 << 20;
        if (head.path == "/shelf") admission.sink = shelf;
        return admission;
    }
    void handle(Request request, Responder responder) override {
        inBody += request.body.size();
        responder.respond({.status = 200,
                           .contentType = "text/plain",
                           .body = request.head.path + " " + std::to_string(shelf->kept.size()),
                           .headers = {}});
    }
    Response refuse(ErrorCode code, std::string_view detail, const RequestHead*) override {
        return {.status = httpStatus(code), .contentType = "text/plain", .body = std::string{detail}, .headers = {}};
    }

    std::shared_ptr<Shelf> shelf = std::make_shared<Shelf>();  // shared with the server, as a handler's would be
    std::size_t inBody = 0;
};

struct Serving {
    explicit Serving(ServerSettings settings = {}) : server(desk, withDefaults(std::move(settings))) {
        if (const auto listening = server.listen(); !listening) qFatal("%s", listening.error().text().c_str());
    }
    static ServerSettings withDefaults(ServerSettings settings) {
        settings.port = 0;
        settings.tick = 10ms;
        return settings;
    }
    ShelfDesk desk;
    Server server;
};

// Bytes in which a piece that is lost, doubled or swapped shows.
std::string content(std::size_t size) {
    std::string all;
    for (std::size_t i = 0; all.size() < size; ++i) all += std::to_string(i) + " ";
    all.resize(size);
    return all;
}

std::string request(const std::string& body, bool chunked) {
    const std::string head = "POST /shelf HTTP/1.1\r\nHost: localhost\r\n";
    if (!chunked) return head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    std::string all = head + "Transfer-Encoding: chunked\r\n\r\n";
    // Sizes that fit neither the server's reads nor its pieces.
    for (std::size_t at = 0; at < body.size(); at += 50'001) {
        const std::string chunk = body.substr(at, 50'001);
        all += QByteArray::number(static_cast<qulonglong>(chunk.size()), 16).toStdString() + "\r\n" + chunk + "\r\n";
    }
    return all + "0\r\n\r\n";
}

}  // namespace

class TestHttpSink : public QObject {
    Q_OBJECT

private slots:
    void givesABodyPieceByPiece_data() {
        QTest::addColumn<qulonglong>("size");
        QTest::addColumn<bool>("chunked");
        QTest::addColumn<bool>("slow");
        for (const std::size_t size :
             {std::size_t{1}, piece_bytes - 1, piece_bytes, piece_bytes + 1, std::size_t{3'000'000}})
            for (const bool chunked : {false, true})
                for (const bool slow : {false, true})
                    QTest::addRow("%zu%s%s", size, chunked ? " chunked" : "", slow ? " slow" : "")
                        << static_cast<qulonglong>(size) << chunked << slow;
    }
    void givesABodyPieceByPiece() {
        QFETCH(qulonglong, size);
        QFETCH(bool, chunked);
        QFETCH(bool, slow);
        Serving serving;
        Shelf& shelf = *serving.desk.shelf;
        shelf.isSlow = slow;
        const std::string body = content(size);
        Client client{serving.server.port()};
        // The request behind it must be found where the body ends.
        client.send(request(body, chunked) + "GET /next HTTP/1.1\r\nHost: localhost\r\n\r\n");
        if (slow) {
            QTimer answers;
            QObject::connect(&answers, &QTimer::timeout, &answers, [&] {
                if (shelf.waiting) shelf.answer();
            });
            answers.start(0);
            QTRY_VERIFY(shelf.kept.size() == body.size() && !shelf.waiting);
        }
        const auto answers = client.answers(2);
        QCOMPARE(answers.size(), std::size_t{2});
        QCOMPARE(answers[0].body, "/shelf " + std::to_string(size));
        QCOMPARE(answers[1].body, "/next " + std::to_string(size));
        QVERIFY(shelf.kept == body);
        QVERIFY(shelf.largest <= piece_bytes);
        QCOMPARE(shelf.pieces, static_cast<int>((size + piece_bytes - 1) / piece_bytes));
        QCOMPARE(serving.desk.inBody, std::size_t{0});
    }

    void dispatchesAnEmptyBodyWithoutAPiece() {
        Serving serving;
        Client client{serving.server.port()};
        client.send(request({}, true));
        QCOMPARE(client.answer().body, std::string("/shelf 0"));
        QCOMPARE(serving.desk.shelf->pieces, 0);
    }

    void readsNothingMoreWhileThePieceIsWithTheSink() {
        ServerSettings settings;
        // Neither does that time count as the client's.
        settings.bodyWindow = 100ms;
        settings.bodyDeadline = 200ms;
        settings.bodyRate_bytesPerSecond = 1ULL << 40U;
        Serving serving{settings};
        Shelf& shelf = *serving.desk.shelf;
        shelf.isSlow = true;
        Client client{serving.server.port()};
        client.send(request(content(1 << 20), false));
        QTRY_VERIFY(shelf.waiting);
        QElapsedTimer waited;
        waited.start();
        QTRY_VERIFY(waited.elapsed() > 500);
        QCOMPARE(shelf.kept.size(), piece_bytes);
        QVERIFY(client.isConnected());
        shelf.isSlow = false;
        shelf.answer();
        QCOMPARE(client.answer().body, std::string("/shelf 1048576"));
    }

    void countsWhatTheSinkHoldsAgainstTheBudget() {
        ServerSettings settings;
        settings.ownBody_bytes = 0;
        settings.bodyBudget_bytes = 4 * piece_bytes;
        Serving serving{settings};
        Shelf& shelf = *serving.desk.shelf;
        shelf.holds = true;
        const std::string all = request(content(3 * piece_bytes), false), first = all.substr(0, all.size() - 100);
        Client client{serving.server.port()}, next{serving.server.port()};
        client.send(first);
        QTRY_COMPARE(shelf.pieces, 2);
        // The three pieces that are here or due leave room for one.
        next.send(request(content(2 * piece_bytes), false));
        QTRY_COMPARE(shelf.pieces, 3);
        Client third{serving.server.port()};
        third.send("GET /third HTTP/1.1\r\nHost: localhost\r\n\r\n");
        QCOMPARE(third.answer().status, 200);
        QCOMPARE(shelf.pieces, 3);
        client.send(all.substr(first.size()));
        QCOMPARE(client.answer().status, 200);
        QCOMPARE(next.answer().status, 200);
        QCOMPARE(shelf.pieces, 5);
    }

    void endsTheRequestWithTheSinksError() {
        Serving serving;
        serving.desk.shelf->verdict = fail(ErrorCode::StorageFull, "no room");
        Client client{serving.server.port()};
        client.send(request(content(1'000'000), false));
        const Answer answer = client.answer();
        QCOMPARE(answer.status, 507);
        QCOMPARE(answer.body, std::string("no room"));
        QVERIFY(client.waitForEnd());
        QCOMPARE(serving.desk.shelf->pieces, 1);
    }

    void letsGoOfTheSinkWhereTheClientGoes_data() {
        QTest::addColumn<bool>("slow");
        QTest::newRow("between pieces") << false;
        QTest::newRow("with a piece at the sink") << true;
    }
    void letsGoOfTheSinkWhereTheClientGoes() {
        QFETCH(bool, slow);
        Serving serving;
        const std::weak_ptr<Shelf> shelf = serving.desk.shelf;
        serving.desk.shelf->isSlow = slow;
        auto client = std::make_unique<Client>(serving.server.port());
        client->send(request(content(1'000'000), false).substr(0, 300'000));
        QTRY_COMPARE(serving.desk.shelf->pieces, slow ? 1 : 4);
        auto late = std::move(serving.desk.shelf->waiting);
        serving.desk.shelf->isSlow = false;
        serving.desk.shelf.reset();
        client.reset();
        // With the piece at the sink nobody reads, and only a reader finds that the client has gone.
        if (slow) late(Result<void>{});
        QTRY_VERIFY(shelf.expired());
        serving.desk.shelf = std::make_shared<Shelf>();
        Client other{serving.server.port()};
        other.send(request("abc", false));
        QCOMPARE(other.answer().body, std::string("/shelf 3"));
    }

    void refusesWhatIsTooLargeForTheRoute_data() {
        QTest::addColumn<bool>("chunked");
        QTest::newRow("known") << false;
        QTest::newRow("chunked") << true;
    }
    void refusesWhatIsTooLargeForTheRoute() {
        QFETCH(bool, chunked);
        Serving serving;
        Client client{serving.server.port()};
        client.send(request(content((4 << 20) + 1), chunked));
        QCOMPARE(client.answer().status, 413);
        QVERIFY(serving.desk.shelf->kept.size() <= 4 << 20);
    }
};

QTEST_GUILESS_MAIN(TestHttpSink)
#include "tst_http_sink.moc"
