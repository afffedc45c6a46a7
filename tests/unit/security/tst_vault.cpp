// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/id.h"
#include "engine/base/platform.h"
#include "engine/base/text.h"
#include "engine/contract/json.h"
#include "engine/security/vault.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <set>

using namespace postroom;
using namespace postroom::security;

namespace {

Secret keyOf(char c) {
    return Secret{std::string(32, c)};
}
std::string fernetOf(char c) {
    return toBase64Url(std::string(32, c)) + "=";
}
const std::string password = "hunter2-and-more";

std::string contentOf(const std::string& path) {
    return platform::readFile(path).value_or("(unreadable)");
}

}  // namespace

class TestVault : public QObject {
    Q_OBJECT

private slots:
    void givesBackWhatWasSealed_data() {
        QTest::addColumn<QByteArray>("plain");
        QTest::newRow("empty") << QByteArray("");
        QTest::newRow("a password") << QByteArray("hunter2");
        QTest::newRow("UTF-8") << QByteArray("密码 пароль");
        QTest::newRow("zeros") << QByteArray("\0\0\0", 3);
        QTest::newRow("64 KiB") << QByteArray(65536, 'x');
    }
    void givesBackWhatWasSealed() {
        QFETCH(QByteArray, plain);
        const Vault vault{keyOf('k')};
        const auto token = vault.seal(Secret{plain.toStdString()}, "row-1", "smtp_password");
        QVERIFY(token);
        QVERIFY(Vault::isToken(*token));
        QCOMPARE(token->substr(0, 12), "v1." + vault.keyId() + ".");
        const auto opened = vault.open(*token, "row-1", "smtp_password");
        QVERIFY(opened);
        QCOMPARE(std::string(opened->reveal()), plain.toStdString());
    }

    void neverSealsTwiceAlike() {
        const Vault vault{keyOf('k')};
        std::set<std::string> tokens;
        for (int i = 0; i < 1000; ++i) tokens.insert(*vault.seal(Secret{password}, "r", "f"));
        QCOMPARE(tokens.size(), std::size_t{1000});
    }

    void refusesMoreThanOneMebibyte() {
        QCOMPARE(Vault{keyOf('k')}.seal(Secret{std::string((1 << 20) + 1, 'x')}, "r", "f").error().code,
                 ErrorCode::Internal);
    }

