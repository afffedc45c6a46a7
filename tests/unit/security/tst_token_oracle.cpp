// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/text.h"
#include "engine/contract/json.h"
#include "engine/security/token.h"

#include <QProcess>
#include <QTest>

using namespace postroom;
using namespace postroom::security;
using namespace std::chrono_literals;

namespace {
const std::string key = "a key with \"quotes\", 中文 and more than 32 bytes";
const Id jti = *Id::parse("018c2d7e-5b7a-7c3b-9d1e-2f3a4b5c6d7e");
}  // namespace

// What we sign, PyJWT reads; what PyJWT signs, we read or refuse for a reason of ours.
class TestTokenOracle : public QObject {
    Q_OBJECT

    QProcess m_oracle;
    const TokenSigner m_signer{Secret{key}, "postroom", "postroom-api"};
    // PyJWT goes by the real clock.
    const TimePoint m_now = std::chrono::floor<std::chrono::seconds>(SystemClock{}.now());

    json::Object ask(const json::Object& request) {
        m_oracle.write(QByteArray::fromStdString(json::serialise(request) + "\n"));
        while (!m_oracle.canReadLine())
            if (!m_oracle.waitForReadyRead(20'000)) return {{"error", "no answer from PyJWT"}};
        const auto answer = json::parse(m_oracle.readLine().trimmed().toStdString());
        return answer && answer->is_object() ? answer->get_object() : json::Object{{"error", "no JSON from PyJWT"}};
    }

    std::string theirs(const json::Object& changes, const char* alg = "HS256", const json::Object& headers = {}) {
        const std::int64_t seconds = m_now.time_since_epoch() / 1s;
        json::Object claims{{"iss", "postroom"}, {"aud", "postroom-api"}, {"sub", "k-1"},
                            {"typ", "access"},   {"jti", jti.text()},     {"iat", seconds},
                            {"nbf", seconds},    {"exp", seconds + 3600}, {"scope", "send admin"}};
        for (const auto& [name, value] : changes) claims[name] = value;
        const json::Object answer =
            ask({{"do", "sign"}, {"key", key}, {"alg", alg}, {"headers", headers}, {"claims", claims}});
        return json::text(answer, "token", json::text(answer, "error"));
    }

private slots:
    void initTestCase() {
        m_oracle.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_oracle.start(QStringLiteral("/usr/bin/python3"),
                       {QStringLiteral(POSTROOM_SOURCE_DIR "/tests/unit/security/token_oracle.py")});
        QVERIFY2(m_oracle.waitForStarted(), "needs /usr/bin/python3 with python3-jwt");
    }
    void cleanupTestCase() {
        m_oracle.closeWriteChannel();
        QVERIFY(m_oracle.waitForFinished());
    }

    void readsOurs() {
        const Claims claims{.subject = "k-1",
                            .type = "refresh",
                            .jti = jti,
                            .issuedAt = m_now,
                            .notBefore = m_now,
                            .expiresAt = m_now + 1h,
                            .scopes = {"send", "read"},
                            .test = true};
        const json::Object request{{"do", "verify"},
                                   {"key", key},
                                   {"token", m_signer.sign(claims)},
                                   {"iss", "postroom"},
                                   {"aud", "postroom-api"}};
        const json::Object answer = ask(request);
        QCOMPARE(json::text(answer, "error"), std::string());
        QCOMPARE(json::text(json::object(answer, "header"), "alg"), std::string("HS256"));
        const json::Object& read = json::object(answer, "claims");
        QCOMPARE(json::text(read, "sub"), std::string("k-1"));
        QCOMPARE(json::text(read, "typ"), std::string("refresh"));
        QCOMPARE(json::text(read, "jti"), jti.text());
        QCOMPARE(json::text(read, "scope"), std::string("send read"));
        QCOMPARE(json::integer(read, "exp"), std::int64_t{m_now.time_since_epoch() / 1s + 3600});
        QVERIFY(json::boolean(read, "test"));

        json::Object other = request;
        other["key"] = key + " ";
        QCOMPARE(json::text(ask(other), "error").substr(0, 21), std::string("InvalidSignatureError"));
    }

    void isReadByUs() {
        const auto claims = m_signer.verify(theirs({}), m_now, "access");
        QVERIFY2(claims, claims ? "" : claims.error().text().c_str());
        QCOMPARE(claims->subject, std::string("k-1"));
        QCOMPARE(claims->jti, jti);
        QCOMPARE(claims->expiresAt, m_now + 1h);
        QCOMPARE(claims->scopes, (std::vector<std::string>{"send", "admin"}));
        QVERIFY(!claims->test);
    }

    void isRefusedByUs_data() {
        QTest::addColumn<QByteArray>("changes");
        QTest::addColumn<QByteArray>("alg");
        QTest::addColumn<QByteArray>("headers");
        QTest::newRow("HS512") << QByteArray("{}") << QByteArray("HS512") << QByteArray("{}");
        QTest::newRow("HS384") << QByteArray("{}") << QByteArray("HS384") << QByteArray("{}");
        QTest::newRow("kid") << QByteArray("{}") << QByteArray("HS256") << QByteArray(R"({"kid":"1"})");
        QTest::newRow("crit") << QByteArray("{}") << QByteArray("HS256") << QByteArray(R"({"crit":["b64"]})");
        QTest::newRow("aud is a list") << QByteArray(R"({"aud":["postroom-api"]})") << QByteArray("HS256")
                                       << QByteArray("{}");
        QTest::newRow("expired") << QByteArray(R"({"exp":1600000000})") << QByteArray("HS256") << QByteArray("{}");
        QTest::newRow("not yet") << QByteArray(R"({"nbf":9999999999})") << QByteArray("HS256") << QByteArray("{}");
        QTest::newRow("another issuer") << QByteArray(R"({"iss":"elsewhere"})") << QByteArray("HS256")
                                        << QByteArray("{}");
        QTest::newRow("a refresh token") << QByteArray(R"({"typ":"refresh"})") << QByteArray("HS256")
                                         << QByteArray("{}");
    }
    void isRefusedByUs() {
        QFETCH(QByteArray, changes);
        QFETCH(QByteArray, alg);
        QFETCH(QByteArray, headers);
        const std::string token = theirs(json::parse(changes.toStdString())->as_object(), alg.constData(),
                                         json::parse(headers.toStdString())->as_object());
        QCOMPARE(std::count(token.begin(), token.end(), '.'), 2);
        const auto claims = m_signer.verify(token, m_now, "access");
        QVERIFY(!claims);
        QCOMPARE(claims.error().code, ErrorCode::Unauthorized);
    }
};

QTEST_GUILESS_MAIN(TestTokenOracle)
#include "tst_token_oracle.moc"
