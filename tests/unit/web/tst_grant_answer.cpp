// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/web/grant_answer.h"

#include <QTest>

using namespace postroom;
using namespace postroom::web;

// moc takes two slashes for a comment in a raw string as well: what has an address in it is none.
class TestGrantAnswer : public QObject {
    Q_OBJECT

    static Answer answer(int status, const QByteArray& body) { return {.status = status, .body = body.toStdString()}; }
    static std::string text(const Secret& secret) { return std::string(secret.reveal()); }

private slots:
    void readsTokens_data() {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("access");
        QTest::addColumn<QString>("refresh");
        QTest::addColumn<int>("lasts");
        QTest::newRow("as the standard shows")
            << QByteArray(R"({"access_token":"a","token_type":"Bearer","expires_in":3600,"refresh_token":"r"})") << "a"
            << "r" << 3600;
        QTest::newRow("in other cases") << QByteArray(R"({"access_token":"a","token_type":"bearer","expires_in":60})")
                                        << "a"
                                        << "" << 60;
        QTest::newRow("a text for a number") << QByteArray(R"({"access_token":"a","expires_in":"3599"})") << "a"
                                             << "" << 3599;
        QTest::newRow("a fraction") << QByteArray(R"({"access_token":"a","expires_in":3599.9})") << "a"
                                    << "" << 3599;
        QTest::newRow("no time") << QByteArray(R"({"access_token":"a"})") << "a"
                                 << "" << 3600;
        QTest::newRow("no such time") << QByteArray(R"({"access_token":"a","expires_in":"soon"})") << "a"
                                      << "" << 3600;
        QTest::newRow("before it began") << QByteArray(R"({"access_token":"a","expires_in":-5})") << "a"
                                         << "" << 3600;
        QTest::newRow("at once") << QByteArray(R"({"access_token":"a","expires_in":1})") << "a"
                                 << "" << 10;
        QTest::newRow("for ever") << QByteArray(R"({"access_token":"a","expires_in":9000000000000000000})") << "a"
                                  << "" << 604800;
        QTest::newRow("more than asked for")
            << QByteArray(R"({"access_token":"a","scope":"x","id_token":"eyJ.x.y","ext_expires_in":3,"expires_in":60})")
            << "a"
            << "" << 60;
    }
    void readsTokens() {
        QFETCH(QByteArray, body);
        QFETCH(QString, access);
        QFETCH(QString, refresh);
        QFETCH(int, lasts);
        const auto tokens = readTokens(answer(200, body));
        QVERIFY2(tokens, tokens ? "" : tokens.error().detail.c_str());
        QCOMPARE(text(tokens->access), access.toStdString());
        QCOMPARE(text(tokens->refresh), refresh.toStdString());
        QCOMPARE(static_cast<int>(tokens->lasts.count()), lasts);
    }

