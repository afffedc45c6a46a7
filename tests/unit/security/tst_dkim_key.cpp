// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/text.h"
#include "engine/security/dkim_key.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <QTest>

using namespace postroom;
using namespace postroom::security;
using contract::DkimAlgorithm;

/// Keys that sign mail.
class TestDkimKey : public QObject {
    Q_OBJECT

    static Secret pem(const std::string& der) {
        return Secret{"-----BEGIN PRIVATE KEY-----\n" + toBase64(der) + "\n-----END PRIVATE KEY-----\n"};
    }
    // The key of RFC 8463 A.2, with what PKCS #8 puts in front of 32 bytes.
    static DkimKey keyOfTheRfc() {
        const std::string head{"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20", 16};
        return DkimKey::read(pem(head + *fromBase64("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="))).value();
    }
    static bool verifies(const DkimKey& key, const std::string& text, const std::string& signature) {
        const std::string raw = *fromBase64(key.publicKey().value());
        const auto* bytes = reinterpret_cast<const unsigned char*>(raw.data());
        const bool isRsa = key.algorithm() == DkimAlgorithm::Rsa;
        EVP_PKEY* other = isRsa ? d2i_PUBKEY(nullptr, &bytes, static_cast<long>(raw.size()))
                                : EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes, raw.size());
        Sha256 sha;
        sha.add(text);
        const std::string signedText = isRsa ? text : sha.take();
        EVP_MD_CTX* context = EVP_MD_CTX_new();
        const bool right =
            EVP_DigestVerifyInit(context, nullptr, isRsa ? EVP_sha256() : nullptr, nullptr, other) == 1 &&
            EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                             reinterpret_cast<const unsigned char*>(signedText.data()), signedText.size()) == 1;
        EVP_MD_CTX_free(context);
        EVP_PKEY_free(other);
        return right;
    }

    static QByteArray pemOf(EVP_PKEY* key) {
        BIO* bio = BIO_new(BIO_s_mem());
        PEM_write_bio_PKCS8PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
        char* content = nullptr;
        const long size = BIO_get_mem_data(bio, &content);
        const QByteArray text(content, size);
        BIO_free(bio);
        EVP_PKEY_free(key);
        return text;
    }

private slots:
    void signsAsRfc8463Does() {
        const DkimKey key = keyOfTheRfc();
        QCOMPARE(key.algorithm(), DkimAlgorithm::Ed25519);
        QCOMPARE(key.publicKey().value(), std::string("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="));
        // A.3, relaxed; "date" and the rest named twice are there once.
        const std::string input =
            "from:Joe SixPack <joe@football.example.com>\r\nto:Suzie Q <suzie@shopping.example.net>\r\n"
            "subject:Is dinner ready?\r\ndate:Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
            "message-id:<20030712040037.46341.5F8J@football.example.com>\r\n"
            "dkim-signature:v=1; a=ed25519-sha256; c=relaxed/relaxed; d=football.example.com; "
            "i=@football.example.com; q=dns/txt; s=brisbane; t=1528637909; h=from : to : subject : date : message-id "
            ": from : subject : date; bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=; b=";
        QCOMPARE(
            toBase64(key.sign(input).value()),
            std::string("/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw=="));
    }

    void signsWithAKeyThatItMade_data() {
        QTest::addColumn<int>("algorithm");
        QTest::newRow("rsa") << static_cast<int>(DkimAlgorithm::Rsa);
        QTest::newRow("ed25519") << static_cast<int>(DkimAlgorithm::Ed25519);
    }
    void signsWithAKeyThatItMade() {
        QFETCH(int, algorithm);
        const auto wanted = static_cast<DkimAlgorithm>(algorithm);
        const DkimKey made = DkimKey::make(wanted).value();
        const DkimKey again = DkimKey::read(made.privateKey().value()).value();
        QCOMPARE(again.algorithm(), wanted);
        QCOMPARE(again.publicKey().value(), made.publicKey().value());
        QVERIFY(DkimKey::make(wanted)->publicKey().value() != made.publicKey().value());
        QCOMPARE(made.sign("a text")->size(), std::size_t{wanted == DkimAlgorithm::Rsa ? 256u : 64u});
        const std::string signature = again.sign("a text").value();
        QVERIFY(verifies(made, "a text", signature));
        QVERIFY(!verifies(made, "a texT", signature));
        QVERIFY(!verifies(DkimKey::make(wanted).value(), "a text", signature));
    }

    void readsNothingElse_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("nothing") << QByteArray("");
        QTest::newRow("a word") << QByteArray("password");
        QTest::newRow("a frame around nothing")
            << QByteArray("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n");
        QTest::newRow("another kind") << pemOf(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
        QTest::newRow("too short") << pemOf(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{1024}));
    }
    void readsNothingElse() {
        QFETCH(QByteArray, text);
        const auto read = DkimKey::read(Secret{text.toStdString()});
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::SecretUnreadable);
    }

    void hashesInPieces() {
        Sha256 sha;
        sha.add("ab");
        sha.add("");
        sha.add("c");
        QCOMPARE(toHex(sha.take()), std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    }
};

QTEST_GUILESS_MAIN(TestDkimKey)
#include "tst_dkim_key.moc"
