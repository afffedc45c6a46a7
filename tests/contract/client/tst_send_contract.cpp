// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// What a send leaves on the disk, on both carriers.

#include "engine.h"

#include "engine/base/text.h"
#include "engine/contract/envelope.h"

#include <QDirIterator>
#include <QTest>

using namespace postroom;
using namespace postroom::client;
using test::patience;

namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

json::Object sandboxMail(const std::string& subject) {
    return {{"to", "Ann <ann@example.com>"}, {"subject", subject}, {"text", "Hello"}, {"account", "sandbox"}};
}

// "" for a success, else "field: reason, ...".
std::string faultsIn(const Result<ClientReply>& reply) {
    if (!reply) return reply.error().text();
    const auto data = contract::openEnvelope(reply->status, reply->body);
    if (data) return {};
    return data.error().fields.empty() ? data.error().text() : test::faultsOf(data.error());
}

}  // namespace

Q_DECLARE_METATYPE(json::Value)

class TestSendContract : public QObject {
    Q_OBJECT

    test::BothCarriers m_engine;

    void send(json::Value body, Headers headers, Transport::Done done) {
        m_engine.transport().send({.method = "POST",
                                   .path = "/api/v1/messages/email/send",
                                   .body = std::move(body),
                                   .headers = std::move(headers)},
                                  std::move(done));
    }
    std::string faultsOf(json::Value body, Headers headers = {}) {
        const Promise<std::string> promise;
        auto task = promise.task();
        send(std::move(body), std::move(headers),
             [promise](const Result<ClientReply>& reply) { promise.finish(faultsIn(reply)); });
        return task.wait(patience).value_or("no answer");
    }
    [[nodiscard]] int storedFiles() const {
        int files = 0;
        QDirIterator all(QString::fromStdString(m_engine.folder() + "/attachments"), QDir::Files,
                         QDirIterator::Subdirectories);
        for (; all.hasNext(); all.next()) ++files;
        return files;
    }

private slots:
    void initTestCase_data() { test::BothCarriers::addRows(); }
    void initTestCase() {
        const auto started = m_engine.start();
        QVERIFY2(started, started ? "" : started.error().text().c_str());
    }
    void cleanupTestCase() { m_engine.stop(); }

    void keepsNoFileOfARequestThatItRefuses_data() {
        QTest::addColumn<std::string>("field");
        QTest::addColumn<json::Value>("value");
        QTest::addColumn<std::string>("faults");
        const auto row = [](const char* name, const char* field, json::Value value, const char* faults) {
            QTest::newRow(name) << std::string(field) << std::move(value) << std::string(faults);
        };
        row("an address", "to", "nobody", "to: address.invalid");
        row("what the composer finds", "headers", json::Object{{"X-A", "1"}, {"Bcc", "a@b.c"}},
            "headers.Bcc: header.reserved");
        const json::Object file{{"filename", "a"}, {"content", std::string(8 << 20, 'A')}};
        row("the size of it all", "attachments", json::Array{file, file, file, file}, ": message.too_large");
        row("a file after it", "attachments", json::Array{file, json::Object{{"filename", "b"}, {"content", "*"}}},
            "attachments[1].content: attachment.not_base64");
    }
    void keepsNoFileOfARequestThatItRefuses() {
        QFETCH(std::string, field);
        QFETCH(json::Value, value);
        QFETCH(std::string, faults);
        const int before = storedFiles();
        json::Object good = sandboxMail("kept");
        // Other bytes each time: the same file is kept once.
        const std::string own =
            QTest::currentDataTag() + test::BothCarriers::carrier().toStdString() + std::string(100'000, 'x');
        good["attachments"] = json::Array{json::Object{{"filename", "a"}, {"content", toBase64(own)}}};
        json::Object bad = good;
        bad[field] = value;
        QCOMPARE(faultsOf(bad), faults);
        QCOMPARE(storedFiles(), before);
        QCOMPARE(faultsOf(good), std::string());
        QCOMPARE(storedFiles(), before + 1);
    }

    void refusesAHeaderThatItCannotHonour() {
        QCOMPARE(faultsOf(sandboxMail("once"), {{"Idempotency-Key", "k1"}}),
                 std::string("Idempotency-Key: field.not_available"));
    }
};

QTEST_GUILESS_MAIN(TestSendContract)
#include "tst_send_contract.moc"
