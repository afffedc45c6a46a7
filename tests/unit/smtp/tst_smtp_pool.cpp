// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/clock.h"
#include "engine/smtp/pool.h"
#include "scripted_server.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <QHostAddress>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTest>
#include <thread>

using namespace postroom;
using namespace postroom::smtp;
using namespace std::chrono_literals;

namespace {

// Notes what the pool tells, and releases at once unless told not to.
class Book final : public Pool::Port {
public:
    void beforeDot(const Id& attempt, const std::vector<Reply>& recipients) override {
        asked.push_back(attempt);
        askedRecipients = recipients;
        if (permits) pool->permitDot(attempt);
    }
    void dotLeaves(const Id&) override { told += "leaves "; }
    void dotAnswered(const Id&, int code) override { told += std::to_string(code) + " "; }
    void finished(Outcome outcome) override {
        told += "finished ";
        const Id attempt = outcome.attempt;
        outcomes.push_back(std::move(outcome));
        if (releases) pool->release(attempt);
        if (then) then();
    }

    Pool* pool = nullptr;
    bool permits = true;
    bool releases = true;
    std::string told;
    std::vector<Id> asked;
    std::vector<Reply> askedRecipients;
    std::vector<Outcome> outcomes;
    std::function<void()> then;
};

}  // namespace

class TestSmtpPool : public QObject {
    Q_OBJECT

    SystemClock m_clock;
    Id m_account;
    std::unique_ptr<Book> m_book;
    std::unique_ptr<Pool> m_pool;

    Endpoint endpoint(std::uint16_t port, int connections = 1) const {
        return {.account = m_account,
                .host = "127.0.0.1",
                .port = port,
                .security = Security::None,
                .maxConnections = connections,
                .commandTimeout = 20s,
                .connectTimeout = 20s,
                .dataTimeout = 20s};
    }
    Transaction mail(std::vector<std::string> to = {"c@d.example"},
                     std::string content = "Subject: x\r\n\r\nhello\r\n") {
        return {.attempt = makeId(m_clock.now()),
                .account = m_account,
                .mailFrom = "a@b.example",
                .recipients = std::move(to),
                .body = std::make_unique<StringBody>(std::move(content))};
    }
    Id submit(Transaction one) {
        const Id attempt = one.attempt;
        m_pool->submit(std::move(one));
        return attempt;
    }
    const Outcome& last() const { return m_book->outcomes.back(); }
    std::size_t count() const { return m_book->outcomes.size(); }

private slots:
    void init() {
        m_account = makeId(m_clock.now());
        m_book = std::make_unique<Book>();
        m_pool = std::make_unique<Pool>(*m_book, m_clock);
        m_book->pool = m_pool.get();
    }
    void cleanup() { m_pool.reset(); }

    void deliversOverOneConnectionAgainAndAgain() {
        ScriptedServer server;
        m_pool->setEndpoint(endpoint(server.port()));
        for (std::size_t i = 0; i < 5; ++i) {
            submit(mail());
            QTRY_COMPARE(count(), i + 1);
            QCOMPARE(last().stage, Stage::Done);
            QCOMPARE(last().reply.text, std::string("kept"));
            QVERIFY(last().peer.starts_with("127.0.0.1:"));
            QVERIFY(last().transcript.size() >= 7);
        }
        QCOMPARE(server.connections, 1);
        QCOMPARE(server.mails.size(), std::size_t{5});
        QCOMPARE(server.mails.front(), std::string("Subject: x\r\n\r\nhello\r\n"));
        QCOMPARE(m_book->told, std::string("leaves 250 finished leaves 250 finished leaves 250 finished leaves 250 "
                                           "finished leaves 250 finished "));
    }

    void startsNothingOnAConnectionWhoseLastResultIsNotRecorded() {
        ScriptedServer server;
        m_book->releases = false;
        m_pool->setEndpoint(endpoint(server.port()));
        const Id first = submit(mail());
        QTRY_COMPARE(count(), std::size_t{1});
        submit(mail());
        QTest::qWait(50);
        QCOMPARE(server.mails.size(), std::size_t{1});
        QCOMPARE(server.connections, 1);
        m_pool->release(first);
        QTRY_COMPARE(count(), std::size_t{2});
        QCOMPARE(server.connections, 1);
    }

