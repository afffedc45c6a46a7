// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/mail_signer.h"

#include <map>
#include <QTest>

using namespace postroom;
using namespace postroom::queue;
using contract::DkimAlgorithm;

namespace {

class Shelf final : public content::Files {
public:
    Result<std::unique_ptr<content::FileReader>> open(const std::string& storedAs) override {
        ++opened;
        if (!files.contains(storedAs)) return fail(ErrorCode::IoFailed, "it is away");
        return std::make_unique<Reader>(files[storedAs]);
    }
    std::map<std::string, std::string> files;
    int opened = 0;

private:
    struct Reader final : content::FileReader {
        explicit Reader(std::string content) : rest(std::move(content)) {}
        Result<std::size_t> read(char* out, std::size_t size) override {
            const std::size_t count = rest.copy(out, size);
            rest.erase(0, count);
            return count;
        }
        std::string rest;
    };
};

}  // namespace

/// Which keys sign for whom, and what is remembered of it. What a verifier makes of it: tests/e2e/test_dkim.py.
class TestMailSigner : public QObject {
    Q_OBJECT

    SystemClock clock;
    Shelf files;
    const security::Vault vault{Secret{std::string(32, 'v')}};
    std::unique_ptr<MailSigner> signer;

    store::DkimKeyRecord row(const std::string& domain, const std::string& selector,
                             DkimAlgorithm algorithm = DkimAlgorithm::Ed25519) {
        const auto key = security::DkimKey::make(algorithm).value();
        const Id id = makeId(clock.now());
        return {.id = id,
                .domain = domain,
                .selector = selector,
                .algorithm = algorithm,
                .privateKey = vault.seal(key.privateKey().value(), id.text(), "private_key").value(),
                .publicKey = key.publicKey().value(),
                .isActive = true};
    }
    static std::shared_ptr<const content::Composition> mail(const std::string& stored = {}) {
        auto made = std::make_shared<content::Composition>();
        made->head = "Subject: x\r\nFrom: a@example.com\r\n";
        made->body.push_back({.literal = "a text\r\n", .storedAs = {}, .size_bytes = 0});
        if (!stored.empty()) made->body.push_back({.literal = {}, .storedAs = stored, .size_bytes = 3});
        made->encodedSize_bytes = content::encodedSizeOf(made->head, made->body);
        return made;
    }
    Result<std::string> sign(const std::string& from,
                             const std::shared_ptr<const content::Composition>& what = mail()) {
        SignatureMemo memo;
        return signer->sign(from, {}, what, memo);
    }
    // "d=example.com s=one, ..." of a mail from this address.
    std::string signersOf(const std::string& from) {
        const std::string lines = sign(from).value();
        std::string out;
        for (std::size_t at = lines.find(" d="); at != lines.npos; at = lines.find(" d=", at + 1)) {
            if (!out.empty()) out += ", ";
            const std::size_t selector = lines.find(" s=", at);
            std::string domain = lines.substr(at + 3, lines.find(';', at) - at - 3);
            out += domain + " " + lines.substr(selector + 3, lines.find(';', selector) - selector - 3);
        }
        return out;
    }

private slots:
    void init() {
        files = {};
        signer = std::make_unique<MailSigner>(files, clock);
    }

