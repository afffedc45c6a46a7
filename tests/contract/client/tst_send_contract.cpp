// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// What a send takes, and what it leaves on the disk, on both carriers.

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

    void carriesARequestWithAKeyOutOnce() {
        const std::string key = "once " + test::BothCarriers::carrier().toStdString();
        contract::SendRequest request;
        request.to = {"ann@example.com"};
        request.subject = "s";
        request.text = "x";
        request.account = "sandbox";
        const auto first = m_engine.client().send(request, key).wait(patience);
        QVERIFY2(first, first ? "" : first.error().text().c_str());
        // Both carriers are the same principal here.
        const auto again = m_engine.otherClient().send(request, key).wait(patience);
        QVERIFY2(again, again ? "" : again.error().text().c_str());
        QCOMPARE(again->messageId.text(), first->messageId.text());
        QVERIFY(contract::toJson(*again) == contract::toJson(*first));
        request.subject = "another";
        const auto other = m_engine.client().send(request, key).wait(patience);
        QVERIFY(!other);
        QCOMPARE(test::faultsOf(other.error()), std::string("Idempotency-Key: idempotency.body_differs"));
        QCOMPARE(faultsOf(sandboxMail("long"), {{"Idempotency-Key", std::string(256, 'k')}}),
                 std::string("Idempotency-Key: field.too_long"));
    }

    void judgesEachMessageOfABatchAlone() {
        contract::SendRequest good;
        good.to = {"ann@example.com"};
        good.subject = "s";
        good.text = "x";
        good.account = "sandbox";
        contract::SendRequest bad = good;
        bad.to = {"nobody"};
        const std::string key = "batch " + test::BothCarriers::carrier().toStdString();
        const auto receipt = m_engine.client().sendBatch({good, bad, good}, key).wait(patience);
        QVERIFY2(receipt, receipt ? "" : receipt.error().text().c_str());
        QCOMPARE(receipt->accepted, std::int64_t(2));
        QCOMPARE(receipt->refused, std::int64_t(1));
        QCOMPARE(receipt->results.size(), std::size_t(3));
        QCOMPARE(receipt->results[1].statusCode, 422);
        QVERIFY(!receipt->results[1].messageId);
        QCOMPARE(receipt->results[1].details.front().reason, std::string("address.invalid"));
        const auto message = m_engine.client().message(*receipt->results[2].messageId).wait(patience);
        QVERIFY(message && message->sandbox);
        const auto again = m_engine.client().sendBatch({good, bad, good}, key).wait(patience);
        QVERIFY(again && contract::toJson(*again) == contract::toJson(*receipt));
    }

    void takesAFinishedMail() {
        const std::string mail = "To: ann@example.com\r\nBcc: bob@example.com\r\nSubject: finished\r\n\r\ntext\r\n";
        const auto receipt =
            m_engine.client().sendRaw(mail, {{"account", "sandbox"}, {"tag", "a"}, {"tag", "b"}}).wait(patience);
        QVERIFY2(receipt, receipt ? "" : receipt.error().text().c_str());
        QCOMPARE(receipt->recipients.size(), std::size_t(2));
        const auto message = m_engine.client().message(receipt->messageId).wait(patience);
        QVERIFY(message);
        QCOMPARE(message->subject, std::string("finished"));
        QCOMPARE(message->tags.size(), std::size_t(2));
        const auto raw = m_engine.client().rawMessage(receipt->messageId).wait(patience);
        QVERIFY(raw && raw->source.find("bob@") == std::string::npos);
        const auto refused = m_engine.client().sendRaw("nonsense").wait(patience);
        QVERIFY(!refused);
        QCOMPARE(test::faultsOf(refused.error()), std::string("mail: mail.header_invalid"));
    }

    void showsWhatASenderSaysOfAMessage() {
        contract::SendRequest request;
        request.to = {"ann@example.com"};
        request.subject = "s";
        request.text = "x";
        request.account = "sandbox";
        request.tags = {"invoice"};
        request.metadata = {{"order", "1"}};
        request.priority = 9;
        request.locale = "zh";
        request.scheduledAt = std::chrono::floor<Milliseconds>(SystemClock{}.now()) + std::chrono::hours(1);
        request.expiresAt = *request.scheduledAt + std::chrono::hours(2);
        const auto receipt = m_engine.client().send(request).wait(patience);
        QVERIFY2(receipt, receipt ? "" : receipt.error().text().c_str());
        QVERIFY(receipt->status == contract::State::Scheduled);
        const auto message = m_engine.otherClient().message(receipt->messageId).wait(patience);
        QVERIFY(message);
        QVERIFY(message->tags == request.tags && message->metadata == request.metadata);
        QVERIFY(message->scheduledAt == request.scheduledAt && message->expiresAt == *request.expiresAt);
        QCOMPARE(message->priority, 9);
        QCOMPARE(message->locale, std::string("zh"));
        QVERIFY(message->waitingFor && message->waitingFor->until == request.scheduledAt);
        QCOMPARE(message->waitingFor->code, std::string("message.scheduled"));
        const auto cancelled = m_engine.client().cancel(receipt->messageId).wait(patience);
        QVERIFY(cancelled && cancelled->changed == 1);
    }
};

QTEST_GUILESS_MAIN(TestSendContract)
#include "tst_send_contract.moc"
