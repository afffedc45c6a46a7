// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/observe/log.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace postroom;
using namespace postroom::observe;
using namespace std::chrono_literals;

namespace {

const TimePoint at{1'700'000'000'123ms};

QByteArray text(std::string_view value) {
    return {value.data(), static_cast<qsizetype>(value.size())};
}

}  // namespace

class TestLogLine : public QObject {
    Q_OBJECT

private slots:
    void masksWhatLooksLikeASecret_data() {
        QTest::addColumn<QByteArray>("said");
        QTest::addColumn<QByteArray>("logged");
        const auto row = [](const char* said, const char* logged) {
            QTest::newRow(said) << QByteArray(said) << QByteArray(logged);
        };
        const auto unchanged = [&](const char* said) { row(said, said); };
        row("API Secret: secret_0123456789abcdefghij", "API Secret: ***");
        row("got secret_0123456789abcdefghij.", "got secret_***.");
        row("SECRET_0123456789ABCDEFGHIJ", "SECRET_***");
        row("Authorization: Bearer abc.def-ghi", "Authorization: ***");
        row("{\"authorization\":\"Bearer abc\",\"x\":1}", "{\"authorization\":\"***\",\"x\":1}");
        row("sent bearer abc123==", "sent bearer ***");
        row("Basic dXNlcjpwYXNzd29yZDEyMw== refused", "Basic *** refused");
        row("C: AUTH PLAIN AHVzZXIAcGFzcw==", "C: AUTH PLAIN ***");
        row("AUTH XOAUTH2 dXNlcj1hQGI=", "AUTH XOAUTH2 ***");
        row("token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln here", "token *** here");
        row("password=hunter2 host=a", "password=*** host=a");
        row("smtp_password: hunter2, port 25", "smtp_password: ***, port 25");
        row("--password=hunter2", "--password=***");
        row("SMTP_PASSWORD=hunter2", "SMTP_PASSWORD=***");
        row("ENCRYPTION_KEY = abc=", "ENCRYPTION_KEY = ***");
        row("JWT_SECRET_KEY=abc", "JWT_SECRET_KEY=***");
        row("{\"password\":\"a\\\"b c\",\"n\":1}", "{\"password\":\"***\",\"n\":1}");
        row("{\"api_secret\" : \"abc\"}", "{\"api_secret\" : \"***\"}");
        row("{\\\"password\\\":\\\"abc\\\",\\\"n\\\":1}", "{\\\"password\\\":\\\"***\\\",\\\"n\\\":1}");
        row("password='it is long' x", "password='***' x");
        row("password=\"never closed", "password=\"***");
        row("password=\"ends in a backslash\\", "password=\"***");
        row("refresh_token=abc&user=b", "refresh_token=***&user=b");
        row("Cookie: a=b; c=d\nnext", "Cookie: ***\nnext");
        row("postgresql://user:pass@db:5432/x", "postgresql://user:***@db:5432/x");
        row("redis://:pass@cache/0", "redis://:***@cache/0");
        row("amqp://u:p@ss@host/vh", "amqp://u:***@host/vh");
        row("amqp://u:p/ss@host/vh", "amqp://u:***@host/vh");
        row("two: http://a:b@c and http://d:e@f", "two: http://a:***@c and http://d:***@f");
        unchanged("https://example.com:8443/path@x?y=z");
        unchanged("https://example.com/a:b@c");
        unchanged("account rests: secret_unreadable");
        unchanged("535 5.7.8 Username and Password not accepted");
        unchanged("250-AUTH PLAIN LOGIN");
        unchanged("the password is wrong");
        unchanged("basic authentication is off");
        unchanged("eyjafjallajokull");
        unchanged("key=noti_0123456789abcdef");
        unchanged("password=");
        unchanged("password:");
        unchanged("://");
        unchanged("");
    }
    void masksWhatLooksLikeASecret() {
        QFETCH(QByteArray, said);
        QFETCH(QByteArray, logged);
        const std::string once = redacted(said.toStdString());
        QCOMPARE(text(once), logged);
        QCOMPARE(text(redacted(once)), logged);
    }