    void signsForTheNearestDomainThatHasAKey_data() {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("by");
        QTest::newRow("itself") << QByteArray("a@example.com") << QByteArray("example.com top");
        QTest::newRow("in another case") << QByteArray("a@Example.COM") << QByteArray("example.com top");
        QTest::newRow("below it") << QByteArray("a@x.example.com") << QByteArray("example.com top");
        QTest::newRow("far below it") << QByteArray("a@z.y.x.example.com") << QByteArray("example.com top");
        QTest::newRow("nearer") << QByteArray("a@news.example.com") << QByteArray("news.example.com news");
        QTest::newRow("below the nearer") << QByteArray("a@x.news.example.com") << QByteArray("news.example.com news");
        QTest::newRow("one that ends alike") << QByteArray("a@badexample.com") << QByteArray("");
        QTest::newRow("above it") << QByteArray("a@com") << QByteArray("");
        QTest::newRow("disabled") << QByteArray("a@example.net") << QByteArray("");
        QTest::newRow("an address literal") << QByteArray("a@[192.0.2.1]") << QByteArray("");
        QTest::newRow("a quoted @") << QByteArray("\"a@example.com\"@example.org") << QByteArray("");
    }
    void signsForTheNearestDomainThatHasAKey() {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, by);
        auto disabled = row("example.net", "off");
        disabled.isActive = false;
        signer->setKeys({row("example.com", "top"), row("news.example.com", "news"), disabled}, vault);
        QCOMPARE(signersOf(from.toStdString()), by.toStdString());
        QCOMPARE(signer->signs(from.toStdString()), !by.isEmpty());
    }

    void signsWithBothAlgorithms() {
        signer->setKeys({row("example.com", "r", DkimAlgorithm::Rsa), row("example.com", "e")}, vault);
        QCOMPARE(signersOf("a@example.com"), std::string("example.com e, example.com r"));
        const std::string lines = sign("a@example.com").value();
        QVERIFY(lines.find("a=ed25519-sha256") < lines.find("a=rsa-sha256"));
        QVERIFY(lines.ends_with("\r\n"));
    }

    void signsNothingWithoutAKey() {
        QCOMPARE(sign("a@example.com").value(), std::string());
        signer->setKeys({row("example.com", "s")}, vault);
        signer->setKeys({}, vault);
        QVERIFY(!signer->signs("a@example.com"));
        QCOMPARE(sign("a@example.com").value(), std::string());
    }

    void hashesABodyOnceAndSignsOnceForOneFrom() {
        files.files["file"] = "abc";
        signer->setKeys({row("example.com", "s")}, vault);
        SignatureMemo memo;
        const auto what = mail("file");
        const std::string first = signer->sign("a@example.com", "From: A <a@example.com>\r\n", what, memo).value();
        QCOMPARE(signer->sign("a@example.com", "From: A <a@example.com>\r\n", what, memo).value(), first);
        QVERIFY(signer->sign("b@example.com", "From: B <b@example.com>\r\n", what, memo).value() != first);
        QCOMPARE(files.opened, 1);
        // Another key, another signature; the body is what it was.
        signer->setKeys({row("example.com", "next")}, vault);
        const std::string next = signer->sign("b@example.com", "From: B <b@example.com>\r\n", what, memo).value();
        QVERIFY(next.find(" s=next;") != next.npos);
        QCOMPARE(files.opened, 1);
    }

    void keepsMailBackWhoseKeyCannotBeRead_data() {
        QTest::addColumn<int>("what");
        QTest::newRow("no token") << 0;
        QTest::newRow("another row's") << 1;
        QTest::newRow("another vault's") << 2;
        QTest::newRow("not that of the public key") << 3;
        QTest::newRow("no key") << 4;
    }
    void keepsMailBackWhoseKeyCannotBeRead() {
        QFETCH(int, what);
        auto broken = row("example.com", "s");
        const auto other = row("example.com", "o");
        const security::Vault elsewhere{Secret{std::string(32, 'w')}};
        if (what == 0) broken.privateKey = "letmein";
        if (what == 1) broken.privateKey = other.privateKey;
        if (what == 2) broken.privateKey = elsewhere.seal(Secret{"x"}, broken.id.text(), "private_key").value();
        if (what == 3) broken.publicKey = other.publicKey;
        if (what == 4) broken.privateKey = vault.seal(Secret{"x"}, broken.id.text(), "private_key").value();
        signer->setKeys({broken}, vault);
        QVERIFY(signer->signs("a@example.com"));
        QVERIFY(signer->isUnreadable(broken.id));
        const auto refused = sign("a@example.com");
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::SecretUnreadable);

        // Where another one of the domain can be read the mail leaves with that.
        const auto good = row("example.com", "e");
        signer->setKeys({broken, good}, vault);
        QCOMPARE(signersOf("a@example.com"), std::string("example.com e"));
        QVERIFY(signer->isUnreadable(broken.id) && !signer->isUnreadable(good.id));
    }

    void saysThatAFileCannotBeRead() {
        signer->setKeys({row("example.com", "s")}, vault);
        SignatureMemo memo;
        const auto what = mail("file");
        QCOMPARE(signer->sign("a@example.com", {}, what, memo).error().code, ErrorCode::IoFailed);
        // It is there again.
        files.files["file"] = "abc";
        QVERIFY(signer->sign("a@example.com", {}, what, memo));
    }
};

QTEST_GUILESS_MAIN(TestMailSigner)
#include "tst_mail_signer.moc"
