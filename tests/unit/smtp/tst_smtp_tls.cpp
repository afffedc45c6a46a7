// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/clock.h"
#include "engine/base/text.h"
#include "engine/smtp/pool.h"
#include "engine/smtp/probe.h"

#include <QFile>
#include <QHostAddress>
#include <QProcess>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

using namespace postroom;
using namespace postroom::smtp;
using namespace std::chrono_literals;

namespace {

const QString Python = QStringLiteral("/usr/bin/python3");

class Port final : public Pool::Port {
public:
    void beforeDot(const Id&, const std::vector<Reply>&) override {}
    void dotLeaves(const Id&) override {}
    void dotAnswered(const Id&, int) override {}
    void finished(Outcome one) override { outcome = std::move(one); }
    std::optional<Outcome> outcome;
};

}  // namespace

class TestSmtpTls : public QObject {
    Q_OBJECT

    SystemClock m_clock;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<QProcess> m_server;
    QByteArray m_heard;
    std::string m_fingerprint;
    std::uint16_t m_port = 0;

    bool startServer(const QByteArray& mode, const QByteArray& kind) {
        m_folder = std::make_unique<QTemporaryDir>();
        m_server = std::make_unique<QProcess>();
        m_server->setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_server->start(Python, {QStringLiteral(POSTROOM_SOURCE_DIR "/tests/unit/smtp/tls_server.py"),
                                 QString::fromLatin1(mode), QString::fromLatin1(kind), m_folder->path()});
        m_heard.clear();
        if (!QTest::qWaitFor([this] { return (m_heard += m_server->readAllStandardOutput()).contains('\n'); }, 20'000))
            return false;
        const QList<QByteArray> words = m_heard.trimmed().split(' ');
        m_port = static_cast<std::uint16_t>(words.value(1).toUInt());
        m_fingerprint = words.value(2).toStdString();
        m_heard.clear();
        return m_port != 0;
    }
    QByteArray serverHeard() {
        m_server->closeWriteChannel();
        m_server->waitForFinished(5000);
        return m_heard += m_server->readAllStandardOutput();
    }
    std::string file(const char* name) const {
        QFile one(m_folder->filePath(QString::fromLatin1(name)));
        return one.open(QIODevice::ReadOnly) ? one.readAll().toStdString() : std::string();
    }
    Endpoint endpoint(Security security) const {
        return {.account = makeId(m_clock.now()),
                .host = "localhost",
                .port = m_port,
                .security = security,
                .username = "user",
                .password = Secret("pencil"),
                .authenticate = true,
                .caFile_pem = file("ca.pem")};
    }
    static std::optional<ProbeReport> probe(const Endpoint& endpoint, const Clock& clock) {
        std::optional<ProbeReport> report;
        std::unique_ptr<Probe> walk;
        walk = std::make_unique<Probe>(endpoint, clock, [&](ProbeReport one) {
            report = std::move(one);
            walk.reset();
        });
        static_cast<void>(QTest::qWaitFor([&] { return report.has_value(); }, 35'000));
        return report;
    }

private slots:
    void initTestCase() {
        QProcess check;
        check.start(Python, {QStringLiteral("-c"), QStringLiteral("import aiosmtpd, trustme, cryptography")});
        if (!check.waitForFinished(20'000) || check.exitCode() != 0)
            QFAIL("install the packages python3-aiosmtpd and python3-trustme");
    }
    void cleanup() {
        if (m_server) static_cast<void>(serverHeard());
        m_server.reset();
    }

    void givesThePasswordOnlyToWhomItTrusts_data() {
        QTest::addColumn<QByteArray>("kind");
        QTest::addColumn<QByteArray>("roots");
        QTest::addColumn<QByteArray>("fingerprint");
        QTest::addColumn<bool>("trusted");
        QTest::addColumn<QByteArray>("detail");
        const auto row = [](const char* name, const char* kind, const char* roots, const char* fingerprint,
                            bool trusted, const char* detail) {
            QTest::newRow(name) << QByteArray(kind) << QByteArray(roots) << QByteArray(fingerprint) << trusted
                                << QByteArray(detail);
        };
        row("the right roots", "good", "ca.pem", "", true, "");
        row("the system's roots", "good", "", "", false, "issuer");
        row("other roots", "good", "other.pem", "", false, "issuer");
        row("roots that are none", "good", "key.pem", "", false, "holds no certificate");
        row("another host's certificate", "wronghost", "ca.pem", "", false, "another host name");
        row("expired", "expired", "ca.pem", "", false, "expired");
        row("self-signed", "selfsigned", "", "", false, "self-signed");
        row("self-signed, and trusted as such", "selfsigned", "leaf.pem", "", true, "");
        row("self-signed, and pinned", "selfsigned", "", "right", true, "");
        row("pinned, other roots", "good", "other.pem", "right", false, "certificate");
        row("right roots, another one pinned", "good", "ca.pem", "wrong", false, "fingerprint");
        row("TLS 1.1", "old", "ca.pem", "", false, "");
    }
    void givesThePasswordOnlyToWhomItTrusts() {
        QFETCH(QByteArray, kind);
        QFETCH(QByteArray, roots);
        QFETCH(QByteArray, fingerprint);
        QFETCH(bool, trusted);
        QFETCH(QByteArray, detail);
        for (const Security security : {Security::Tls, Security::StartTls}) {
            QVERIFY(startServer(security == Security::Tls ? "tls" : "starttls", kind));
            Endpoint to = endpoint(security);
            to.caFile_pem = roots.isEmpty() ? std::string() : file(roots.constData());
            if (fingerprint == "right") to.fingerprint_sha256 = m_fingerprint;
            if (fingerprint == "wrong") to.fingerprint_sha256 = std::string(64, 'a');
            Port port;
            Pool pool(port, m_clock);
            pool.setEndpoint(to);
            pool.submit({.attempt = makeId(m_clock.now()),
                         .account = to.account,
                         .mailFrom = "a@b.example",
                         .recipients = {"c@d.example"},
                         .body = std::make_unique<StringBody>("Subject: x\r\n\r\nhello\r\n")});
            QTRY_VERIFY_WITH_TIMEOUT(port.outcome.has_value(), 20'000);
            const Outcome& outcome = *port.outcome;
            const QByteArray heard = serverHeard();
            if (trusted) {
                QVERIFY2(outcome.stage == Stage::Done, outcome.detail.c_str());
                QVERIFY2(outcome.tls.starts_with("TLSv1.3 "), outcome.tls.c_str());
                QCOMPARE(heard, QByteArray("login user pencil\nmail 21\n"));
            } else {
                QCOMPARE(outcome.stage, Stage::Tls);
                QCOMPARE(outcome.trouble, Trouble::TlsFailed);
                QVERIFY2(outcome.detail.find(detail.toStdString()) != std::string::npos, outcome.detail.c_str());
                QCOMPARE(heard, QByteArray());
            }
            for (const std::string& line : outcome.transcript)
                QVERIFY2(line.find("pencil") == std::string::npos, line.c_str());
        }
    }

    void saysThatThePasswordIsWrong() {
        QVERIFY(startServer("starttls", "good"));
        Endpoint to = endpoint(Security::StartTls);
        to.password = Secret("pen");
        const auto report = probe(to, m_clock);
        QVERIFY(report.has_value());
        QVERIFY(!report->ok);
        QCOMPARE(report->stage, Stage::Auth);
        QCOMPARE(report->trouble, Trouble::Refused);
        QCOMPARE(report->reply.code, 535);
        QCOMPARE(report->steps.size(), std::size_t{7});
        QVERIFY(!report->steps.back().ok);
    }

    void triesAnAccountStepByStep() {
        QVERIFY(startServer("starttls", "good"));
        const auto report = probe(endpoint(Security::StartTls), m_clock);
        QVERIFY(report.has_value());
        QVERIFY2(report->ok, report->detail.c_str());
        std::string stages;
        for (const ProbeStep& step : report->steps) {
            QVERIFY(step.ok && !step.detail.empty());
            stages += std::string(name(step.stage)) + " ";
        }
        QCOMPARE(stages, std::string("connect greeting ehlo starttls tls ehlo auth "));
        QVERIFY(report->certificate.has_value());
        QCOMPARE(report->certificate->subject, std::string("mail.test"));
        QCOMPARE(report->certificate->issuer, std::string("Test CA"));
        QCOMPARE(report->certificate->sha256, m_fingerprint);
        QVERIFY(report->certificate->expiresAt > m_clock.now() + 24h);
        QVERIFY(!report->transcript.empty());
        QCOMPARE(report->transcript.back(), std::string("S: 221 Bye"));
        QVERIFY(!serverHeard().contains("mail"));
    }

    void showsTheCertificateItRefused() {
        QVERIFY(startServer("tls", "expired"));
        const auto report = probe(endpoint(Security::Tls), m_clock);
        QVERIFY(report.has_value() && !report->ok);
        QCOMPARE(report->stage, Stage::Tls);
        QVERIFY(report->certificate.has_value());
        QVERIFY(report->certificate->expiresAt < m_clock.now());
        QVERIFY(!serverHeard().contains("login"));
    }

    void tellsThatNobodyListens() {
        QTcpServer closed;
        QVERIFY(closed.listen(QHostAddress::LocalHost));
        Endpoint to{.host = "127.0.0.1", .port = closed.serverPort(), .security = Security::None};
        closed.close();
        const auto report = probe(to, m_clock);
        QVERIFY(report.has_value());
        QCOMPARE(report->trouble, Trouble::ConnectFailed);
        QCOMPARE(report->steps.size(), std::size_t{1});
    }

    void stopsWhereTlsIsMissingOrMixedWithClearText_data() {
        QTest::addColumn<QByteArray>("ehlo");
        QTest::addColumn<QByteArray>("startTls");
        QTest::addColumn<Trouble>("trouble");
        QTest::newRow("not offered") << QByteArray("250-me\r\n250 AUTH PLAIN\r\n") << QByteArray()
                                     << Trouble::StartTlsMissing;
        QTest::newRow("refused") << QByteArray("250-me\r\n250 STARTTLS\r\n") << QByteArray("454 no\r\n")
                                 << Trouble::Refused;
        QTest::newRow("injected") << QByteArray("250-me\r\n250 STARTTLS\r\n")
                                  << QByteArray("220 go\r\n250-evil\r\n250 AUTH PLAIN\r\n")
                                  << Trouble::ProtocolViolated;
        QTest::newRow("no TLS behind the 220")
            << QByteArray("250-me\r\n250 STARTTLS\r\n") << QByteArray("220 go\r\n") << Trouble::TlsFailed;
    }
    void stopsWhereTlsIsMissingOrMixedWithClearText() {
        QFETCH(QByteArray, ehlo);
        QFETCH(QByteArray, startTls);
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        QByteArray heard;
        connect(&server, &QTcpServer::newConnection, &server, [&] {
            QTcpSocket* guest = server.nextPendingConnection();
            guest->write("220 hi\r\n");
            connect(guest, &QTcpSocket::readyRead, guest, [&, guest] {
                const QByteArray said = guest->readAll();
                heard += said;
                if (said.startsWith("EHLO")) guest->write(ehlo);
                if (said.startsWith("STARTTLS")) guest->write(startTls);
                if (said.startsWith("\x16")) guest->write("250 I speak no TLS\r\n");
            });
        });
        Endpoint to{.host = "localhost",
                    .port = server.serverPort(),
                    .security = Security::StartTls,
                    .username = "user",
                    .password = Secret("pencil"),
                    .authenticate = true};
        const auto report = probe(to, m_clock);
        QVERIFY(report.has_value());
        QTEST(report->trouble, "trouble");
        QVERIFY(!heard.contains("AUTH") && !heard.contains("MAIL"));
    }
};

QTEST_GUILESS_MAIN(TestSmtpTls)
#include "tst_smtp_tls.moc"