    void escapesEveryControl_data() {
        QTest::addColumn<QByteArray>("said");
        QTest::addColumn<QByteArray>("plain");
        QTest::newRow("line breaks") << QByteArray("a\r\nb") << QByteArray("a\\u000d\\nb");
        QTest::newRow("escape") << QByteArray("\x1b[2J") << QByteArray("\\u001b[2J");
        QTest::newRow("NUL") << QByteArray("a\0b", 3) << QByteArray("a\\u0000b");
        QTest::newRow("DEL") << QByteArray("\x7f") << QByteArray("\\u007f");
        QTest::newRow("C1") << QByteArray("\xc2\x9b") << QByteArray("\\u009b");
        QTest::newRow("line separator") << QByteArray("\xe2\x80\xa8") << QByteArray("\\u2028");
        QTest::newRow("right to left override") << QByteArray("\xe2\x80\xae") << QByteArray("\\u202e");
        QTest::newRow("not UTF-8") << QByteArray(
                                          "a\xff"
                                          "b")
                                   << QByteArray(
                                          "a\xef\xbf\xbd"
                                          "b");
        QTest::newRow("Chinese stays") << QByteArray("\xe9\x82\xae\xe4\xbb\xb6")
                                       << QByteArray("\xe9\x82\xae\xe4\xbb\xb6");
        QTest::newRow("beyond 16 bits stays") << QByteArray("\xf0\x9f\x93\xac") << QByteArray("\xf0\x9f\x93\xac");
        QTest::newRow("quotes and backslashes") << QByteArray("\"a\\b\"") << QByteArray("\"a\\b\"");
    }
    void escapesEveryControl() {
        QFETCH(QByteArray, said);
        QFETCH(QByteArray, plain);
        const std::string message = said.toStdString();
        const LogLine line{.at = at, .level = LogLevel::Warning, .category = "postroom.queue", .message = message};
        QCOMPARE(text(plainLine(line)), "2023-11-14T22:13:20.123Z WARNING postroom.queue: " + plain);

        const QByteArray json = text(jsonLine(line));
        for (const char c : json) QVERIFY(static_cast<unsigned char>(c) >= 0x20);
        QJsonParseError error;
        const QJsonObject object = QJsonDocument::fromJson(json, &error).object();
        QVERIFY2(error.error == QJsonParseError::NoError, json.constData());
        QCOMPARE(object.keys().size(), 4);
        QCOMPARE(object[u"at"].toString(), QStringLiteral("2023-11-14T22:13:20.123Z"));
        QCOMPARE(object[u"level"].toString(), QStringLiteral("WARNING"));
        QCOMPARE(object[u"category"].toString(), QStringLiteral("postroom.queue"));
        QCOMPARE(object[u"message"].toString(), QString::fromUtf8(said));
    }

    void cutsWhatIsTooLongAndSaysSo() {
        const std::string message(100'000, 'x');
        const std::string line = plainLine({.at = at, .category = "c", .message = message});
        QVERIFY(line.size() < 17'000);
        QVERIFY(text(line).endsWith("... (100000 bytes)"));
    }

    void isQuickWithHostileText_data() {
        QTest::addColumn<QByteArray>("piece");
        for (const char* piece :
             {"://", "password=", "a:b@", "password='\\", "bearer ", "auth plain ", "eyJ.", "secret_", "\\\""})
            QTest::newRow(piece) << QByteArray(piece);
    }
    void isQuickWithHostileText() {
        QFETCH(QByteArray, piece);
        const std::string said = piece.repeated(200'000).toStdString();
        QElapsedTimer timer;
        timer.start();
        QVERIFY(!redacted(said).empty());
        QVERIFY2(timer.elapsed() < 20'000, "redaction is not linear");
    }

    void namesItsLevelsAsTheManualDoes() {
        for (const char* level : {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}) {
            QVERIFY(logLevelNamed(level));
            QCOMPARE(text(name(*logLevelNamed(level))), QByteArray(level));
        }
        QCOMPARE(logLevelNamed("warning"), std::optional{LogLevel::Warning});
        QVERIFY(!logLevelNamed("LOUD"));
        QVERIFY(!logLevelNamed(""));
    }
};

QTEST_APPLESS_MAIN(TestLogLine)
#include "tst_log_line.moc"
