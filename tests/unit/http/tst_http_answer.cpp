// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/http/answer.h"

#include <QTest>

using namespace postroom;
using namespace postroom::http;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view date = "Sun, 06 Nov 1994 08:49:37 GMT";

std::string written(const Response& response, bool isHead = false, bool close = false, bool sayKeepAlive = false) {
    std::string out;
    appendAnswer(out, response, {.isHead = isHead, .close = close, .sayKeepAlive = sayKeepAlive, .date = date});
    return out;
}
qsizetype count(const std::string& text, const char* part) {
    return QByteArray::fromStdString(text).count(part);
}

}  // namespace

class TestHttpAnswer : public QObject {
    Q_OBJECT

private slots:
    void writesTheDateOfRfc9110() {
        DateText text;
        const TimePoint at = std::chrono::sys_seconds{784111777s};
        QCOMPARE(text.at(at), date);
        QCOMPARE(text.at(at + 999ms), date);
        QCOMPARE(text.at(at + 1s), std::string_view("Sun, 06 Nov 1994 08:49:38 GMT"));
        QCOMPARE(text.at(TimePoint{}), std::string_view("Thu, 01 Jan 1970 00:00:00 GMT"));
    }

    void saysWhatEveryResponseSays() {
        QCOMPARE(written({.status = 202, .contentType = "application/json", .body = "{}", .headers = {}}),
                 std::string("HTTP/1.1 202 Accepted\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 2\r\n"
                             "Content-Type: application/json\r\nCache-Control: no-store\r\n"
                             "X-Content-Type-Options: nosniff\r\n\r\n{}"));
    }

    void givesHeadTheLengthAndNotTheBody() {
        const std::string text =
            written({.status = 200, .contentType = "text/plain", .body = "hello", .headers = {}}, true);
        QVERIFY(text.find("Content-Length: 5\r\n") != std::string::npos);
        QVERIFY(text.ends_with("\r\n\r\n"));
    }

    void givesNoLengthWhereThereCanBeNoBody() {
        for (const int status : {204, 304}) {
            const std::string text = written({.status = status, .contentType = "a/b", .body = "x", .headers = {}});
            QCOMPARE(count(text, "Content-"), qsizetype{1});  // X-Content-Type-Options
            QVERIFY(text.ends_with("\r\n\r\n"));
        }
    }

    void saysHowTheConnectionGoesOn() {
        QCOMPARE(count(written({}, false, true), "\r\nConnection: close\r\n"), qsizetype{1});
        QCOMPARE(count(written({}, false, false, true), "\r\nConnection: keep-alive\r\n"), qsizetype{1});
        QCOMPARE(count(written({}), "Connection"), qsizetype{0});
    }

    void isNeverSplitByWhatAHandlerGives() {
        const std::string text = written({.status = 200,
                                          .contentType = "text/plain\r\n\r\nHTTP/1.1 200 OK",
                                          .body = "hello",
                                          .headers = {{"X-Good", "a\r\nX-Bad: b"},
                                                      {"X-Nul", std::string("a\0b", 3)},
                                                      {"X Bad", "no token"},
                                                      {"X-Evil\r\nX-More", "y"},
                                                      {"", "y"},
                                                      {"content-LENGTH", "7"},
                                                      {"Transfer-Encoding", "chunked"},
                                                      {"Connection", "upgrade"}}});
        QCOMPARE(count(text, "\r\n\r\n"), qsizetype{1});
        QCOMPARE(count(text, "\r\n"), qsizetype{9});
        QVERIFY(text.find("X-Good: a  X-Bad: b\r\n") != std::string::npos);
        QVERIFY(text.find("X-Nul: a b\r\n") != std::string::npos);
        QVERIFY(text.find('\0') == std::string::npos);
        QVERIFY(text.find("Content-Length: 5\r\n") != std::string::npos);
        QCOMPARE(count(text, "no token"), qsizetype{0});
        QCOMPARE(count(text, "chunked"), qsizetype{0});
    }

    void letsAHandlerDecideOnCaching() {
        const std::string text =
            written({.status = 200, .contentType = {}, .body = {}, .headers = {{"cache-control", "max-age=60"}}});
        QCOMPARE(count(text.substr(0, text.size()), "no-store"), qsizetype{0});
        QCOMPARE(count(text, "max-age=60"), qsizetype{1});
    }

    void makesABrokenStatusAnErrorOfOurs() {
        for (const int status : {0, 100, 199, 600, -1})
            QVERIFY(written({.status = status, .contentType = {}, .body = {}, .headers = {}})
                        .starts_with("HTTP/1.1 500 Internal Server Error\r\n"));
    }
};

QTEST_APPLESS_MAIN(TestHttpAnswer)
#include "tst_http_answer.moc"
