// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// What a send leaves on the disk and where its work is done, on both carriers.

#include "engine.h"

#include "engine/base/text.h"
#include "engine/contract/envelope.h"

#include <QDirIterator>
#include <QTest>
#include <thread>

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
    if (data.error().fields.empty()) return data.error().text();
    std::string out;
    for (const FieldError& field : data.error().fields)
        out.append(out.empty() ? "" : ", ").append(field.field).append(": ").append(field.reason);
    return out;
}

}  // namespace

Q_DECLARE_METATYPE(json::Value)

class TestSendContract : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<host::EngineHost> m_host;
    std::map<QByteArray, std::unique_ptr<Transport>> m_transports;

    [[nodiscard]] static QByteArray carrier() {
        QFETCH_GLOBAL(QByteArray, name);
        return name;
    }
    void send(json::Value body, Headers headers, Transport::Done done) {
        m_transports.at(carrier())->send({.method = "POST",
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
        QDirIterator all(m_folder.path() + QStringLiteral("/data/attachments"), QDir::Files,
                         QDirIterator::Subdirectories);
        for (; all.hasNext(); all.next()) ++files;
        return files;
    }

private slots:
    void initTestCase_data() {
        QTest::addColumn<QByteArray>("name");
        QTest::newRow("in process") << QByteArray("in process");
        QTest::newRow("http") << QByteArray("http");
    }

    void initTestCase() {
        QVERIFY(m_folder.isValid());
        const std::string folder = m_folder.path().toStdString() + "/data";
        auto started = test::startEngine(folder);
        QVERIFY2(started, started ? "" : started.error().text().c_str());
        m_host = std::move(*started);
        m_transports["in process"] = m_host->transport();
        m_transports["http"] = test::httpTransport(folder);
        QVERIFY(m_transports["http"]);
    }

    void cleanupTestCase() {
        m_transports.clear();
        if (m_host) m_host->stop(patience);
        m_host.reset();
    }

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
        const std::string own = QTest::currentDataTag() + carrier().toStdString() + std::string(100'000, 'x');
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

    // Decoding and an fsync in the thread that answers would stop everybody else's answers.
    void doesTheWorkOfALargeBodyElsewhere() {
        if (carrier() == "http") QSKIP("its answers come in the client's thread");
        const auto threadFor = [&](std::size_t size) {
            json::Object body = sandboxMail(std::string(size, 'x'));
            body["to"] = "nobody";
            const Promise<std::thread::id> promise;
            auto task = promise.task();
            send(std::move(body), {}, [promise](const auto&) { promise.finish(std::this_thread::get_id()); });
            return task.wait(patience).value_or(std::thread::id{});
        };
        const auto answering = threadFor(10);
        QVERIFY(answering != std::thread::id{});
        QVERIFY(threadFor(1000) == answering);
        const auto heavy = threadFor(200'000);
        QVERIFY(heavy != std::thread::id{} && heavy != answering);
    }
};

QTEST_GUILESS_MAIN(TestSendContract)
#include "tst_send_contract.moc"