    void keepsToItsConnectionsAndMessagesPerConnection() {
        ScriptedServer server;
        Endpoint to = endpoint(server.port(), 3);
        to.messagesPerConnection = 4;
        m_pool->setEndpoint(to);
        for (int i = 0; i < 48; ++i) submit(mail());
        QTRY_COMPARE(count(), std::size_t{48});
        QCOMPARE(server.mails.size(), std::size_t{48});
        QVERIFY(server.mostAtOnce <= 3);
        QVERIFY(server.connections >= 12);
    }

    void asksWhereOneRecipientWasRefused() {
        ScriptedServer server([](auto&, const std::string& line) -> std::optional<std::string> {
            if (line.starts_with("RCPT TO:<no")) return "550 5.1.1 who\r\n";
            return {};
        });
        m_pool->setEndpoint(endpoint(server.port()));
        const Id attempt = submit(mail({"yes@d.example", "no@d.example", "too@d.example"}));
        QTRY_COMPARE(count(), std::size_t{1});
        QCOMPARE(m_book->asked, std::vector<Id>{attempt});
        QCOMPARE(m_book->askedRecipients[1].enhanced, std::string("5.1.1"));
        QCOMPARE(last().stage, Stage::Done);
        QCOMPARE(last().recipients[0].code, 250);
        QCOMPARE(last().recipients[1].code, 550);
        QCOMPARE(last().recipients[2].code, 250);
    }

    void endsWhereTheServerDoes_data() {
        QTest::addColumn<QByteArray>("at");
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<QByteArray>("outcome");
        QTest::newRow("drops before the greeting")
            << QByteArray("(greeting)") << QByteArray("!") << QByteArray("greeting closed");
        QTest::newRow("silent greeting") << QByteArray("(greeting)") << QByteArray("")
                                         << QByteArray("greeting timed_out");
        QTest::newRow("drops at EHLO") << QByteArray("EHLO localhost") << QByteArray("!") << QByteArray("ehlo closed");
        QTest::newRow("drops at MAIL") << QByteArray("MAIL FROM:<a@b.example>") << QByteArray("!")
                                       << QByteArray("mail_from closed");
        QTest::newRow("silent at DATA") << QByteArray("DATA") << QByteArray("") << QByteArray("data timed_out");
        QTest::newRow("drops at DATA") << QByteArray("DATA") << QByteArray("!") << QByteArray("mail_from closed");
        QTest::newRow("drops at the dot") << QByteArray(".") << QByteArray("!") << QByteArray("dot closed dot");
        QTest::newRow("silent at the dot") << QByteArray(".") << QByteArray("") << QByteArray("dot timed_out dot");
        QTest::newRow("garbage at the dot")
            << QByteArray(".") << QByteArray("ok\r\n") << QByteArray("dot protocol_violated dot");
        QTest::newRow("554 at the dot") << QByteArray(".") << QByteArray("554 no\r\n") << QByteArray("dot refused dot");
    }
    void endsWhereTheServerDoes() {
        QFETCH(QByteArray, at);
        QFETCH(QByteArray, answer);
        ScriptedServer server([&](auto&, const std::string& line) -> std::optional<std::string> {
            if (line == at.toStdString()) return answer.toStdString();
            return {};
        });
        Endpoint to = endpoint(server.port());
        to.commandTimeout = to.connectTimeout = to.dataTimeout = 300ms;
        m_pool->setEndpoint(to);
        submit(mail());
        QTRY_COMPARE(count(), std::size_t{1});
        QByteArray got =
            QByteArray::fromStdString(std::string(name(last().stage)) + " " + std::string(name(last().trouble)));
        if (last().dotSent) got += " dot";
        QTEST(got, "outcome");
        QVERIFY(!last().detail.empty());
        QTRY_COMPARE(m_pool->openConnections(), answer == "554 no\r\n" ? 1 : 0);
    }

