// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/contract/requests.h"
#include "engine/contract/schema.h"

#include <QTest>
#include <set>

using namespace postroom;
using namespace postroom::contract;

namespace {

const Schema& inner() {
    static const Schema schema{"Inner",
                               {{.name = "n", .type = FieldType::Integer, .need = Need::Required},
                                {.name = "s", .longest = 3, .oneOf = {"a", "b"}}}};
    return schema;
}

// One field of each kind and each limit.
const Schema& outer() {
    static const Schema schema{
        "Outer",
        {{.name = "text", .doc = "A line.", .longest = 5, .example = "\"x\""},
         {.name = "filled", .blankAllowed = false},
         {.name = "lines", .multiline = true},
         {.name = "word", .oneOf = {"one", "two"}},
         {.name = "maybe", .nullable = true},
         {.name = "number", .type = FieldType::Integer, .least = -2, .greatest = 9},
         {.name = "share", .type = FieldType::Number, .least = 0, .greatest = 1},
         {.name = "free_number", .type = FieldType::Integer, .nullable = true},
         {.name = "flag", .type = FieldType::Boolean},
         {.name = "object", .type = FieldType::Object, .of = &inner()},
         {.name = "anything", .type = FieldType::Object},
         {.name = "words", .type = FieldType::List, .blankAllowed = false, .longest = 4, .most = 2},
         {.name = "choices", .type = FieldType::List, .oneOf = {"red", "blue"}},
         {.name = "objects", .type = FieldType::List, .most = 3, .of = &inner()},
         {.name = "one_or_many", .type = FieldType::TextOrList, .blankAllowed = false, .longest = 4, .most = 2},
         {.name = "map", .type = FieldType::Map, .longest = 4, .most = 2},
         {.name = "made", .need = Need::ReadOnly},
         {.name = "soon", .need = Need::NotAvailable}}};
    return schema;
}

const Schema& demanding() {
    static const Schema schema{"Demanding",
                               {{.name = "a", .need = Need::Required},
                                {.name = "b", .type = FieldType::Integer, .need = Need::Required, .nullable = true}}};
    return schema;
}

json::Object described(const Schema& schema) {
    json::Object components;
    static_cast<void>(describe(schema, components));
    return components[schema.name].as_object();
}

std::string faultsOf(const Schema& schema, std::string_view body) {
    const auto value = json::parse(body);
    if (!value) return "not JSON: " + value.error().detail;
    const auto checked = check(schema, *value);
    if (checked) return {};
    if (checked.error().code != ErrorCode::ValidationFailed) return checked.error().text();
    std::string out;
    for (const FieldError& field : checked.error().fields) {
        if (field.detail.empty()) return "no detail for " + field.field;
        out.append(out.empty() ? "" : ", ").append(field.field).append(": ").append(field.reason);
    }
    return out;
}

}  // namespace

