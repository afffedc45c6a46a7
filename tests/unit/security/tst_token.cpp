// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/text.h"
#include "engine/contract/json.h"
#include "engine/security/token.h"

#include <QTest>

using namespace postroom;
using namespace postroom::security;
using namespace std::chrono_literals;

namespace {

const Secret key{"0123456789abcdef0123456789abcdef-as-written"};
const TimePoint now{1800000000s};
const Id jti = *Id::parse("018c2d7e-5b7a-7c3b-9d1e-2f3a4b5c6d7e");
const std::string header = R"({"alg":"HS256","typ":"JWT"})";

TokenSigner signer() {
    return TokenSigner{key, "postroom", "postroom-api"};
}

Claims claims() {
    return {.subject = "018c2d7e-0000-7000-8000-000000000001",
            .type = "access",
            .jti = jti,
            .issuedAt = now,
            .notBefore = now,
            .expiresAt = now + 1h,
            .scopes = {"send", "read"},
            .test = true};
}

json::Object payload() {
    return {{"iss", "postroom"}, {"aud", "postroom-api"}, {"sub", claims().subject},
            {"typ", "access"},   {"jti", jti.text()},     {"iat", 1800000000},
            {"nbf", 1800000000}, {"exp", 1800003600},     {"scope", "send"}};
}

// Signed properly, whatever it says.
std::string signedToken(const std::string& head, const std::string& body, const Secret& by = key) {
    const std::string token = toBase64Url(head) + '.' + toBase64Url(body);
    return token + '.' + toBase64Url(hmacSha256(by, token));
}

void refuses(const std::string& token, TimePoint at = now) {
    const auto verified = signer().verify(token, at, "access");
    QVERIFY(!verified);
    QCOMPARE(verified.error().code, ErrorCode::Unauthorized);
    QVERIFY(verified.error().text().find(key.reveal()) == std::string::npos);
}

}  // namespace

class TestToken : public QObject {
    Q_OBJECT

private slots:
    void readsWhatItSigned() {
        const auto verified = signer().verify(signer().sign(claims()), now + 1s, "access");
        QVERIFY(verified);
        QCOMPARE(verified->subject, claims().subject);
        QCOMPARE(verified->type, claims().type);
        QCOMPARE(verified->jti, jti);
        QCOMPARE(verified->issuedAt, now);
        QCOMPARE(verified->notBefore, now);
        QCOMPARE(verified->expiresAt, now + 1h);
        QCOMPARE(verified->scopes, claims().scopes);
        QVERIFY(verified->test);
    }

    void takesOnlyTheTypeAskedFor() {
        QVERIFY(!signer().verify(signer().sign(claims()), now, "refresh"));
        Claims refresh = claims();
        refresh.type = "refresh";
        QVERIFY(!signer().verify(signer().sign(refresh), now, "access"));
        QVERIFY(signer().verify(signer().sign(refresh), now, "refresh"));
    }