    void tellsWhyItCouldNotConnect() {
        QTcpServer closed;
        QVERIFY(closed.listen(QHostAddress::LocalHost));
        const std::uint16_t port = closed.serverPort();
        closed.close();
        m_pool->setEndpoint(endpoint(port));
        submit(mail());
        QTRY_COMPARE(count(), std::size_t{1});
        QCOMPARE(last().trouble, Trouble::ConnectFailed);
        QCOMPARE(last().stage, Stage::Connect);
        QCOMPARE(last().detail, std::string("connection refused"));

        Endpoint nowhere = endpoint(25);
        // A label of 70 letters is no name: it is refused without asking any name server.
        nowhere.host = std::string(70, 'a') + ".invalid";
        m_pool->setEndpoint(nowhere);
        submit(mail());
        QTRY_COMPARE(count(), std::size_t{2});
        QCOMPARE(last().trouble, Trouble::NameUnresolved);

        Transaction stranger = mail();
        stranger.account = makeId(m_clock.now());
        submit(std::move(stranger));
        QCOMPARE(count(), std::size_t{3});
        QCOMPARE(last().trouble, Trouble::Aborted);
    }

    void replacesAConnectionThatWasClosedWhileIdle() {
        // The second connection is good; the first takes one mail and drops at the next MAIL.
        ScriptedServer server([](ScriptedServer::Guest& guest, const std::string& line) -> std::optional<std::string> {
            if (guest.number == 1 && guest.mails == 1 && line.starts_with("MAIL")) return "!";
            return {};
        });
        m_pool->setEndpoint(endpoint(server.port()));
        submit(mail());
        QTRY_COMPARE(count(), std::size_t{1});
        submit(mail());
        QTRY_COMPARE(count(), std::size_t{2});
        QCOMPARE(last().stage, Stage::Done);
        QCOMPARE(server.connections, 2);
        QCOMPARE(server.mails.size(), std::size_t{2});
    }

    void resetsWhatIsAbortedBeforeTheDot() {
        ScriptedServer server;
        m_book->permits = false;
        m_pool->setEndpoint(endpoint(server.port()));
        Transaction one = mail();
        one.confirmDot = true;
        const Id attempt = submit(std::move(one));
        QTRY_COMPARE(m_book->asked.size(), std::size_t{1});
        m_pool->abort(attempt);
        QCOMPARE(count(), std::size_t{1});
        QCOMPARE(last().trouble, Trouble::Aborted);
        QVERIFY(!last().dotSent);
        QTRY_COMPARE(server.gone.size(), std::size_t{1});
        QCOMPARE(server.gone.front().back(), std::string("DATA"));
        QVERIFY(server.mails.empty());
        QCOMPARE(m_book->told, std::string("finished "));
    }