class TestSchema : public QObject {
    Q_OBJECT

private slots:
    void namesTheFieldAndTheReason_data() {
        QTest::addColumn<std::string>("body");
        QTest::addColumn<std::string>("expected");
        const auto row = [](const char* body, const char* expected) {
            QTest::newRow(body) << std::string(body) << std::string(expected);
        };
        const auto fine = [&](const char* body) { row(body, ""); };
        fine(R"({})");
        row(R"([])", ": field.type");
        row(R"("x")", ": field.type");
        row(R"(null)", ": field.type");

        row(R"({"other":1})", "other: field.unknown");
        row(R"({"Text":"x"})", "Text: field.unknown");
        row(R"({"":1})", ": field.unknown");
        row(R"({"made":1})", "made: field.read_only");
        row(R"({"made":null})", "made: field.read_only");
        row(R"({"soon":1})", "soon: field.not_available");

        fine(R"({"text":""})");
        fine(R"({"text":"12345"})");
        row(R"({"text":"123456"})", "text: field.too_long");
        row(R"({"text":"\u4e2d\u6587"})", "text: field.too_long");
        row(R"({"text":1})", "text: field.type");
        row(R"({"text":["a"]})", "text: field.type");
        row(R"({"text":null})", "text: field.type");
        row(R"({"text":"a\nb"})", "text: field.control_character");
        row(R"({"text":"a\rb"})", "text: field.control_character");
        row(R"({"text":"a\tb"})", "text: field.control_character");
        row(R"({"text":"a\u0000b"})", "text: field.control_character");
        row(R"({"text":"\u007f"})", "text: field.control_character");
        row(R"({"text":"\u0085"})", "text: field.control_character");
        row(R"({"text":"\u2028"})", "text: field.control_character");
        fine(R"({"text":"\u560a"})");
        fine(R"({"filled":" "})");
        row(R"({"filled":""})", "filled: field.empty");
        fine(R"({"lines":"a\r\n\tb\n"})");
        row(R"({"lines":"a\u0000b"})", "lines: field.control_character");
        fine(R"({"word":"two"})");
        row(R"({"word":"three"})", "word: field.not_allowed");
        row(R"({"word":"ONE"})", "word: field.not_allowed");
        row(R"({"word":""})", "word: field.not_allowed");
        fine(R"({"maybe":null})");

        fine(R"({"number":-2})");
        fine(R"({"number":9})");
        row(R"({"number":-3})", "number: field.too_small");
        row(R"({"number":10})", "number: field.too_large");
        row(R"({"number":18446744073709551615})", "number: field.too_large");
        row(R"({"number":1.0})", "number: field.type");
        row(R"({"number":"1"})", "number: field.type");
        row(R"({"number":true})", "number: field.type");
        row(R"({"number":null})", "number: field.type");
        fine(R"({"share":0})");
        fine(R"({"share":0.25})");
        fine(R"({"share":1.0})");
        row(R"({"share":-0.1})", "share: field.too_small");
        row(R"({"share":1.01})", "share: field.too_large");
        row(R"({"share":18446744073709551615})", "share: field.too_large");
        row(R"({"share":"1"})", "share: field.type");
        row(R"({"share":null})", "share: field.type");
        fine(R"({"free_number":null})");
        fine(R"({"free_number":-9223372036854775808})");
        fine(R"({"free_number":9223372036854775807})");
        row(R"({"free_number":9223372036854775808})", "free_number: field.too_large");

        fine(R"({"flag":false})");
        row(R"({"flag":0})", "flag: field.type");
        row(R"({"flag":"true"})", "flag: field.type");
        row(R"({"flag":null})", "flag: field.type");

        fine(R"({"object":{"n":1}})");
        row(R"({"object":{}})", "object.n: field.required");
        row(R"({"object":{"n":1,"x":2}})", "object.x: field.unknown");
        row(R"({"object":{"n":1,"s":"c"}})", "object.s: field.not_allowed");
        row(R"({"object":[]})", "object: field.type");
        row(R"({"object":"{}"})", "object: field.type");
        fine(R"({"anything":{"what":["ever"]}})");

        fine(R"({"words":["a","bcde"]})");
        row(R"({"words":[]})", "words: field.empty");
        row(R"({"words":["a","b","c"]})", "words: field.too_many");
        row(R"({"words":["a",1]})", "words[1]: field.type");
        row(R"({"words":["","abcde"]})", "words[0]: field.empty, words[1]: field.too_long");
        row(R"({"words":["a\nb"]})", "words[0]: field.control_character");
        row(R"({"words":"a"})", "words: field.type");
        row(R"({"words":{}})", "words: field.type");
        fine(R"({"choices":[]})");
        row(R"({"choices":["red","green"]})", "choices[1]: field.not_allowed");
        fine(R"({"objects":[{"n":1},{"n":2}]})");
        row(R"({"objects":[{"n":1},{"n":"2"},{}]})", "objects[1].n: field.type, objects[2].n: field.required");
        row(R"({"objects":[1]})", "objects[0]: field.type");
        row(R"({"objects":[null]})", "objects[0]: field.type");

        fine(R"({"one_or_many":"a"})");
        fine(R"({"one_or_many":["a","b"]})");
        row(R"({"one_or_many":""})", "one_or_many: field.empty");
        row(R"({"one_or_many":[]})", "one_or_many: field.empty");
        row(R"({"one_or_many":["a","b","c"]})", "one_or_many: field.too_many");
        row(R"({"one_or_many":["a","abcde"]})", "one_or_many[1]: field.too_long");
        row(R"({"one_or_many":1})", "one_or_many: field.type");
        row(R"({"one_or_many":{"a":"b"}})", "one_or_many: field.type");

        fine(R"({"map":{}})");
        fine(R"({"map":{"a":"b","c":""}})");
        row(R"({"map":{"a":"b","c":"d","e":"f"}})", "map: field.too_many");
        row(R"({"map":{"a":1}})", "map.a: field.type");
        row(R"({"map":{"a":"abcde"}})", "map.a: field.too_long");
        row(R"({"map":{"a":"b\nc"}})", "map.a: field.control_character");
        row(R"({"map":[]})", "map: field.type");

        row(R"({"x":1,"text":1,"number":99,"flag":1})",
            "x: field.unknown, text: field.type, number: field.too_large, flag: field.type");
    }
    void namesTheFieldAndTheReason() {
        QFETCH(std::string, body);
        QFETCH(std::string, expected);
        QCOMPARE(faultsOf(outer(), body), expected);
    }

