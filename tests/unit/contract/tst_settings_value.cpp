// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/text.h"
#include "engine/contract/settings_value.h"

#include <QTest>

using namespace postroom;
using namespace postroom::contract;

class TestSettingsValue : public QObject {
    Q_OBJECT

private slots:
    void keepsAValueInItsOneForm_data() {
        QTest::addColumn<SettingKind>("kind");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("kept");  // null: refused
        using enum SettingKind;
        const auto row = [](const char* name, SettingKind kind, const char* value, const char* kept) {
            QTest::newRow(name) << kind << QByteArray(value) << QByteArray(kept);
        };
        row("True", Boolean, "True", "true");
        row("1", Boolean, "1", "true");
        row("OFF", Boolean, "OFF", "false");
        row("2", Boolean, "2", nullptr);
        row("a word in another case", Choice, "RED", "red");
        row("half a word", Choice, "re", nullptr);
        row("a number", Integer, "7", "7");
        row("leading zeros", Integer, "007", "7");
        row("a plus", Integer, "+7", nullptr);
        row("too small", Integer, "0", nullptr);
        row("too large", Integer, "101", nullptr);
        row("beyond 64 bits", Integer, "99999999999999999999", nullptr);
        row("a fraction", Integer, "7.5", nullptr);
        row("a unit", Seconds, "7s", nullptr);
        row("a path", Path, "/var/lib/x y", "/var/lib/x y");
        row("a line feed in a path", Path, "/var\n/lib", nullptr);
        row("loopback", Listen, "127.0.0.1:8000", "127.0.0.1:8000");
        row("a name that is looked up", Listen, "example.com:80", nullptr);
        row("no port", Listen, "127.0.0.1", nullptr);
        row("port 65536", Listen, "127.0.0.1:65536", nullptr);
        row("IPv6", Listen, "[::1]:0", "[::1]:0");
        row("IPv6 without brackets", Listen, "::1:8000", nullptr);
        row("IPv4 in brackets", Listen, "[127.0.0.1]:8000", nullptr);
        row("hosts", Hosts, " a.example.com ,*, 10.0.0.1,[::1], ", "a.example.com,*,10.0.0.1,[::1]");
        row("a host with a port", Hosts, "a.example.com:8000", nullptr);
        row("a host with a wildcard", Hosts, "*.example.com", nullptr);
        row("a URL for a host", Hosts, "https://example.com", nullptr);
        row("networks", Cidrs, "10.0.0.0/8, ::1/128,192.0.2.1", "10.0.0.0/8,::1/128,192.0.2.1");
        row("33 bits", Cidrs, "10.0.0.0/33", nullptr);
        row("no bits", Cidrs, "10.0.0.0/", nullptr);
        row("three numbers", Cidrs, "10.0.0/8", nullptr);
        row("a domain", Domain, "Mail.Example.COM", "mail.example.com");
        row("a domain with a dot behind", Domain, "example.com.", nullptr);
        row("a domain with U-labels", Domain, "bücher.example", nullptr);
        row("two domains", Domain, "a.example,b.example", nullptr);
        row("a zone", Zone, "Asia/Shanghai", "Asia/Shanghai");
        row("UTC", Zone, "UTC", "UTC");
        row("the system's zone", Zone, ":/etc/localtime", "");
        row("no zone", Zone, "Asia/Atlantis", nullptr);
        row("a key", Key,
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
        row("half a key", Key, "AAAAAAAAAAAAAAAAAAAAAA==", nullptr);
    }
    void keepsAValueInItsOneForm() {
        QFETCH(SettingKind, kind);
        QFETCH(QByteArray, value);
        QFETCH(QByteArray, kept);
        const SettingRow row{.name = "X",
                             .kind = kind,
                             .otherwise = "",
                             .effect = SettingEffect::Honoured,
                             .meaning = "",
                             .least = 1,
                             .most = 100,
                             .choices = "red green"};
        const auto checked = checkedValue(row, value.toStdString());
        QCOMPARE(checked.has_value(), !kept.isNull());
        if (checked)
            QCOMPARE(*checked, kept.toStdString());
        else
            QVERIFY2(checked.error().substr(0, 5) == "must ", checked.error().c_str());
    }

    void readsUrls_data() {
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<bool>("good");
        QTest::newRow("SQLite") << QByteArray("sqlite:///var/lib/x.db") << true;
        QTest::newRow("SQLite without a path") << QByteArray("sqlite:///") << false;
        QTest::newRow("SQLite with a host") << QByteArray("sqlite://x.db") << false;
        QTest::newRow("PostgreSQL") << QByteArray("postgresql://u:p%40@[::1]:5432/db?sslmode=require") << true;
        QTest::newRow("upper case") << QByteArray("POSTGRESQL://h/db") << true;
        QTest::newRow("no host") << QByteArray("postgresql:///db") << false;
        QTest::newRow("no host behind the password") << QByteArray("postgresql://u:p@/db") << false;
        QTest::newRow("a slash in the password") << QByteArray("postgresql://u:pa/ss@h/db") << false;
        QTest::newRow("no port number") << QByteArray("postgresql://h:port/db") << false;
        QTest::newRow("a blank") << QByteArray("postgresql://h/my db") << false;
        QTest::newRow("a driver's name") << QByteArray("postgresql+asyncpg://h/db") << false;
    }
    void readsUrls() {
        QFETCH(QByteArray, url);
        QFETCH(bool, good);
        QCOMPARE(checkedValue(*settingNamed("DATABASE_URL"), url.toStdString()).has_value(), good);
    }

    void masksPasswords_data() {
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<QByteArray>("masked");
        QTest::addColumn<QByteArray>("password");
        const auto row = [](const char* name, const char* url, const char* masked, const char* password) {
            QTest::newRow(name) << QByteArray(url) << QByteArray(masked) << QByteArray(password);
        };
        row("none", "redis://redis:6379/0", "redis://redis:6379/0", "");
        row("a user", "amqp://guest@h", "amqp://guest@h", "");
        row("user and password", "amqp://u:p@h:1/x", "amqp://u:***@h:1/x", "p");
        row("password alone", "redis://:p@h", "redis://:***@h", "p");
        row("an @ in it", "amqp://u:p@ss@h", "amqp://u:***@h", "p@ss");
        row("a slash in it", "amqp://u:p/s@h", "amqp://u:***@h", "p/s");
        row("colons in it", "amqp://u:p:s@h", "amqp://u:***@h", "p:s");
        row("a parameter", "postgresql://h/d?user=u&password=p&x=1", "postgresql://h/d?user=u&password=***&x=1", "p");
        row("both", "postgresql://u:a@h/d?sslpassword=b", "postgresql://u:***@h/d?sslpassword=***", "a");
        row("a file", "sqlite:///x.db", "sqlite:///x.db", "");
    }
    void masksPasswords() {
        QFETCH(QByteArray, url);
        QFETCH(QByteArray, masked);
        QFETCH(QByteArray, password);
        QCOMPARE(maskedUrl(url.toStdString()), masked.toStdString());
        QCOMPARE(passwordIn(url.toStdString()), password.toStdString());
    }

    void knowsSamplesFromSecrets_data() {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<bool>("sample");
        for (const char* sample : {"your-jwt-secret-key-at-least-32-chars", "your_jwt_secret_key_at_least_32_chars",
                                   "your-secret-key-at-least-32-chars-long", "your-encryption-key-base64-encoded",
                                   "your_encryption_key_base64_encoded", "your_password", "your_rabbitmq_password",
                                   "your_rabbitmq_password_here", "your_secure_password_here", "YOUR_PASSWORD"})
            QTest::newRow(sample) << QByteArray(sample) << true;
        for (const char* own : {"", "p", "your-mother-was-a-hamster-and-so-on", "Zr1pXn7tJc4yHd9bLs6gEa3K2v5mQf8w"})
            QTest::newRow(own[0] ? own : "empty") << QByteArray(own) << false;
    }
    void knowsSamplesFromSecrets() {
        QFETCH(QByteArray, value);
        QFETCH(bool, sample);
        QCOMPARE(isSampleSecret(value.toStdString()), sample);
    }

    void saysWhetherAListenerIsLoopback() {
        QVERIFY(listenAddress("127.0.0.1:1")->loopback);
        QVERIFY(listenAddress("127.9.9.9:1")->loopback);
        QVERIFY(listenAddress("[::1]:1")->loopback);
        QVERIFY(listenAddress("LOCALHOST:1")->loopback);
        QVERIFY(!listenAddress("0.0.0.0:1")->loopback);
        QVERIFY(!listenAddress("[::]:1")->loopback);
        QVERIFY(!listenAddress("192.0.2.1:1")->loopback);
        QCOMPARE(listenAddress("[::1]:8000")->host, std::string("::1"));
        QCOMPARE(listenAddress("[::1]:8000")->port, std::uint16_t{8000});
    }
};

QTEST_APPLESS_MAIN(TestSettingsValue)
#include "tst_settings_value.moc"
