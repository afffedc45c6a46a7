// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/http/chunks.h"
#include "engine/http/head.h"
#include "engine/http/hosts.h"
#include "tests/unit/http/request_rows.h"

#include <QTest>

using namespace postroom;
using namespace postroom::http;

namespace {

// The way a connection uses the readers, without the connection.
class Reading {
public:
    // 0 while bytes are missing.
    int feed(std::string_view more) {
        m_bytes += more;
        if (m_status != 0) return m_status;
        if (!m_hasHead) {
            const auto taken = m_reader.read(m_bytes, head);
            if (!taken) return m_status = httpStatus(taken.error().code);
            if (*taken == 0) return 0;
            m_hasHead = true;
            m_bytes.erase(0, *taken);
            const HostNames names{test::servedNames, "127.0.0.1"};
            if (const auto objection = names.object(head.request, "127.0.0.1"))
                return m_status = httpStatus(objection->code);
            if (head.request.contentLength.value_or(0) > test::bodyLimit_bytes) return m_status = 413;
        }
        if (head.chunked) {
            const auto taken = m_chunks.read(m_bytes, body);
            if (!taken) return m_status = httpStatus(taken.error().code);
            m_bytes.erase(0, *taken);
            return m_chunks.isComplete() ? m_status = 200 : 0;
        }
        const std::uint64_t length = head.request.contentLength.value_or(0);
        if (m_bytes.size() < length) return 0;
        body = m_bytes.substr(0, length);
        return m_status = 200;
    }

    Head head;
    std::string body;

private:
    HeadReader m_reader{HeadLimits{}};
    ChunkReader m_chunks{test::bodyLimit_bytes};
    std::string m_bytes;
    bool m_hasHead = false;
    int m_status = 0;
};

Head readWhole(const std::string& raw) {
    Reading reading;
    static_cast<void>(reading.feed(raw));
    return reading.head;
}

}  // namespace

class TestHttpParse : public QObject {
    Q_OBJECT

private slots:
    void judgesEveryRequestTheSameHoweverItIsCut_data() {
        QTest::addColumn<QByteArray>("raw");
        QTest::addColumn<int>("status");
        for (const auto& row : test::requestRows())
            QTest::newRow(row.name) << QByteArray::fromStdString(row.raw) << row.status;
    }
    void judgesEveryRequestTheSameHoweverItIsCut() {
        QFETCH(QByteArray, raw);
        QFETCH(int, status);
        const std::string bytes = raw.toStdString();
        Reading whole;
        QCOMPARE(whole.feed(bytes), status);
        Reading bytewise;
        int verdict = 0;
        for (const char c : bytes) {
            verdict = bytewise.feed(std::string_view{&c, 1});
            if (verdict != 0) break;
        }
        QCOMPARE(verdict, status);
        QCOMPARE(bytewise.body, whole.body);
        QCOMPARE(bytewise.head.request.path, whole.head.request.path);
    }

    void readsTheHeadAsItWasSent() {
        const Head head = readWhole(
            "PUT /a%20b/%E4%BD%A0?x=%31&y HTTP/1.1\r\nHOST: Mail.Example:8000\r\nX-One:  two \t\r\nx-one: three\r\n"
            "Content-Length: 3\r\n\r\nabc");
        const RequestHead& request = head.request;
        QCOMPARE(request.method, Method::Put);
        QCOMPARE(request.methodName, std::string("PUT"));
        QCOMPARE(request.target, std::string("/a%20b/%E4%BD%A0?x=%31&y"));
        QCOMPARE(request.path, std::string("/a b/\xe4\xbd\xa0"));
        QCOMPARE(request.query, std::string("x=%31&y"));
        QCOMPARE(request.host, std::string("mail.example"));
        QCOMPARE(request.header("X-ONE"), std::string_view("two"));
        QCOMPARE(request.header("absent"), std::string_view());
        QCOMPARE(request.headers.size(), std::size_t{4});
        QCOMPARE(request.headers[2].first, std::string("x-one"));
        QCOMPARE(request.contentLength, std::optional<std::uint64_t>{3});
        QVERIFY(request.hasBody);
        QVERIFY(head.keepAlive);
        QVERIFY(!head.chunked);
    }

    void takesNoByteBeyondTheHead() {
        const std::string first = test::get("/first");
        HeadReader reader{HeadLimits{}};
        Head head;
        const auto taken = reader.read(first + test::get("/second"), head);
        QVERIFY(taken);
        QCOMPARE(*taken, first.size());
        QCOMPARE(head.request.path, std::string("/first"));
    }

    void takesNoByteBeyondTheChunks() {
        const std::string framed = "5\r\nhello\r\n3\r\n, w\r\n0\r\nX: y\r\n\r\n";
        ChunkReader chunks{100};
        std::string body;
        const auto taken = chunks.read(framed + "GET / HTTP/1.1\r\n", body);
        QVERIFY(taken);
        QCOMPARE(*taken, framed.size());
        QCOMPARE(body, std::string("hello, w"));
        QVERIFY(chunks.isComplete());
    }

    void namesTheMethods_data() {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<int>("method");
        const std::vector<std::pair<const char*, Method>> rows{
            {"GET", Method::Get},     {"HEAD", Method::Head},     {"POST", Method::Post},       {"PUT", Method::Put},
            {"PATCH", Method::Patch}, {"DELETE", Method::Delete}, {"OPTIONS", Method::Options}, {"get", Method::Other},
            {"TRACE", Method::Other}, {"CONNECT", Method::Other}, {"PROPFIND", Method::Other},  {"X!#", Method::Other}};
        for (const auto& [name, method] : rows) QTest::newRow(name) << QByteArray(name) << static_cast<int>(method);
    }
    void namesTheMethods() {
        QFETCH(QByteArray, name);
        QFETCH(int, method);
        const Head head = readWhole(name.toStdString() + " / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        QCOMPARE(static_cast<int>(head.request.method), method);
        QCOMPARE(head.request.methodName, name.toStdString());
    }

    void servesTheAddressAConnectionCameInOn() {
        const HostNames names{{}, "0.0.0.0"};
        const auto objects = [&](const char* host, const char* local) {
            return names.object(readWhole(std::string("GET / HTTP/1.1\r\nHost: ") + host + "\r\n\r\n").request, local)
                .has_value();
        };
        QVERIFY(!objects("10.0.0.5:8000", "10.0.0.5"));
        QVERIFY(objects("10.0.0.6:8000", "10.0.0.5"));
        QVERIFY(!objects("[2001:DB8::1]:8000", "[2001:db8::1]"));
        QVERIFY(objects("mail.example", "10.0.0.5"));
    }
};

QTEST_APPLESS_MAIN(TestHttpParse)
#include "tst_http_parse.moc"