    void saysWhyThereIsNone_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("word");
        QTest::addColumn<bool>("passes");
        const auto row = [](const char* name, int status, const char* body, const char* word, bool passes) {
            QTest::newRow(name) << status << QByteArray(body) << word << passes;
        };
        row("pending", 400, R"({"error":"authorization_pending"})", "oauth.pending", true);
        row("pending at Google", 428, R"({"error":"authorization_pending"})", "oauth.pending", true);
        row("slower", 400, R"({"error":"slow_down"})", "oauth.pending", true);
        row("the code ended", 400, R"({"error":"expired_token"})", "oauth.code_expired", false);
        row("somebody said no", 403, R"({"error":"access_denied"})", "oauth.denied", false);
        row("and at Microsoft", 400, R"({"error":"authorization_declined"})", "oauth.denied", false);
        row("taken back", 400, R"({"error":"invalid_grant","error_description":"revoked"})", "oauth.grant_invalid",
            false);
        row("our secret is wrong", 401, R"({"error":"invalid_client"})", "oauth.client_invalid", false);
        row("not for us", 400, R"({"error":"unauthorized_client"})", "oauth.client_invalid", false);
        row("no device code at all", 400, R"({"error":"unsupported_grant_type"})", "oauth.client_invalid", false);
        row("a word of their own", 400, R"({"error":"admin_policy_enforced"})", "oauth.client_invalid", false);
        row("scope", 400, R"({"error":"invalid_scope"})", "oauth.scope_invalid", false);
        row("an error in a 200", 200, R"({"error":"invalid_grant"})", "oauth.grant_invalid", false);
        row("busy", 503, R"({"error":"temporarily_unavailable"})", "oauth.unavailable", true);
        row("broken", 500, "<html>", "oauth.unavailable", true);
        row("broken with a word", 500, R"({"error":"server_error"})", "oauth.unavailable", true);
        row("too often", 429, "", "oauth.unavailable", true);
        row("too often, said well", 429, R"({"error":"rate_limit_exceeded"})", "oauth.unavailable", true);
        row("a page", 200, "<html>", "oauth.answer_garbled", true);
        row("a page for an error", 404, "<html>", "oauth.answer_garbled", true);
        row("a list", 200, "[]", "oauth.answer_garbled", true);
        row("nothing", 200, "", "oauth.answer_garbled", true);
        row("no token", 200, R"({"token_type":"Bearer"})", "oauth.answer_garbled", true);
        row("an empty token", 200, R"({"access_token":""})", "oauth.answer_garbled", true);
        row("a number", 200, R"({"access_token":5})", "oauth.answer_garbled", true);
        row("a line break in it", 200, R"({"access_token":"a\r\nRSET"})", "oauth.answer_garbled", true);
        row("a blank in it", 200, R"({"access_token":"a b"})", "oauth.answer_garbled", true);
        row("^A in it", 200, R"({"access_token":"a\u0001b"})", "oauth.answer_garbled", true);
        row("not ASCII", 200, "{\"access_token\":\"\xc3\xa9\"}", "oauth.answer_garbled", true);
        row("of another type", 200, R"({"access_token":"a","token_type":"mac"})", "oauth.answer_garbled", true);
        row("a refresh token that is none", 200, R"({"access_token":"a","refresh_token":"r\n"})",
            "oauth.answer_garbled", true);
        row("the same name twice", 200, R"({"access_token":"a","access_token":"b"})", "oauth.answer_garbled", true);
    }
    void saysWhyThereIsNone() {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(QString, word);
        QFETCH(bool, passes);
        const auto tokens = readTokens(answer(status, body));
        QVERIFY(!tokens);
        QCOMPARE(std::string(name(tokens.error().why)), word.toStdString());
        QCOMPARE(web::passes(tokens.error().why), passes);
        QVERIFY(!tokens.error().detail.empty());
    }

    void refusesATokenThatIsTooLong() {
        const QByteArray most(16 << 10, 'a');
        QVERIFY(readTokens(answer(200, "{\"access_token\":\"" + most + "\"}")));
        QVERIFY(!readTokens(answer(200, "{\"access_token\":\"" + most + "a\"}")));
    }

    void showsWordsAndNoTokens() {
        const std::string token(60, 'x');
        const auto tokens = readTokens(
            answer(400, QByteArray::fromStdString(
                            "{\"error\":\"invalid_grant\",\"error_description\":\"AADSTS70000:\\r\\nthe token " +
                            token + " is\\tno good\"}")));
        QCOMPARE(tokens.error().detail, std::string("invalid_grant: AADSTS70000: the token *** is no good"));
    }

    void takesSecretsOutOfWords() {
        QCOMPARE(without("refresh r1 and r1, not r2", {"r1", ""}), std::string("refresh *** and ***, not r2"));
        QCOMPARE(without("****", {"***"}), std::string("****"));
    }

    void whatWasNotReachedPasses() {
        const Result<Answer> none = fail(ErrorCode::NetworkFailed, "https://id.example.org: refused");
        const auto tokens = readTokens(none);
        QVERIFY(!tokens && passes(tokens.error().why));
        QCOMPARE(tokens.error().detail, std::string("https://id.example.org: refused"));
        Answer busy = answer(503, "");
        busy.retryAfter = std::chrono::seconds{120};
        QCOMPARE(readTokens(busy).error().retryAfter.count(), 120);
    }

    void readsACode() {
        const auto google =
            readDeviceCode(answer(200,
                                  "{\"device_code\":\"d\",\"user_code\":\"A-B\",\"verification_url\":\"https://"
                                  "www.google.com/device\",\"expires_in\":1800,\"interval\":5}"));
        QVERIFY(google);
        QCOMPARE(google->verificationUri, std::string("https://www.google.com/device"));
        QCOMPARE(google->lasts.count(), 1800);
        const auto other = readDeviceCode(
            answer(200,
                   "{\"device_code\":\"d\",\"user_code\":\"A-B\",\"verification_uri\":\"https://x.org/"
                   "d\",\"verification_uri_complete\":\"https://x.org/d?c=A-B\",\"expires_in\":900000}"));
        QVERIFY(other);
        QCOMPARE(other->interval.count(), 5);
        QCOMPARE(other->lasts.count(), 3600);
        QCOMPARE(other->verificationUriComplete, std::string("https://x.org/d?c=A-B"));
    }

    void refusesACodeThatIsNone_data() {
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("no code") << QByteArray("{\"user_code\":\"A\",\"verification_uri\":\"https://x.org\"}");
        QTest::newRow("nothing to type") << QByteArray(
            "{\"device_code\":\"d\",\"verification_uri\":\"https://x.org\"}");
        QTest::newRow("nowhere to go") << QByteArray(R"({"device_code":"d","user_code":"A"})");
        QTest::newRow("a script") << QByteArray(
            "{\"device_code\":\"d\",\"user_code\":\"A\",\"verification_uri\":\"javascript:alert(1)\"}");
        QTest::newRow("an address with a line break")
            << QByteArray("{\"device_code\":\"d\",\"user_code\":\"A\",\"verification_uri\":\"https://x.org/\\nrm\"}");
        QTest::newRow("a code with an escape") << QByteArray(
            "{\"device_code\":\"d\",\"user_code\":\"A\\u001b[2J\",\"verification_uri\":\"https://x.org\"}");
    }
    void refusesACodeThatIsNone() {
        QFETCH(QByteArray, body);
        const auto code = readDeviceCode(answer(200, body));
        QVERIFY(!code);
        QVERIFY(code.error().why == Refusal::Garbled);
    }
};

QTEST_GUILESS_MAIN(TestGrantAnswer)
#include "tst_grant_answer.moc"