    void asksForWhatIsRequired() {
        QCOMPARE(faultsOf(demanding(), "{}"), std::string("a: field.required, b: field.required"));
        QCOMPARE(faultsOf(demanding(), R"({"a":null,"b":null})"), std::string("a: field.type"));
        QCOMPARE(faultsOf(demanding(), R"({"a":"","b":1})"), std::string());
    }

    void makesAStrangersFieldNameHarmless() {
        const std::string named = faultsOf(outer(), "{\"" + std::string(500, 'x') + "\":1}");
        QVERIFY2(named.size() < 100, named.c_str());
        QCOMPARE(faultsOf(outer(), R"({"a\nb":1})"), std::string("a?b: field.unknown"));
        QCOMPARE(faultsOf(outer(), R"({"map":{"a\r\nb":1}})"), std::string("map.a??b: field.type"));
    }

    void tellsAtMostFiftyFaults_data() {
        QTest::addColumn<std::string>("body");
        std::string unknown = "{", list = "{\"objects\":[{", map = "{\"anything\":{},";
        for (int i = 0; i < 200; ++i) unknown.append("\"f").append(std::to_string(i)).append("\":1,");
        unknown.append("\"last\":1}");
        for (int i = 0; i < 200; ++i) list.append("\"f").append(std::to_string(i)).append("\":1,");
        list.append("\"n\":1}]}");
        QTest::newRow("unknown fields") << unknown;
        QTest::newRow("unknown fields of an entry") << list;
    }
    void tellsAtMostFiftyFaults() {
        QFETCH(std::string, body);
        const auto value = json::parse(body);
        QVERIFY(value);
        const auto checked = check(outer(), *value);
        QVERIFY(!checked);
        QCOMPARE(checked.error().fields.size(), std::size_t(50));
    }

    void tellsAtMostFiftyFaultsOfAList() {
        json::Array addresses;
        for (int i = 0; i < 1000; ++i) addresses.emplace_back(i);
        const auto checked = check(sendSchema(), json::Object{{"to", addresses}, {"subject", "s"}});
        QVERIFY(!checked);
        QCOMPARE(checked.error().fields.size(), std::size_t(50));
        QCOMPARE(checked.error().fields.back().field, std::string("to[49]"));
    }

    void saysTheFirstFaultInTheDetail() {
        const auto checked = check(outer(), json::Object{{"number", 10}});
        QVERIFY(!checked);
        QCOMPARE(checked.error().detail, std::string("number: must be at most 9"));
    }

    void describesTheSameRowsForOpenApi_data() {
        QTest::addColumn<std::string>("field");
        QTest::addColumn<std::string>("expected");
        const auto row = [](const char* field, const char* expected) {
            QTest::newRow(field) << std::string(field) << std::string(expected);
        };
        row("text", R"({"type":"string","maxLength":5,"description":"A line.","examples":["x"]})");
        row("word", R"({"type":"string","maxLength":1000,"enum":["one","two"]})");
        row("maybe", R"({"anyOf":[{"type":"string","maxLength":1000},{"type":"null"}]})");
        row("number", R"({"type":"integer","minimum":-2,"maximum":9})");
        row("share", R"({"type":"number","minimum":0,"maximum":1})");
        row("free_number", R"({"anyOf":[{"type":"integer"},{"type":"null"}]})");
        row("flag", R"({"type":"boolean"})");
        row("anything", R"({"type":"object"})");
        row("words",
            R"({"type":"array","items":{"type":"string","maxLength":4,"minLength":1},"maxItems":2,"minItems":1})");
        row("filled", R"({"type":"string","maxLength":1000,"minLength":1})");
        row("choices",
            R"({"type":"array","items":{"type":"string","maxLength":1000,"enum":["red","blue"]},"maxItems":1000})");
        row("one_or_many",
            R"({"oneOf":[{"type":"string","maxLength":4,"minLength":1},)"
            R"({"type":"array","items":{"type":"string","maxLength":4,"minLength":1},"maxItems":2,"minItems":1}]})");
        row("object", "{\"$ref\":\"#/components/schemas/Inner\"}");
        row("objects", "{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/Inner\"},\"maxItems\":3}");
        row("map", R"({"type":"object","additionalProperties":{"type":"string","maxLength":4},"maxProperties":2})");
        row("made", R"({"type":"string","maxLength":1000,"readOnly":true})");
    }
    void describesTheSameRowsForOpenApi() {
        QFETCH(std::string, field);
        QFETCH(std::string, expected);
        const json::Object schema = described(outer());
        QCOMPARE(json::serialise(json::object(json::object(schema, "properties"), field)), expected);
    }