    void tellsTheServerThatAnAbortedMailIsNoMail() {
        // By the system's own calls: Qt tells a reset and an orderly end with the same words.
        const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        QVERIFY(::bind(listener, reinterpret_cast<sockaddr*>(&address), length) == 0 && ::listen(listener, 1) == 0);
        ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length);
        int ending = 0;
        std::string heard;
        std::thread server([&] {
            const int guest = ::accept(listener, nullptr, nullptr);
            const auto say = [&](const char* text) { return ::send(guest, text, std::strlen(text), MSG_NOSIGNAL); };
            std::array<char, 4096> piece;
            say("220 hi\r\n");
            for (ssize_t got; (got = ::recv(guest, piece.data(), piece.size(), 0)) != 0;) {
                if (got < 0) {
                    ending = errno;
                    break;
                }
                const std::string text(piece.data(), static_cast<std::size_t>(got));
                heard += text;
                const bool inContent = heard.find("DATA\r\n") != std::string::npos;
                if (!inContent || text.ends_with("DATA\r\n")) say(inContent ? "354 go\r\n" : "250 ok\r\n");
            }
            ::close(guest);
        });
        m_book->permits = false;
        m_pool->setEndpoint(endpoint(ntohs(address.sin_port)));
        Transaction one = mail({"c@d.example"}, std::string(1 << 20, 'x'));
        one.confirmDot = true;
        const Id attempt = submit(std::move(one));
        QTRY_COMPARE(m_book->asked.size(), std::size_t{1});
        m_pool->abort(attempt);
        server.join();
        ::close(listener);
        QCOMPARE(ending, ECONNRESET);
        QVERIFY(heard.find("\r\n.\r\n") == std::string::npos && heard.find("QUIT") == std::string::npos);
    }

    void doesNotAbortAfterTheDot() {
        ScriptedServer server;
        m_book->permits = false;
        server.heard = [this](auto&, const std::string& line) {
            if (line == ".") m_pool->abort(m_book->asked.front());
        };
        m_pool->setEndpoint(endpoint(server.port()));
        Transaction one = mail();
        one.confirmDot = true;
        const Id attempt = submit(std::move(one));
        QTRY_COMPARE(m_book->asked.size(), std::size_t{1});
        m_pool->permitDot(attempt);
        QTRY_COMPARE(count(), std::size_t{1});
        QCOMPARE(last().stage, Stage::Done);
    }

    void neverSendsADotThatIsTooLate() {
        ScriptedServer server;
        m_pool->setEndpoint(endpoint(server.port()));
        Transaction one = mail();
        one.dotNotAfter = m_clock.now() - 1ms;
        submit(std::move(one));
        QTRY_COMPARE(count(), std::size_t{1});
        QCOMPARE(last().trouble, Trouble::Aborted);
        QVERIFY(!last().dotSent);
        QCOMPARE(m_book->told, std::string("finished "));
        QTRY_COMPARE(server.gone.size(), std::size_t{1});
        QVERIFY(server.mails.empty());
    }

    void sendsABigMailPieceByPiece() {
        class Pieces final : public Body {
        public:
            std::uint64_t size_bytes() const override { return 160 * 65'536; }
            Result<std::string_view> next() override {
                if (m_given++ == 160) return std::string_view{};
                m_piece.clear();
                while (m_piece.size() < 65'536)
                    m_piece += "." + std::string(61, static_cast<char>('a' + m_given % 26)) + "\r\n";
                return std::string_view{m_piece};
            }
            int m_given = 0;
            std::string m_piece;
        };
        ScriptedServer server;
        m_pool->setEndpoint(endpoint(server.port()));
        Transaction one = mail();
        one.body = std::make_unique<Pieces>();
        submit(std::move(one));
        QTRY_COMPARE_WITH_TIMEOUT(count(), std::size_t{1}, 60'000);
        QVERIFY2(last().stage == Stage::Done, last().detail.c_str());
        QCOMPARE(server.mails.front().size(), std::size_t{160 * 65'536});
        Pieces again;
        std::string expected;
        for (auto piece = again.next(); !piece->empty(); piece = again.next()) expected += *piece;
        QVERIFY(server.mails.front() == expected);
    }

    void closesIdleConnectionsOfAChangedEndpoint() {
        ScriptedServer first, second;
        m_pool->setEndpoint(endpoint(first.port()));
        submit(mail());
        QTRY_COMPARE(count(), std::size_t{1});
        Endpoint same = endpoint(first.port());
        same.maxConnections = 7;
        m_pool->setEndpoint(same);
        submit(mail());
        QTRY_COMPARE(count(), std::size_t{2});
        QCOMPARE(first.connections, 1);
        m_pool->setEndpoint(endpoint(second.port()));
        QTRY_COMPARE(m_pool->openConnections(), 0);
        QCOMPARE(first.gone.front().back(), std::string("QUIT"));
        submit(mail());
        QTRY_COMPARE(count(), std::size_t{3});
        QCOMPARE(second.mails.size(), std::size_t{1});
        m_pool->removeEndpoint(m_account);
        QTRY_COMPARE(m_pool->openConnections(), 0);
    }

    void saysGoodbyeWhenIdleForTooLong() {
        ScriptedServer server;
        Endpoint to = endpoint(server.port());
        to.idleTimeout = 50ms;
        m_pool->setEndpoint(to);
        submit(mail());
        QTRY_COMPARE(count(), std::size_t{1});
        QTRY_COMPARE(m_pool->openConnections(), 0);
        QCOMPARE(server.gone.front().back(), std::string("QUIT"));
    }

    void stopsInOrder() {
        QTcpSocket* slow = nullptr;
        ScriptedServer server([&](ScriptedServer::Guest& guest, const std::string& line) -> std::optional<std::string> {
            if (guest.number == 1 && line == ".") {
                slow = guest.socket;
                return "";
            }
            return {};
        });
        m_book->permits = false;
        m_pool->setEndpoint(endpoint(server.port(), 3));
        submit(mail());
        QTRY_VERIFY(slow != nullptr);
        Transaction held = mail();
        held.confirmDot = true;
        submit(std::move(held));
        QTRY_COMPARE(m_book->asked.size(), std::size_t{1});
        submit(mail());
        QTRY_COMPARE(count(), std::size_t{1});
        QCOMPARE(m_pool->openConnections(), 3);

        bool done = false;
        m_pool->stop(10s, [&] { done = true; });
        QCOMPARE(count(), std::size_t{2});
        QCOMPARE(last().trouble, Trouble::Aborted);
        QTRY_COMPARE(m_pool->openConnections(), 1);
        submit(mail());
        QCOMPARE(last().detail, std::string("the engine is stopping"));
        QVERIFY(!done);
        slow->write("250 kept\r\n");
        QTRY_VERIFY(done);
        QCOMPARE(count(), std::size_t{4});
        QCOMPARE(last().stage, Stage::Done);
    }

    void stopsWithoutAnAnswerWhenTheGraceIsOver() {
        ScriptedServer server([](auto&, const std::string& line) -> std::optional<std::string> {
            if (line == ".") return "";
            return {};
        });
        m_pool->setEndpoint(endpoint(server.port()));
        submit(mail());
        QTRY_COMPARE(m_book->told, std::string("leaves "));
        bool done = false;
        m_pool->stop(100ms, [&] { done = true; });
        QTRY_VERIFY(done);
        QCOMPARE(last().trouble, Trouble::Aborted);
        QVERIFY(last().dotSent);
    }

    void stopsAtOnceWhenThereIsNothing() {
        bool done = false;
        m_pool->stop(10s, [&] { done = true; });
        QTRY_VERIFY(done);
    }

    void deliversAThousandMailsIntoSmtpSink() {
        const QString sink = QStandardPaths::findExecutable(QStringLiteral("smtp-sink"),
                                                            {QStringLiteral("/usr/sbin"), QStringLiteral("/usr/bin")});
        if (sink.isEmpty()) QFAIL("smtp-sink is missing: install the package postfix");
        QTcpServer probe;
        QVERIFY(probe.listen(QHostAddress::LocalHost));
        const std::uint16_t port = probe.serverPort();
        probe.close();
        QProcess process;
        process.start(sink, {QStringLiteral("-u"), QStringLiteral("nobody"), QStringLiteral("127.0.0.1:%1").arg(port),
                             QStringLiteral("100")});
        QVERIFY(process.waitForStarted());
        QTRY_VERIFY([&] {
            QTcpSocket socket;
            socket.connectToHost(QHostAddress::LocalHost, port);
            return socket.waitForConnected(200);
        }());

        Endpoint to = endpoint(port, 8);
        to.messagesPerConnection = 1000;
        m_pool->setEndpoint(to);
        int submitted = 0;
        m_book->then = [&] {
            if (submitted < 1000) ++submitted, submit(mail());
        };
        const auto cpuBefore = std::clock();
        for (; submitted < 8; ++submitted) submit(mail());
        QTRY_COMPARE_WITH_TIMEOUT(count(), std::size_t{1000}, 20'000);
        qInfo("%.1f us of CPU a mail (this build)", double(std::clock() - cpuBefore) / CLOCKS_PER_SEC * 1e6 / 1000);
        for (const Outcome& outcome : m_book->outcomes) QCOMPARE(outcome.stage, Stage::Done);
        QCOMPARE(m_pool->openConnections(), 8);
        process.terminate();
        QVERIFY(process.waitForFinished());
    }
};

QTEST_GUILESS_MAIN(TestSmtpPool)
#include "tst_smtp_pool.moc"