    void knowsWhenATokenIsValid_data() {
        QTest::addColumn<qint64>("milliseconds");
        QTest::addColumn<bool>("valid");
        QTest::newRow("at its birth") << qint64{0} << true;
        QTest::newRow("5 s before: another clock") << qint64{-5'000} << true;
        QTest::newRow("more than 5 s before") << qint64{-5'001} << false;
        QTest::newRow("just before its end") << qint64{3'599'999} << true;
        QTest::newRow("at its end") << qint64{3'600'000} << false;
        QTest::newRow("a year later") << qint64{31'536'000'000} << false;
    }
    void knowsWhenATokenIsValid() {
        QFETCH(qint64, milliseconds);
        QFETCH(bool, valid);
        const TimePoint at = now + std::chrono::milliseconds{milliseconds};
        QCOMPARE(signer().verify(signer().sign(claims()), at, "access").has_value(), valid);
    }

    void waitsForNotBefore() {
        json::Object later = payload();
        later["nbf"] = 1800000060;
        const std::string token = signedToken(header, json::serialise(later));
        refuses(token);
        QVERIFY(signer().verify(token, now + 55s, "access"));
    }

    void takesNoOtherHeader_data() {
        QTest::addColumn<QByteArray>("head");
        QTest::addColumn<bool>("taken");
        QTest::newRow("ours") << QByteArray(R"({"alg":"HS256","typ":"JWT"})") << true;
        QTest::newRow("another order") << QByteArray(R"({"typ":"JWT","alg":"HS256"})") << true;
        QTest::newRow("without typ") << QByteArray(R"({"alg":"HS256"})") << true;
        QTest::newRow("blanks") << QByteArray(R"({ "alg": "HS256" })") << true;
        QTest::newRow("none") << QByteArray(R"({"alg":"none"})") << false;
        QTest::newRow("None") << QByteArray(R"({"alg":"None","typ":"JWT"})") << false;
        QTest::newRow("HS512") << QByteArray(R"({"alg":"HS512","typ":"JWT"})") << false;
        QTest::newRow("RS256") << QByteArray(R"({"alg":"RS256","typ":"JWT"})") << false;
        QTest::newRow("lower case") << QByteArray(R"({"alg":"hs256"})") << false;
        QTest::newRow("no alg") << QByteArray(R"({"typ":"JWT"})") << false;
        QTest::newRow("alg twice") << QByteArray(R"({"alg":"none","alg":"HS256"})") << false;
        QTest::newRow("alg is a list") << QByteArray(R"({"alg":["HS256"]})") << false;
        QTest::newRow("another typ") << QByteArray(R"({"alg":"HS256","typ":"JWE"})") << false;
        QTest::newRow("typ is a number") << QByteArray(R"({"alg":"HS256","typ":1})") << false;
        QTest::newRow("kid") << QByteArray(R"({"alg":"HS256","kid":"../../dev/null"})") << false;
        QTest::newRow("jku") << QByteArray(R"({"alg":"HS256","jku":"keys.example.com"})") << false;
        QTest::newRow("x5u") << QByteArray(R"({"alg":"HS256","x5u":"keys.example.com"})") << false;
        QTest::newRow("jwk") << QByteArray(R"({"alg":"HS256","jwk":{"k":"AA"}})") << false;
        QTest::newRow("crit") << QByteArray(R"({"alg":"HS256","crit":["exp"]})") << false;
        QTest::newRow("no object") << QByteArray(R"(["HS256"])") << false;
        QTest::newRow("no JSON") << QByteArray("HS256") << false;
        QTest::newRow("empty") << QByteArray() << false;
    }
    void takesNoOtherHeader() {
        QFETCH(QByteArray, head);
        QFETCH(bool, taken);
        const std::string token = signedToken(head.toStdString(), json::serialise(payload()));
        QCOMPARE(signer().verify(token, now, "access").has_value(), taken);
    }

    void needsEachClaim_data() {
        QTest::addColumn<QByteArray>("name");
        for (const char* name : {"iss", "aud", "exp", "nbf", "iat", "jti", "typ", "sub"})
            QTest::newRow(name) << QByteArray(name);
    }
    void needsEachClaim() {
        QFETCH(QByteArray, name);
        const std::string claim = name.toStdString();
        json::Object body = payload();
        QVERIFY(signer().verify(signedToken(header, json::serialise(body)), now, "access"));
        body.erase(claim);
        refuses(signedToken(header, json::serialise(body)));
        const std::vector<json::Value> wrong{nullptr,
                                             true,
                                             -1,
                                             1.5,
                                             1e300,
                                             "",
                                             "1800000000",
                                             json::Array{"postroom-api"},
                                             json::Object{},
                                             std::int64_t{1} << 60};
        for (const json::Value& value : wrong) {
            if (claim == "sub" && value == "1800000000") continue;  // whoever that may be
            body[claim] = value;
            refuses(signedToken(header, json::serialise(body)));
        }
    }

    void saysWhichLoginAndSecretItCameBy() {
        Claims with = claims();
        with.family = makeId(now);
        with.secretVersion = 7;
        const auto verified = signer().verify(signer().sign(with), now, "access");
        QVERIFY(verified);
        QVERIFY(verified->family == with.family);
        QCOMPARE(verified->secretVersion, std::int64_t{7});
        const auto without = signer().verify(signer().sign(claims()), now, "access");
        QVERIFY(without && !without->family && without->secretVersion == 0);
    }

    void takesALoginAndASecretOfTheirFormOnly_data() {
        QTest::addColumn<QByteArray>("more");
        for (const char* more : {R"({"sid":7})", R"({"sid":""})", R"({"sid":"x"})", R"({"sid":null})", R"({"ver":0})",
                                 R"({"ver":-1})", R"({"ver":"1"})", R"({"ver":1.5})", R"({"ver":null})"})
            QTest::newRow(more) << QByteArray(more);
    }
    void takesALoginAndASecretOfTheirFormOnly() {
        QFETCH(QByteArray, more);
        json::Object body = payload();
        const auto members = json::parse(more.toStdString());
        for (const auto& member : members->get_object()) body[member.key()] = member.value();
        refuses(signedToken(header, json::serialise(body)));
    }

    void takesOptionalClaimsOfTheirTypeOnly() {
        json::Object body = payload();
        body.erase("scope");
        const auto plain = signer().verify(signedToken(header, json::serialise(body)), now, "access");
        QVERIFY(plain);
        QVERIFY(plain->scopes.empty() && !plain->test);
        body["test"] = 1;
        refuses(signedToken(header, json::serialise(body)));
        body["test"] = false;
        body["scope"] = json::Array{"admin"};
        refuses(signedToken(header, json::serialise(body)));
    }

    void takesNoBodyThatIsNotStrictJson_data() {
        QTest::addColumn<QByteArray>("body");
        const QByteArray good = QByteArray::fromStdString(json::serialise(payload()));
        QTest::newRow("a claim twice") << "{\"typ\":\"refresh\"," + good.mid(1);
        QTest::newRow("something behind") << good + "{}";
        QTest::newRow("no object") << "[" + good + "]";
        QTest::newRow("not UTF-8") << good.chopped(1) + ",\"x\":\"\xff\"}";
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("deep") << good.chopped(1) + ",\"x\":" + QByteArray(50, '[') + QByteArray(50, ']') + "}";
    }
    void takesNoBodyThatIsNotStrictJson() {
        QFETCH(QByteArray, body);
        refuses(signedToken(header, body.toStdString()));
    }

    void takesNoOtherSpellingOfAToken_data() {
        QTest::addColumn<QByteArray>("token");
        const QByteArray token = QByteArray::fromStdString(signer().sign(claims()));
        const int first = int(token.indexOf('.')), last = int(token.lastIndexOf('.'));
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("dots") << QByteArray("..");
        QTest::newRow("blank before") << " " + token;
        QTest::newRow("blank behind") << token + " ";
        QTest::newRow("line feed behind") << token + "\n";
        QTest::newRow("padding behind") << token + "=";
        QTest::newRow("padded header") << token.left(first) + "=" + token.mid(first);
        QTest::newRow("Bearer") << "Bearer " + token;
        QTest::newRow("two parts") << token.left(last);
        QTest::newRow("no signature") << token.left(last + 1);
        QTest::newRow("no header") << token.mid(first);
        QTest::newRow("four parts") << token + ".AAAA";
        QTest::newRow("signature cut") << token.chopped(1);
        QTest::newRow("standard alphabet")
            << token.left(last + 1) + token.mid(last + 1).replace('-', '+').replace('_', '/') + "A";
        QTest::newRow("5000 bytes") << token + QByteArray(5000, 'A');
        QTest::newRow("alg none, unsigned") << QByteArray::fromStdString(toBase64Url(R"({"alg":"none","typ":"JWT"})")) +
                                                   token.mid(first, last - first) + ".";
    }
    void takesNoOtherSpellingOfAToken() {
        QFETCH(QByteArray, token);
        refuses(token.toStdString());
    }

    void noticesEveryChangedCharacter() {
        const std::string token = signer().sign(claims());
        for (std::size_t at = 0; at < token.size(); ++at)
            for (const char other : {'A', 'B', 'z', '_', '.', '='}) {
                if (token[at] == other) continue;
                std::string changed = token;
                changed[at] = other;
                QVERIFY2(!signer().verify(changed, now, "access"), changed.c_str());
            }
    }

    void takesNoTokenOfAnotherPlace() {
        const std::string token = signer().sign(claims());
        QVERIFY(!(TokenSigner{key, "other", "postroom-api"}.verify(token, now, "access")));
        QVERIFY(!(TokenSigner{key, "postroom", "other"}.verify(token, now, "access")));
        const Secret otherKey{std::string(key.reveal()) + "\n"};
        QVERIFY(!(TokenSigner{otherKey, "postroom", "postroom-api"}.verify(token, now, "access")));
    }

    void signsAndTakesNothingWithAShortKey() {
        const TokenSigner weak{Secret{std::string(31, 'k')}, "postroom", "postroom-api"};
        QVERIFY(weak.sign(claims()).empty());
        QVERIFY(
            !weak.verify(signedToken(header, json::serialise(payload()), Secret{std::string(31, 'k')}), now, "access"));
        const TokenSigner none{Secret{}, "postroom", "postroom-api"};
        QVERIFY(!none.verify(signedToken(header, json::serialise(payload()), Secret{}), now, "access"));
    }

    void verifiesQuickly() {
        const TokenSigner ours = signer();
        const std::string token = ours.sign(claims());
        QBENCHMARK {
            QVERIFY(ours.verify(token, now, "access"));
        }
    }
};

QTEST_APPLESS_MAIN(TestToken)
#include "tst_token.moc"