    void opensOnlyWhereItWasSealed_data() {
        QTest::addColumn<QString>("row");
        QTest::addColumn<QString>("field");
        QTest::newRow("another row") << "row-2"
                                     << "smtp_password";
        QTest::newRow("another field") << "row-1"
                                       << "oauth_token";
        QTest::newRow("a letter moved from field to row") << "row-1s"
                                                          << "mtp_password";
        QTest::newRow("a letter moved from row to field") << "row-"
                                                          << "1smtp_password";
        QTest::newRow("no row") << ""
                                << "smtp_password";
    }
    void opensOnlyWhereItWasSealed() {
        QFETCH(QString, row);
        QFETCH(QString, field);
        const Vault vault{keyOf('k')};
        const auto opened =
            vault.open(*vault.seal(Secret{password}, "row-1", "smtp_password"), toUtf8(row), toUtf8(field));
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, ErrorCode::SecretUnreadable);
        QVERIFY(opened.error().text().find(password) == std::string::npos);
    }

    void opensWithItsKeyOnly() {
        const Vault vault{keyOf('k')}, other{keyOf('o')};
        std::string token = *vault.seal(Secret{password}, "r", "f");
        QCOMPARE(other.open(token, "r", "f").error().code, ErrorCode::SecretUnreadable);
        token.replace(3, 8, other.keyId());
        QCOMPARE(other.open(token, "r", "f").error().code, ErrorCode::SecretUnreadable);
        QCOMPARE(vault.open(token, "r", "f").error().code, ErrorCode::SecretUnreadable);
    }

    void opensNoTokenWithOneBitChanged() {
        const Vault vault{keyOf('k')};
        // Lengths 0, 1 and 2 modulo 3: the last character of the base64 has 0, 4 or 2 bits to spare.
        for (const std::string& plain : {std::string("abc"), std::string("abcd"), std::string("abcde")}) {
            const std::string token = *vault.seal(Secret{plain}, "r", "f");
            for (std::size_t at = 0; at < token.size(); ++at)
                for (int bit = 0; bit < 8; ++bit) {
                    std::string changed = token;
                    changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
                    const auto opened = vault.open(changed, "r", "f");
                    QVERIFY2(!opened && opened.error().code == ErrorCode::SecretUnreadable, changed.c_str());
                }
        }
    }

    void opensNoTokenCutOrGrown() {
        const Vault vault{keyOf('k')};
        const std::string token = *vault.seal(Secret{password}, "r", "f");
        for (std::size_t size = 0; size < token.size(); ++size)
            QCOMPARE(vault.open(token.substr(0, size), "r", "f").error().code, ErrorCode::SecretUnreadable);
        for (const char* tail : {"A", "AAAA", "=", " ", "\n", "."})
            QCOMPARE(vault.open(token + tail, "r", "f").error().code, ErrorCode::SecretUnreadable);
    }

    void knowsATokenFromAnythingElse_data() {
        QTest::addColumn<QByteArray>("text");
        const QByteArray part(38, 'A');
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("a password") << QByteArray("encrypted_password");
        QTest::newRow("a Fernet token") << QByteArray("gAAAAABlY2JhY2JhY2JhY2JhY2JhY2JhY2JhY2JhY2JhY2JhY2JhY2Jh");
        QTest::newRow("another version") << "v2.01234567." + part;
        QTest::newRow("upper-case key id") << "v1.0123456F." + part;
        QTest::newRow("key id too short") << "v1.0123456." + part;
        QTest::newRow("too short for a tag") << "v1.01234567." + part.left(36);
        QTest::newRow("padding") << "v1.01234567." + part + "==";
        QTest::newRow("a length base64 has not") << "v1.01234567." + part.left(37) + "AAAA";
        QTest::newRow("standard alphabet") << "v1.01234567.+" + part;
    }
    void knowsATokenFromAnythingElse() {
        QFETCH(QByteArray, text);
        QVERIFY(!Vault::isToken(text.toStdString()));
    }

    void derivesAKeyForEachPurpose() {
        const Vault vault{keyOf('k')}, again{keyOf('k')}, other{keyOf('o')};
        const Secret pepper = vault.derive("api-key-pepper");
        QCOMPARE(pepper.size(), std::size_t{32});
        QVERIFY(pepper.equals(again.derive("api-key-pepper").reveal()));
        QVERIFY(!pepper.equals(vault.derive("jwt").reveal()));
        QVERIFY(!pepper.equals(other.derive("api-key-pepper").reveal()));
    }

    void hashesAsTheRfcsSay() {
        // RFC 4231 §4.3, test case 2; RFC 5869 A.3 without its salt and info, cut to our 32 bytes.
        QCOMPARE(toHex(hmacSha256(Secret{"Jefe"}, "what do ya want for nothing?")),
                 std::string("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
        QCOMPARE(toHex(deriveKey(Secret{std::string(22, '\x0b')}, "").reveal()),
                 std::string("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"));
        QCOMPARE(hmacSha256(Secret{}, "").size(), std::size_t{32});
    }

    void readsAKeyInEachForm_data() {
        QTest::addColumn<QByteArray>("written");
        QTest::addColumn<bool>("good");
        const std::string bytes(32, '\xfb');  // its base64 has a character of each alphabet's own
        const auto text = [](const std::string& of) { return QByteArray::fromStdString(of); };
        const QByteArray url = text(toBase64Url(bytes)), standard = text(toBase64(bytes));
        QTest::newRow("Fernet") << url + "=" << true;
        QTest::newRow("Fernet without padding") << url << true;
        QTest::newRow("standard base64") << standard << true;
        QTest::newRow("standard base64 without padding") << standard.chopped(1) << false;
        QTest::newRow("empty") << QByteArray() << false;
        QTest::newRow("31 bytes") << text(toBase64(bytes.substr(1))) << false;
        QTest::newRow("33 bytes") << text(toBase64(bytes + "x")) << false;
        QTest::newRow("blank behind") << url + "= " << false;
        QTest::newRow("two alphabets") << url.left(42) + "+" << false;
        QTest::newRow("the manual's sample") << QByteArray("your-encryption-key-base64-encoded") << false;
    }
    void readsAKeyInEachForm() {
        QFETCH(QByteArray, written);
        QFETCH(bool, good);
        const auto key = EnvKeySource{Secret{written.toStdString()}}.key();
        QCOMPARE(key.has_value(), good);
        if (good)
            QCOMPARE(std::string(key->reveal()), std::string(32, '\xfb'));
        else
            QVERIFY(written.isEmpty() || key.error().text().find(written.toStdString()) == std::string::npos);
    }

    void makesAPrivateFileOnFirstUseAndKeepsIt() {
        const QTemporaryDir folder;
        const std::string path = toUtf8(folder.path());
        FileKeySource source{path};
        const auto first = openVault(source, path);
        QVERIFY(first);
        QVERIFY(!platform::readableByOthers(source.path()));
        QVERIFY(!platform::readableByOthers(path + "/key.json"));
        const std::string token = *first->seal(Secret{password}, "r", "f");

        FileKeySource again{path};
        const auto second = openVault(again, path);
        QVERIFY(second);
        QCOMPARE(second->keyId(), first->keyId());
        QVERIFY(second->open(token, "r", "f"));

        const auto record = json::parse(contentOf(path + "/key.json"));
        QVERIFY(record);
        QCOMPARE(json::text(record->as_object(), "source"), std::string("encryption.key"));
        QCOMPARE(json::text(record->as_object(), "id"), first->keyId());
        QVERIFY(contentOf(path + "/key.json").find(std::string(trimmed(contentOf(source.path())))) ==
                std::string::npos);
    }

    void refusesAKeyFileOthersMayRead() {
        const QTemporaryDir folder;
        FileKeySource source{toUtf8(folder.path())};
        QVERIFY(source.key());
        QVERIFY(
            QFile::setPermissions(toQString(source.path()), QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup));
        const auto refused = source.key();
        QCOMPARE(refused.error().code, ErrorCode::ConfigInvalid);
        QVERIFY(refused.error().text().find("chmod 600") != std::string::npos);
    }

    void refusesADamagedKeyFileAndLeavesIt() {
        const QTemporaryDir folder;
        FileKeySource source{toUtf8(folder.path())};
        QVERIFY(platform::writePrivateFile(source.path(), "half a k"));
        QCOMPARE(source.key().error().code, ErrorCode::SecretUnreadable);
        QCOMPARE(contentOf(source.path()), std::string("half a k"));
    }

    void refusesAnotherKeyBeforeAnythingIsWritten() {
        const QTemporaryDir folder;
        const std::string path = toUtf8(folder.path());
        EnvKeySource right{Secret{fernetOf('a')}}, wrong{Secret{fernetOf('b')}};
        QVERIFY(openVault(right, path));
        const std::string before = contentOf(path + "/key.json");
        const auto refused = openVault(wrong, path);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::SecretUnreadable);
        QVERIFY(refused.error().text().find(fernetOf('b')) == std::string::npos);
        QCOMPARE(contentOf(path + "/key.json"), before);
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files), QStringList{QStringLiteral("key.json")});
        QVERIFY(openVault(right, path));
    }

    void makesNoNewKeyWhereOneWasLost() {
        const QTemporaryDir folder;
        const std::string path = toUtf8(folder.path());
        FileKeySource source{path};
        QVERIFY(openVault(source, path));
        QVERIFY(QFile::remove(toQString(source.path())));
        const auto refused = openVault(source, path);
        QCOMPARE(refused.error().code, ErrorCode::SecretUnreadable);
        QVERIFY(!QFile::exists(toQString(source.path())));
    }

    void refusesADamagedRecordAndLeavesIt_data() {
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("half") << QByteArray("{\"source\": \"ENCR");
        QTest::newRow("no check value") << QByteArray("{\"source\": \"ENCRYPTION_KEY\"}");
        QTest::newRow("no object") << QByteArray("[]");
    }
    void refusesADamagedRecordAndLeavesIt() {
        QFETCH(QByteArray, content);
        const QTemporaryDir folder;
        const std::string path = toUtf8(folder.path());
        QVERIFY(platform::writePrivateFile(path + "/key.json", content.toStdString()));
        EnvKeySource source{Secret{fernetOf('a')}};
        QCOMPARE(openVault(source, path).error().code, ErrorCode::SecretUnreadable);
        QCOMPARE(contentOf(path + "/key.json"), content.toStdString());
    }

    void takesTheSameKeyFromAnotherSource() {
        const QTemporaryDir folder;
        const std::string path = toUtf8(folder.path());
        FileKeySource file{path};
        const auto first = openVault(file, path);
        QVERIFY(first);
        EnvKeySource environment{Secret{std::string(trimmed(contentOf(file.path())))}};
        const auto second = openVault(environment, path);
        QVERIFY(second);
        QCOMPARE(second->keyId(), first->keyId());
        QVERIFY(contentOf(path + "/key.json").find("ENCRYPTION_KEY") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestVault)
#include "tst_vault.moc"
