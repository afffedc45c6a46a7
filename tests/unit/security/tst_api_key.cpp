// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/security/api_key.h"
#include "engine/security/scopes.h"

#include <QRegularExpression>
#include <QTest>
#include <set>

using namespace postroom;
using namespace postroom::security;

class TestApiKey : public QObject {
    Q_OBJECT

private slots:
    void mintsTheManualsShapes() {
        const Secret pepper{std::string(32, 'p')};
        static const QRegularExpression live{QStringLiteral("^noti_[A-Za-z0-9_-]{24}$")};
        static const QRegularExpression test{QStringLiteral("^noti_test_[A-Za-z0-9_-]{24}$")};
        static const QRegularExpression secret{QStringLiteral("^secret_[A-Za-z0-9_-]{43}$")};
        std::set<std::string> seen;
        for (int i = 0; i < 200; ++i) {
            const MintedKey minted = mintApiKey(pepper, i % 2 == 0);
            QVERIFY((i % 2 == 0 ? test : live).match(QString::fromStdString(minted.key)).hasMatch());
            QVERIFY(secret.match(QString::fromStdString(std::string(minted.secret.reveal()))).hasMatch());
            QVERIFY(isApiKey(minted.key));
            QCOMPARE(isTestKey(minted.key), i % 2 == 0);
            QVERIFY(seen.insert(minted.key).second);
            QVERIFY(seen.insert(std::string(minted.secret.reveal())).second);
        }
    }

    void tellsAKeyFromAnythingElse_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("the prefix alone") << QByteArray("noti_");
        QTest::newRow("a secret") << QByteArray("secret_AAAAAAAAAAAAAAAAAAAAAAAA");
        QTest::newRow("too short") << "noti_" + QByteArray(23, 'A');
        QTest::newRow("too long") << "noti_" + QByteArray(25, 'A');
        QTest::newRow("test key too short") << "noti_test_" + QByteArray(23, 'A');
        QTest::newRow("a quote") << "noti_" + QByteArray(23, 'A') + "'";
        QTest::newRow("a line feed behind") << "noti_" + QByteArray(24, 'A') + "\n";
        QTest::newRow("upper case") << "NOTI_" + QByteArray(24, 'A');
    }
    void tellsAKeyFromAnythingElse() {
        QFETCH(QByteArray, text);
        QVERIFY(!isApiKey(text.toStdString()));
    }

    void storesAHashThatOnlyTheSecretAndThePepperMake() {
        const Secret pepper{std::string(32, 'p')}, other{std::string(32, 'q')};
        const MintedKey minted = mintApiKey(pepper, false);
        const std::string secret{minted.secret.reveal()};
        QCOMPARE(minted.secretHash.size(), std::size_t{64});
        QVERIFY(minted.secretHash.find(secret) == std::string::npos);
        QVERIFY(verifySecret(pepper, secret, minted.secretHash));
        QVERIFY(!verifySecret(other, secret, minted.secretHash));
        QVERIFY(!verifySecret(pepper, secret + "x", minted.secretHash));
        QVERIFY(!verifySecret(pepper, secret.substr(7), minted.secretHash));
        QVERIFY(!verifySecret(pepper, "", minted.secretHash));
        QVERIFY(!verifySecret(pepper, secret, ""));
        QVERIFY(!verifySecret(pepper, secret, minted.secretHash.substr(1)));
        QVERIFY(!verifySecret(pepper, secret, std::string(64, '-')));
    }

    void tellsTheSecretFromTheOneBefore() {
        const Secret pepper{std::string(32, 'p')};
        const MintedSecret old = mintSecret(pepper), current = mintSecret(pepper);
        QVERIFY(old.secret.reveal() != current.secret.reveal());
        const auto match = [&](const MintedSecret& shown, std::string_view hash, std::string_view oldHash) {
            return matchSecret(pepper, shown.secret.reveal(), hash, oldHash);
        };
        QVERIFY(match(current, current.hash, old.hash) == SecretMatch::Current);
        QVERIFY(match(old, current.hash, old.hash) == SecretMatch::Old);
        QVERIFY(match(current, current.hash, {}) == SecretMatch::Current);
        QVERIFY(match(old, current.hash, {}) == SecretMatch::None);
        QVERIFY(match(old, {}, {}) == SecretMatch::None);
        QVERIFY(match(mintSecret(pepper), current.hash, old.hash) == SecretMatch::None);
        QVERIFY(matchSecret(pepper, {}, current.hash, old.hash) == SecretMatch::None);
    }

    void readsScopesByName_data() {
        QTest::addColumn<QStringList>("names");
        QTest::addColumn<bool>("send");
        QTest::addColumn<bool>("read");
        QTest::addColumn<bool>("admin");
        const auto list = [](const char* words) { return QString::fromLatin1(words).split(u' ', Qt::SkipEmptyParts); };
        QTest::newRow("none") << list("") << false << false << false;
        QTest::newRow("send") << list("send") << true << false << false;
        QTest::newRow("read") << list("read") << false << true << false;
        QTest::newRow("send and read") << list("send read") << true << true << false;
        QTest::newRow("admin implies all") << list("admin") << true << true << true;
    }
    void readsScopesByName() {
        QFETCH(QStringList, names);
        QFETCH(bool, send);
        QFETCH(bool, read);
        QFETCH(bool, admin);
        std::vector<std::string> words;
        for (const QString& name : names) words.push_back(name.toStdString());
        const auto scopes = Scopes::fromNames(words);
        QVERIFY(scopes);
        QCOMPARE(scopes->has(Scope::Send), send);
        QCOMPARE(scopes->has(Scope::Read), read);
        QCOMPARE(scopes->has(Scope::Admin), admin);
        QCOMPARE(scopes->names(), words);
    }

    void namesTheScopeItDoesNotKnow() {
        for (const char* word : {"", "Send", "root", "send,read", "admin "}) {
            const auto scopes = Scopes::fromNames({"read", word});
            QVERIFY(!scopes);
            QCOMPARE(scopes.error().code, ErrorCode::ValidationFailed);
            QCOMPARE(scopes.error().fields.at(0).field, std::string("scopes[1]"));
        }
        QCOMPARE(Scopes::all().names(), (std::vector<std::string>{"send", "read", "admin"}));
    }
};

QTEST_APPLESS_MAIN(TestApiKey)
#include "tst_api_key.moc"