    void describesTheWholeAsClosed() {
        const json::Object schema = described(demanding());
        QCOMPARE(json::boolean(schema, "additionalProperties", true), false);
        QCOMPARE(json::serialise(json::array(schema, "required")), std::string(R"(["a","b"])"));
        QVERIFY(!described(outer()).contains("required"));
        QVERIFY(!json::object(described(outer()), "properties").contains("soon"));
    }

    void describesWhatAFieldHoldsOnce() {
        json::Object components;
        QCOMPARE(json::serialise(describe(outer(), components)),
                 std::string("{\"$ref\":\"#/components/schemas/Outer\"}"));
        QCOMPARE(components.size(), std::size_t{2});
        QCOMPARE(json::serialise(components["Inner"]),
                 std::string(R"({"type":"object","additionalProperties":false,"properties":{"n":{"type":"integer"},)"
                             R"("s":{"type":"string","maxLength":3,"enum":["a","b"]}},"required":["n"]})"));
    }

    void takesTheManualsThreeFields() {
        QCOMPARE(faultsOf(sendSchema(), R"({"to":"ann@example.com","subject":"Hi","content":"<p>Hi</p>"})"),
                 std::string());
    }

    void wantsASubjectUnlessATemplateHasIt() {
        QCOMPARE(faultsOf(sendSchema(), R"({"to":"a@b.c","text":"t"})"), std::string("subject: field.required"));
        QCOMPARE(faultsOf(sendSchema(), R"({"to":"a@b.c","template":"welcome"})"), std::string());
    }

    void leavesEachMessageOfABatchToItsHandler() {
        QCOMPARE(faultsOf(batchSchema(), R"({"messages":[1,{}]})"), std::string());
        QCOMPARE(faultsOf(batchSchema(), R"({"messages":[]})"), std::string("messages: field.empty"));
        QCOMPARE(faultsOf(batchSchema(), R"({"messages":{}})"), std::string("messages: field.type"));
        QCOMPARE(faultsOf(batchSchema(), R"({})"), std::string("messages: field.required"));
        std::string many = R"({"messages":[0)";
        for (std::size_t i = 0; i < mostInBatch; ++i) many += ",0";
        QCOMPARE(faultsOf(batchSchema(), many + "]}"), std::string("messages: field.too_many"));
    }

    void hasEachFieldNameOnceAndExamplesThatParse() {
        for (const Schema* schema :
             {&sendSchema(), &batchSchema(), &rawSchema(), &tokenSchema(), &accountCreateSchema(),
              &accountPatchSchema(), &keyCreateSchema(), &emptySchema()}) {
            std::set<std::string_view> names;
            for (const Field& field : schema->fields) {
                QVERIFY2(names.insert(field.name).second, std::string(field.name).c_str());
                if (!field.example.empty()) QVERIFY2(json::parse(field.example), std::string(field.name).c_str());
                if (field.need == Need::Optional || field.need == Need::Required)
                    QVERIFY2(!field.doc.empty(), std::string(field.name).c_str());
            }
        }
    }

    void readsOneAddressWhereAListMayStand() {
        const auto body = json::parse(R"({"to":"a@b.c","cc":["d@e.f","g@h.i"],"subject":"s","text":"t","from":null})");
        QVERIFY(body);
        const auto request = SendRequest::read(body->get_object());
        QVERIFY(request);
        QCOMPARE(request->to, std::vector<std::string>{"a@b.c"});
        QCOMPARE(request->cc.size(), std::size_t(2));
        QVERIFY(request->bcc.empty());
        QVERIFY(request->from.empty());
    }
};

QTEST_APPLESS_MAIN(TestSchema)
#include "tst_schema.moc"
