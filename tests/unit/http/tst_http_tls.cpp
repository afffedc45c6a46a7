// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/platform.h"
#include "tests/unit/http/desk.h"
#include "tests/unit/http/request_rows.h"

#include <QProcess>
#include <QSslCipher>
#include <QSslKey>
#include <QTemporaryDir>
#include <QTest>

using namespace postroom;
using namespace postroom::http;
using namespace postroom::http::test;
using namespace std::chrono_literals;

class TestHttpTls : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        QVERIFY(m_folder.isValid());
        m_first = makePair(QStringLiteral("first"), {QStringLiteral("-newkey"), QStringLiteral("rsa:2048")});
        m_second = makePair(QStringLiteral("second"),
                            {QStringLiteral("-newkey"), QStringLiteral("ec"), QStringLiteral("-pkeyopt"),
                             QStringLiteral("ec_paramgen_curve:prime256v1")});
        QVERIFY(!m_first.certificate.empty() && !m_second.certificate.empty());
    }

    void speaksTls() {
        Desk desk;
        Server server{desk, settings()};
        QVERIFY(server.listen());
        Client client{server.port(), true};
        QVERIFY(client.socket.isEncrypted());
        QVERIFY(client.socket.sessionProtocol() >= QSsl::TlsV1_2);
        client.send(get("/a") + post("Content-Length: 5\r\n", "hello"));
        QCOMPARE(client.answer().body, std::string("GET /a "));
        QCOMPARE(client.answer().body, std::string("POST / hello"));
        client.send(get("/wait"));
        QTRY_COMPARE(desk.waiting.size(), std::size_t{1});
        QVERIFY(desk.waiting.front().first.head.secure);
        desk.answer(0);
        QCOMPARE(client.answer().status, 200);
    }

    void carriesLargeBodiesBothWays() {
        Desk desk;
        desk.bodyLimit_bytes = 10'000'000;
        Server server{desk, settings()};
        QVERIFY(server.listen());
        Client client{server.port(), true};
        client.send(post("Content-Length: 5000000\r\n", std::string(5'000'000, 'x')));
        QCOMPARE(client.answer().body.size(), std::size_t{7 + 5'000'000});
    }

    void closesInGoodOrder() {
        Desk desk;
        ServerSettings shortLinger = settings();
        shortLinger.lingerDeadline = 100ms;
        Server server{desk, shortLinger};
        QVERIFY(server.listen());
        for (const std::string& request :
             {withHeaders("Host: localhost\r\nConnection: close\r\n"),
              post("Content-Length: 5000\r\n", std::string(2000, 'x')), std::string{"nonsense\r\n"}}) {
            Client client{server.port(), true};
            client.send(request);
            QVERIFY(client.answer().head.find("Connection: close") != std::string::npos);
            QVERIFY(client.waitForEnd());
            QCOMPARE(client.socket.error(), QAbstractSocket::RemoteHostClosedError);
        }
        QTRY_COMPARE(server.connections(), 0);
    }

    void dropsWhoNeverShakesHands() {
        Desk desk;
        ServerSettings hasty = settings();
        hasty.tlsDeadline = 100ms;
        Server server{desk, hasty};
        QVERIFY(server.listen());
        Client silent{server.port()};
        QVERIFY(silent.waitForEnd());
        Client plain{server.port()};
        plain.send(get("/"));
        QVERIFY(plain.waitForEnd());
        QVERIFY(plain.unread().find("HTTP") == std::string::npos);
        QTRY_COMPARE(server.connections(), 0);
        QVERIFY(desk.admitted.empty());
    }

    void changesItsCertificateWhileItRuns() {
        Desk desk;
        Server server{desk, settings()};
        QVERIFY(server.listen());
        Client before{server.port(), true};
        const auto reloaded = server.reloadTls(m_second.certificate, m_second.key);
        QVERIFY(reloaded);
        Client after{server.port(), true};
        QCOMPARE(before.socket.peerCertificate().subjectInfo(QSslCertificate::CommonName).join(QString()),
                 QStringLiteral("first"));
        QCOMPARE(after.socket.peerCertificate().subjectInfo(QSslCertificate::CommonName).join(QString()),
                 QStringLiteral("second"));
        before.send(get("/"));
        QCOMPARE(before.answer().status, 200);
    }

    void refusesWhatDoesNotFit_data() {
        QTest::addColumn<QByteArray>("certificate");
        QTest::addColumn<QByteArray>("key");
        const auto certificate = QByteArray::fromStdString(m_first.certificate);
        const auto key = QByteArray(m_first.key.reveal().data(), static_cast<qsizetype>(m_first.key.size()));
        QTest::newRow("no certificate") << QByteArray("nonsense") << key;
        QTest::newRow("no key") << certificate << QByteArray("nonsense");
        QTest::newRow("no key at all") << certificate << QByteArray();
        QTest::newRow("another key") << QByteArray::fromStdString(m_second.certificate) << key;
        QTest::newRow("the other way round") << key << certificate;
    }
    void refusesWhatDoesNotFit() {
        QFETCH(QByteArray, certificate);
        QFETCH(QByteArray, key);
        Desk desk;
        Server server{desk, settings()};
        QVERIFY(server.listen());
        const auto reloaded = server.reloadTls(certificate.toStdString(), Secret{key.toStdString()});
        QVERIFY(!reloaded);
        QCOMPARE(reloaded.error().code, ErrorCode::ConfigInvalid);
        QVERIFY(reloaded.error().text().find("BEGIN") == std::string::npos);
        Client client{server.port(), true};
        client.send(get("/"));
        QCOMPARE(client.answer().status, 200);

        ServerSettings broken = settings();
        broken.tlsCertificate_pem = certificate.toStdString();
        broken.tlsKey_pem = Secret{key.toStdString()};
        Server other{desk, broken};
        QVERIFY(!other.listen());
    }

private:
    struct Pair {
        std::string certificate;
        Secret key;
    };
    Pair makePair(const QString& name, const QStringList& how) {
        const QString certificate = m_folder.filePath(name + QStringLiteral(".crt"));
        const QString key = m_folder.filePath(name + QStringLiteral(".key"));
        const QStringList arguments = QStringList{QStringLiteral("req"), QStringLiteral("-x509")} + how +
                                      QStringList{QStringLiteral("-nodes"),
                                                  QStringLiteral("-days"),
                                                  QStringLiteral("2"),
                                                  QStringLiteral("-subj"),
                                                  QStringLiteral("/CN=") + name,
                                                  QStringLiteral("-out"),
                                                  certificate,
                                                  QStringLiteral("-keyout"),
                                                  key};
        QProcess openssl;
        openssl.start(QStringLiteral("openssl"), arguments);
        if (!openssl.waitForFinished() || openssl.exitCode() != 0) return {};
        const auto certificateText = platform::readFile(certificate.toStdString());
        const auto keyText = platform::readFile(key.toStdString());
        if (!certificateText || !keyText) return {};
        return {*certificateText, Secret{*keyText}};
    }
    ServerSettings settings() const {
        ServerSettings settings;
        settings.port = 0;
        settings.tick = 10ms;
        settings.tlsCertificate_pem = m_first.certificate;
        settings.tlsKey_pem = m_first.key;
        return settings;
    }

    QTemporaryDir m_folder;
    Pair m_first;
    Pair m_second;
};

QTEST_GUILESS_MAIN(TestHttpTls)
#include "tst_http_tls.moc"
