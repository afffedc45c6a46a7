// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/clock.h"
#include "engine/base/text.h"
#include "engine/smtp/pool.h"
#include "engine/smtp/sandbox/server.h"
#include "engine/smtp/sandbox/session.h"

#include <filesystem>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QHostAddress>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

using namespace postroom;
using namespace postroom::smtp;
using namespace std::chrono_literals;

namespace {

class Letters final : public sandbox::Session::Port {
public:
    Result<void> keep(sandbox::Letter letter) override {
        letters.push_back(std::move(letter));
        if (broken) return fail(ErrorCode::IoFailed, "full");
        return {};
    }
    std::optional<sandbox::Fault> faultAt(sandbox::Stage stage) override {
        return fault && fault->stage == stage ? fault : std::nullopt;
    }
    std::vector<sandbox::Letter> letters;
    bool broken = false;
    std::optional<sandbox::Fault> fault = {};
};

}  // namespace

class TestSmtpSandbox : public QObject {
    Q_OBJECT

    SystemClock m_clock;

    // One mail by hand; the last reply.
    static QByteArray send(std::uint16_t port, const QByteArray& content, const QByteArray& to = "c@d") {
        QTcpSocket socket;
        socket.connectToHost(QHostAddress::LocalHost, port);
        QByteArray heard;
        const auto expect = [&](const QByteArray& code) {
            return QTest::qWaitFor(
                [&] { return (heard += socket.readAll()).contains("\r\n") && heard.startsWith(code); });
        };
        if (!expect("220")) return heard;
        heard.clear();
        socket.write("HELO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<" + to + ">\r\nDATA\r\n");
        if (!QTest::qWaitFor([&] { return (heard += socket.readAll()).contains("354"); })) return heard;
        heard.clear();
        socket.write(content + ".\r\n");
        expect("2");
        return heard;
    }

private slots:
    void answersLikeAMailServer_data() {
        QTest::addColumn<QByteArray>("said");
        QTest::addColumn<QByteArray>("codes");
        QTest::addColumn<int>("letters");
        const QByteArray mail = "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n";
        QTest::newRow("a mail at once") << QByteArray("EHLO x\r\n" + mail + "hi\r\n.\r\nQUIT\r\n")
                                        << QByteArray("250 250 250 354 250 221") << 1;
        QTest::newRow("two mails") << QByteArray("HELO x\r\n" + mail + ".\r\n" + mail + ".\r\n")
                                   << QByteArray("250 250 250 354 250 250 250 354 250") << 2;
        QTest::newRow("no EHLO") << QByteArray("MAIL FROM:<a@b>\r\n") << QByteArray("503") << 0;
        QTest::newRow("no MAIL") << QByteArray("HELO x\r\nRCPT TO:<a@b>\r\nDATA\r\n") << QByteArray("250 503 503") << 0;
        QTest::newRow("no RCPT") << QByteArray("HELO x\r\nMAIL FROM:<>\r\nDATA\r\n") << QByteArray("250 250 554") << 0;
        QTest::newRow("RSET forgets") << QByteArray("HELO x\r\nMAIL FROM:<>\r\nRSET\r\nRCPT TO:<a@b>\r\n")
                                      << QByteArray("250 250 250 503") << 0;
        QTest::newRow("AUTH PLAIN") << QByteArray("EHLO x\r\nAUTH PLAIN AGEAYg==\r\n") << QByteArray("250 235") << 0;
        QTest::newRow("AUTH PLAIN in two")
            << QByteArray("EHLO x\r\nAUTH PLAIN\r\nAGEAYg==\r\n") << QByteArray("250 334 235") << 0;
        QTest::newRow("AUTH LOGIN") << QByteArray("EHLO x\r\nAUTH LOGIN\r\nYQ==\r\nYg==\r\n")
                                    << QByteArray("250 334 334 235") << 0;
        QTest::newRow("SIZE too big") << QByteArray("EHLO x\r\nMAIL FROM:<a@b> SIZE=2000\r\n") << QByteArray("250 552")
                                      << 0;
        QTest::newRow("mail too big") << QByteArray("HELO x\r\n" + mail + QByteArray(1500, 'x') + "\r\n.\r\n")
                                      << QByteArray("250 250 250 354 552") << 0;
        QTest::newRow("endless line") << QByteArray("HELO x\r\n" + QByteArray(13'000, 'x')) << QByteArray("250 500")
                                      << 0;
        QTest::newRow("bare LF") << QByteArray("HELO x\r\nNOOP\nNOOP\r\n") << QByteArray("250 500") << 0;
        QTest::newRow("NUL") << QByteArray("HELO x\r\nNO\0OP\r\n", 15) << QByteArray("250 500") << 0;
        QTest::newRow("nonsense") << QByteArray("HELO x\r\nWHAT\r\nMAIL TO:<x>\r\nMAIL FROM:x\r\n")
                                  << QByteArray("250 500 501 501") << 0;
        for (const char* end : {"\n.\n", "\n.\r", "\r.\n", "\r.\r", "\n.\r\n", "\r.\r\n", "\r\n.\n", "\r\n.\r\r\n"})
            QTest::newRow((std::string("smuggled ") + toHex(end)).c_str())
                << QByteArray("HELO x\r\n" + mail + "hi" + end +
                              "MAIL FROM:<evil@x>\r\nRCPT TO:<v@w>\r\nDATA\r\nevil\r\n.\r\n")
                << QByteArray("250 250 250 354 250") << 1;
    }
    void answersLikeAMailServer() {
        QFETCH(QByteArray, said);
        const std::string all = said.toStdString();
        for (const std::size_t step : {all.size(), std::size_t{1}, std::size_t{7}}) {
            Letters letters;
            sandbox::Session session(letters, 1000, {});
            std::string heard;
            for (std::size_t at = 0; at < all.size() && !session.isOver(); at += step)
                heard += session.feed(std::string_view{all}.substr(at, step));
            QByteArray codes;
            for (const QByteArray& line : QByteArray::fromStdString(heard).split('\n'))
                if (line.size() > 3 && line[3] != '-') codes += (codes.isEmpty() ? "" : " ") + line.left(3);
            QTEST(codes, "codes");
            QTEST(static_cast<int>(letters.letters.size()), "letters");
        }
    }

    void unstuffsDotsAndKeepsTheEnvelope() {
        Letters letters;
        sandbox::Session session(letters, 1000, {});
        static_cast<void>(session.feed(
            "EHLO x\r\nMAIL FROM:<\"a>b\"@c> SIZE=5\r\nRCPT TO:<d@e>\r\nRCPT TO:<f@g>\r\nDATA\r\n..a\r\n.b\r\n.\r\n"));
        QCOMPARE(letters.letters.size(), std::size_t{1});
        QCOMPARE(letters.letters[0].from, std::string("\"a>b\"@c"));
        QCOMPARE(letters.letters[0].to, (std::vector<std::string>{"d@e", "f@g"}));
        QCOMPARE(letters.letters[0].content, std::string(".a\r\nb\r\n"));
        letters.broken = true;
        QVERIFY(session.feed("MAIL FROM:<>\r\nRCPT TO:<d@e>\r\nDATA\r\n.\r\n")
                    .ends_with("451 4.3.0 could not be kept\r\n"));
    }

    void doesWrongWhatItIsToldTo_data() {
        QTest::addColumn<sandbox::Fault>("fault");
        QTest::addColumn<QByteArray>("heard");  // "~": a pause
        QTest::addColumn<int>("letters");
        using sandbox::Fault;
        using sandbox::Stage;
        const auto row = [](const char* name, Fault fault, const char* heard, int letters) {
            QTest::newRow(name) << std::move(fault) << QByteArray(heard) << letters;
        };
        const auto of = [](Fault::Kind kind, Stage stage) {
            Fault fault{.kind = kind, .stage = stage, .rate = 1};
            if (kind == Fault::Kind::Reject) fault.reply = "550 5.1.1 no such user";
            if (kind == Fault::Kind::Defer) fault.reply = "451 4.3.0 come back later";
            if (kind == Fault::Kind::Stall) fault.stall = 5ms;
            return fault;
        };
        row("rejects the connection", of(Fault::Kind::Reject, Stage::Connect), "550 end", 0);
        row("rejects the sender", of(Fault::Kind::Reject, Stage::MailFrom), "220 250 550 503 503 500 500 221 end", 0);
        row("rejects the recipient", of(Fault::Kind::Reject, Stage::RcptTo), "220 250 250 550 554 500 500 221 end", 0);
        row("rejects DATA", of(Fault::Kind::Reject, Stage::Data), "220 250 250 250 550 500 500 221 end", 0);
        row("rejects the mail", of(Fault::Kind::Reject, Stage::Dot), "220 250 250 250 354 550 221 end", 0);
        row("defers the recipient", of(Fault::Kind::Defer, Stage::RcptTo), "220 250 250 451 554 500 500 221 end", 0);
        row("defers the mail", of(Fault::Kind::Defer, Stage::Dot), "220 250 250 250 354 451 221 end", 0);
        row("drops at once", of(Fault::Kind::Drop, Stage::Connect), "end", 0);
        row("drops at the recipient", of(Fault::Kind::Drop, Stage::RcptTo), "220 250 250 end", 0);
        row("drops after the mail", of(Fault::Kind::Drop, Stage::Dot), "220 250 250 250 354 end", 0);
        row("stalls the greeting", of(Fault::Kind::Stall, Stage::Connect), "~ 220 250 250 250 354 250 221 end", 1);
        row("stalls the recipient", of(Fault::Kind::Stall, Stage::RcptTo), "220 250 250 ~ 250 354 250 221 end", 1);
        row("stalls the mail", of(Fault::Kind::Stall, Stage::Dot), "220 250 250 250 354 ~ 250 221 end", 1);
        row("does nothing wrong elsewhere", {.kind = Fault::Kind::Drop, .stage = static_cast<Stage>(9)},
            "220 250 250 250 354 250 221 end", 1);
    }
    void doesWrongWhatItIsToldTo() {
        QFETCH(sandbox::Fault, fault);
        const std::string all = "HELO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nhi\r\n.\r\nQUIT\r\n";
        for (const std::size_t step : {all.size(), std::size_t{1}, std::size_t{7}}) {
            Letters letters;
            letters.fault = fault;
            sandbox::Session session(letters, 1000, {});
            QByteArray heard;
            const auto hear = [&](const std::string& replies) {
                for (const QByteArray& line : QByteArray::fromStdString(replies).split('\n'))
                    if (line.size() > 3) heard += line.left(3) + ' ';
            };
            const auto wait = [&] {
                while (session.pause() > 0ms) {
                    heard += "~ ";
                    hear(session.resume());
                }
            };
            hear(session.greeting());
            wait();
            for (std::size_t at = 0; at < all.size() && !session.isOver(); at += step) {
                hear(session.feed(std::string_view{all}.substr(at, step)));
                wait();
            }
            heard += session.isOver() ? "end" : "";
            QTEST(heard, "heard");
            QTEST(static_cast<int>(letters.letters.size()), "letters");
        }
    }

    // Each as often as it says, and those of one stage in one throw.
    void doesItAsOftenAsItIsToldTo() {
        QTemporaryDir folder;
        sandbox::Server server{m_clock, toUtf8(folder.path()) + "/sandbox"};
        const auto port = server.start();
        QVERIFY(port);
        using sandbox::Fault;
        const std::vector<Fault> faults{
            {.kind = Fault::Kind::Reject, .stage = sandbox::Stage::RcptTo, .rate = 0.25, .reply = "550 5.1.1 no"},
            {.kind = Fault::Kind::Defer, .stage = sandbox::Stage::RcptTo, .rate = 0.5, .reply = "451 4.3.0 later"}};
        server.setFaults(faults);
        QVERIFY(server.faults() == faults);
        QTcpSocket socket;
        socket.connectToHost(QHostAddress::LocalHost, *port);
        constexpr int tries = 2000;  // so that fewer than the most are taken
        QByteArray said = "HELO me\r\nMAIL FROM:<a@b>\r\n";
        for (int i = 0; i < tries; ++i) said += "RCPT TO:<c@d>\r\n";
        QByteArray heard;
        socket.write(said + "QUIT\r\n");
        QVERIFY(QTest::qWaitFor([&] { return (heard += socket.readAll()).contains("221 "); }, 20'000));
        const auto rejected = heard.count("550 5.1.1"), deferred = heard.count("451 4.3.0");
        QVERIFY2(rejected > 400 && rejected < 600, QByteArray::number(rejected).constData());
        QVERIFY2(deferred > 850 && deferred < 1150, QByteArray::number(deferred).constData());
    }

    void keepsWaitingForWhoStalls() {
        QTemporaryDir folder;
        sandbox::Server server{m_clock, toUtf8(folder.path()) + "/sandbox"};
        const auto port = server.start();
        QVERIFY(port);
        server.setFaults(
            {{.kind = sandbox::Fault::Kind::Stall, .stage = sandbox::Stage::Dot, .rate = 1, .stall = 300ms}});
        QElapsedTimer timer;
        timer.start();
        QVERIFY(send(*port, "hi\r\n").startsWith("250"));
        QVERIFY(timer.elapsed() >= 300);
        QCOMPARE(server.count(), std::size_t{1});
        // One that does not wait is forgotten with what it would have been told.
        QTcpSocket socket;
        socket.connectToHost(QHostAddress::LocalHost, *port);
        socket.write("HELO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n.\r\n");
        QByteArray heard;
        QVERIFY(QTest::qWaitFor([&] { return (heard += socket.readAll()).contains("354"); }));
        socket.abort();
        QVERIFY(send(*port, "hi\r\n").startsWith("250"));
    }

    void keepsWhatItTakesAndFindsItAgain() {
        QTemporaryDir folder;
        const std::string path = toUtf8(folder.path()) + "/sandbox";
        std::string first;
        {
            sandbox::Server server(m_clock, path);
            const auto port = server.start();
            QVERIFY(port.has_value() && *port != 0 && server.port() == *port);
            for (int i = 1; i <= 3; ++i)
                QVERIFY(send(*port, "X-Envelope-To: evil@x\r\nFrom: x\r\nSUBJECT: =?utf-8?q?n?=\r\n " +
                                        QByteArray::number(i) + "\r\n\r\nbody\r\n")
                            .startsWith("250"));
            const auto page = server.list(2);
            QCOMPARE(page.size(), std::size_t{2});
            QCOMPARE(page[0].subject, std::string("=?utf-8?q?n?= 3"));
            QCOMPARE(page[0].from, std::string("a@b"));
            QCOMPARE(page[0].to, std::vector<std::string>{"c@d"});
            const auto next = server.list(2, page[1].id);
            QCOMPARE(next.size(), std::size_t{1});
            first = next[0].id;
        }
        QFile stranger(folder.path() + QStringLiteral("/sandbox/new/notes.txt"));
        QVERIFY(stranger.open(QIODevice::WriteOnly));
        QFile half(folder.path() + QStringLiteral("/sandbox/tmp/half"));
        QVERIFY(half.open(QIODevice::WriteOnly));

        sandbox::Server again(m_clock, path);
        QVERIFY(again.start().has_value());
        QCOMPARE(again.count(), std::size_t{3});
        QVERIFY(!half.exists());
        const auto all = again.list(10);
        QCOMPARE(all.back().id, first);
        QCOMPARE(all.back().to, std::vector<std::string>{"c@d"});
        QCOMPARE(all.back().subject, std::string("=?utf-8?q?n?= 1"));
        const auto content = again.read(first);
        QVERIFY(content.has_value());
        QCOMPARE(*content, std::string("X-Envelope-To: c@d\r\nReturn-Path: <a@b>\r\nX-Envelope-To: evil@x\r\nFrom: "
                                       "x\r\nSUBJECT: =?utf-8?q?n?=\r\n 1\r\n\r\nbody\r\n"));
        QCOMPARE(content->size(), static_cast<std::size_t>(all.back().size_bytes));
        QCOMPARE(again.read("../../etc/passwd").error().code, ErrorCode::NotFound);
        QVERIFY(again.remove(first).has_value());
        QCOMPARE(again.read(first).error().code, ErrorCode::NotFound);
        QCOMPARE(again.count(), std::size_t{2});
    }

    void saysWhenItKeptAMailAndIsEmptied() {
        QTemporaryDir folder;
        sandbox::Server server(m_clock, toUtf8(folder.path()));
        int kept = 0;
        server.onKept([&] { ++kept; });
        const auto port = server.start();
        QVERIFY(port.has_value());
        for (int i = 0; i < 3; ++i) QVERIFY(send(*port, "Subject: x\r\n\r\n").startsWith("250"));
        QCOMPARE(kept, 3);
        QCOMPARE(server.count(), std::size_t{3});
        server.clear();
        QCOMPARE(server.count(), std::size_t{0});
        QVERIFY(server.list(10).empty());
        QVERIFY(QDir(folder.filePath(QStringLiteral("new"))).isEmpty());
        // It goes on.
        QVERIFY(send(*port, "Subject: x\r\n\r\n").startsWith("250"));
        QCOMPARE(server.count(), std::size_t{1});
    }

    void dropsTheOldestBeyondItsLimits() {
        QTemporaryDir folder;
        sandbox::Server server(m_clock, toUtf8(folder.path()), {.mails = 3, .total_bytes = 1000});
        const auto port = server.start();
        QVERIFY(port.has_value());
        for (int i = 0; i < 5; ++i)
            QVERIFY(send(*port, "Subject: " + QByteArray::number(i) + "\r\n\r\n").startsWith("250"));
        QCOMPARE(server.count(), std::size_t{3});
        QCOMPARE(server.list(9).back().subject, std::string("2"));
        QVERIFY(send(*port, "Subject: big\r\n\r\n" + QByteArray(900, 'x') + "\r\n").startsWith("250"));
        QCOMPARE(server.count(), std::size_t{1});
        QCOMPARE(QDir(folder.path() + QStringLiteral("/new")).entryList(QDir::Files).size(), 1);
    }

    void refusesTooManyConnections() {
        QTemporaryDir folder;
        sandbox::Server server(m_clock, toUtf8(folder.path()), {.connections = 1});
        const auto port = server.start();
        QVERIFY(port.has_value());
        QTcpSocket one, two;
        one.connectToHost(QHostAddress::LocalHost, *port);
        QTRY_VERIFY(one.bytesAvailable() > 0);
        two.connectToHost(QHostAddress::LocalHost, *port);
        QTRY_VERIFY(two.bytesAvailable() > 0);
        QVERIFY(two.readAll().startsWith("421"));
    }

    void takesAMailFromThePool() {
        class Port final : public Pool::Port {
        public:
            void beforeDot(const Id&, const std::vector<Reply>&) override {}
            void dotLeaves(const Id&) override {}
            void dotAnswered(const Id&, int) override {}
            void finished(Outcome one) override { outcome = std::move(one); }
            std::optional<Outcome> outcome;
        } port;
        QTemporaryDir folder;
        sandbox::Server server(m_clock, toUtf8(folder.path()));
        const auto number = server.start();
        QVERIFY(number.has_value());
        Pool pool(port, m_clock);
        const Id account = makeId(m_clock.now());
        pool.setEndpoint({.account = account,
                          .host = "127.0.0.1",
                          .port = *number,
                          .security = Security::None,
                          .username = "u",
                          .password = Secret("p"),
                          .authenticate = true});
        pool.submit({.attempt = makeId(m_clock.now()),
                     .account = account,
                     .mailFrom = "a@b",
                     .recipients = {"c@d", "e@f"},
                     .body = std::make_unique<StringBody>("Subject: hi\r\n\r\n.\r\n")});
        QTRY_VERIFY(port.outcome.has_value());
        QVERIFY2(port.outcome->stage == Stage::Done, port.outcome->detail.c_str());
        QCOMPARE(server.list(1).front().to, (std::vector<std::string>{"c@d", "e@f"}));
        QVERIFY(server.read(server.list(1).front().id)->ends_with("\r\n\r\n.\r\n"));
    }

    void takesMailOnlyFromWhoKnowsThePassword_data() {
        QTest::addColumn<QByteArray>("login");
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<bool>("taken");
        QTest::newRow("nobody") << QByteArray("NOOP\r\n") << QByteArray("250") << false;
        QTest::newRow("a stranger") << QByteArray("AUTH PLAIN AGEAYg==\r\n") << QByteArray("535") << false;
        QTest::newRow("not base64") << QByteArray("AUTH PLAIN ***\r\n") << QByteArray("535") << false;
        QTest::newRow("the engine, PLAIN") << QByteArray("AUTH PLAIN AGUAc2VzYW1l\r\n") << QByteArray("235") << true;
        QTest::newRow("the engine, PLAIN in two steps")
            << QByteArray("AUTH PLAIN\r\nAGUAc2VzYW1l\r\n") << QByteArray("334") << true;
        QTest::newRow("the engine, LOGIN")
            << QByteArray("AUTH LOGIN\r\nZQ==\r\nc2VzYW1l\r\n") << QByteArray("334") << true;
        QTest::newRow("LOGIN with another password")
            << QByteArray("AUTH LOGIN\r\nZQ==\r\nZQ==\r\n") << QByteArray("334") << false;
    }
    void takesMailOnlyFromWhoKnowsThePassword() {
        QFETCH(QByteArray, login);
        QFETCH(QByteArray, answer);
        QFETCH(bool, taken);
        Letters letters;
        sandbox::Session session{letters, 100'000, Secret{"sesame"}};
        static_cast<void>(session.feed("EHLO a\r\n"));
        QVERIFY(session.feed(login.toStdString()).starts_with(answer.toStdString()));
        const std::string reply = session.feed("MAIL FROM:<a@b>\r\n");
        QCOMPARE(reply.substr(0, 3), std::string(taken ? "250" : "530"));
    }
};

QTEST_GUILESS_MAIN(TestSmtpSandbox)
#include "tst_smtp_sandbox.moc"
