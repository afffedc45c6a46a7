// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/contract/envelope.h"

#include <QTest>

using namespace postroom;
using namespace postroom::contract;

namespace {

Error fullError(ErrorCode code) {
    return {.code = code,
            .params = {{"account", "018c"}, {"email", "a@b.c"}},
            .detail = "what \"happened\"\n",
            .fields = {{"to[3]", "address.invalid", "is no address"}, {"subject", "field.required", ""}}};
}

}  // namespace

class TestEnvelope : public QObject {
    Q_OBJECT

private slots:
    void wrapsDataAsTheManualDoes() {
        QCOMPARE(successBody(json::Object{{"a", 1}}, "r1"),
                 std::string(R"({"code":0,"message":"success","data":{"a":1},"request_id":"r1"})"));
        QCOMPARE(successBody(nullptr, "r1"),
                 std::string(R"({"code":0,"message":"success","data":null,"request_id":"r1"})"));
    }

    void givesBackTheDataItWrapped_data() {
        QTest::addColumn<std::string>("data");
        for (const char* data : {"null", "true", "[]", "{}", "\"x\"", "-1", R"({"data":{"code":1}})", "1.5"})
            QTest::newRow(data) << std::string(data);
    }
    void givesBackTheDataItWrapped() {
        QFETCH(std::string, data);
        for (const int status : {200, 201, 202}) {
            const auto opened = openEnvelope(status, successBody(*json::parse(data), "r"));
            QVERIFY2(opened, opened ? "" : opened.error().text().c_str());
            QCOMPARE(json::serialise(*opened), data);
        }
    }

    void carriesEveryErrorToTheOtherSide_data() {
        QTest::addColumn<ErrorCode>("code");
        for (const ErrorCode code : allErrorCodes()) QTest::newRow(std::string(wireName(code)).c_str()) << code;
    }
    void carriesEveryErrorToTheOtherSide() {
        QFETCH(ErrorCode, code);
        const Error sent = fullError(code);
        const auto opened = openEnvelope(httpStatus(code), errorBody(sent, "r1"));
        QVERIFY(!opened);
        QVERIFY(opened.error().code == code);
        QCOMPARE(opened.error().params, sent.params);
        QCOMPARE(opened.error().fields.size(), std::size_t(2));
        QCOMPARE(opened.error().fields[0].field, std::string("to[3]"));
        QCOMPARE(opened.error().fields[0].reason, std::string("address.invalid"));
        QCOMPARE(opened.error().fields[0].detail, std::string("is no address"));
        QVERIFY(opened.error().detail.starts_with(title(code)));
        // What went wrong inside stays inside.
        QCOMPARE(opened.error().detail.find("happened") != std::string::npos, httpStatus(code) < 500);
    }

    void namesEachErrorOnceWithAStatusThatFits() {
        std::vector<std::string_view> names;
        for (const ErrorCode code : allErrorCodes()) {
            QVERIFY2(std::find(names.begin(), names.end(), wireName(code)) == names.end(),
                     std::string(wireName(code)).c_str());
            names.push_back(wireName(code));
            QVERIFY(httpStatus(code) >= 400 && httpStatus(code) < 600);
            QVERIFY(!title(code).empty() && !title(code).ends_with('.'));
        }
    }

    void hasTheFormOfTheContract() {
        const auto body = json::parse(errorBody(fullError(ErrorCode::ValidationFailed), "r1"));
        QVERIFY(body);
        const json::Object& object = body->get_object();
        QCOMPARE(json::integer(object, "code"), std::int64_t(422));
        QCOMPARE(json::text(object, "error"), std::string("validation.failed"));
        QCOMPARE(json::text(object, "request_id"), std::string("r1"));
        QVERIFY(!json::text(object, "message").empty());
        QCOMPARE(json::array(object, "details").size(), std::size_t(2));
        QCOMPARE(json::text(json::array(object, "details")[0].get_object(), "field"), std::string("to[3]"));
    }

    void speaksRfc9457ToWhoAsksForIt() {
        const auto body = json::parse(problemBody(fullError(ErrorCode::NotFound), "r1"));
        QVERIFY(body);
        const json::Object& object = body->get_object();
        QCOMPARE(json::text(object, "type"), std::string("about:blank"));
        QCOMPARE(json::text(object, "title"), std::string(title(ErrorCode::NotFound)));
        QCOMPARE(json::integer(object, "status"), std::int64_t(404));
        QCOMPARE(json::integer(object, "code"), std::int64_t(404));
        QCOMPARE(json::text(object, "error"), std::string("not_found"));
        QCOMPARE(json::text(object, "request_id"), std::string("r1"));
        QCOMPARE(json::array(object, "details").size(), std::size_t(2));
        QCOMPARE(json::text(json::object(object, "params"), "email"), std::string("a@b.c"));
        const auto bare = json::parse(problemBody(Error{.code = ErrorCode::NotFound}, "r1"));
        QVERIFY(bare && !bare->get_object().contains("params"));
    }

    void callsABrokenAnswerAViolation_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<std::string>("body");
        const auto row = [](const char* name, int status, std::string body) {
            QTest::newRow(name) << status << std::move(body);
        };
        row("nothing", 200, "");
        row("a page", 200, "<html>");
        row("half an envelope", 200, R"({"code":0,"data":{)");
        row("a list", 200, "[]");
        row("a word", 200, "\"ok\"");
        row("no data", 200, R"({"code":0,"message":"success"})");
        row("no code", 200, R"({"data":{}})");
        row("another code", 200, R"({"code":1,"data":{}})");
        row("a code that is no number", 200, R"({"code":"0","data":{}})");
        row("data twice", 200, R"({"code":0,"data":1,"data":2})");
        row("too deep", 200, R"({"code":0,"data":)" + std::string(100, '[') + std::string(100, ']') + "}");
        row("an error without a name", 404, R"({"code":404,"message":"x"})");
        row("an error of another version", 418, R"({"code":418,"message":"x","error":"teapot"})");
        row("an error name that is no text", 404, R"({"error":404})");
        row("a proxy's page", 502, "<html>Bad Gateway</html>");
        row("a success with an error's status", 500, R"({"code":0,"message":"success","data":{}})");
        row("a redirect", 302, "");
    }
    void callsABrokenAnswerAViolation() {
        QFETCH(int, status);
        QFETCH(std::string, body);
        const auto opened = openEnvelope(status, body);
        QVERIFY(!opened);
        QVERIFY2(opened.error().code == ErrorCode::ProtocolViolated, opened.error().text().c_str());
        QVERIFY2(opened.error().detail.starts_with("HTTP " + std::to_string(status)), opened.error().detail.c_str());
        QVERIFY(opened.error().detail.size() < 400);
    }

    void passesOverWhatItDoesNotUnderstandInAnError() {
        const auto opened = openEnvelope(
            422,
            R"({"error":"validation.failed","message":7,"details":[1,{"field":"a","reason":2},null],"params":{"n":1,"s":"t"},"x":[]})");
        QVERIFY(!opened);
        QVERIFY(opened.error().code == ErrorCode::ValidationFailed);
        QCOMPARE(opened.error().fields.size(), std::size_t(1));
        QCOMPARE(opened.error().fields[0].reason, std::string());
        QCOMPARE(opened.error().params.size(), std::size_t(1));
    }
};

QTEST_APPLESS_MAIN(TestEnvelope)
#include "tst_envelope.moc"
