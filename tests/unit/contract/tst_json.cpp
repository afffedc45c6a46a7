// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/contract/json.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <QTest>

using namespace postroom;

namespace {

std::string nested(int depth) {
    return std::string(static_cast<std::size_t>(depth), '[') + std::string(static_cast<std::size_t>(depth), ']');
}

std::string manyKeys(int count, const std::string& last) {
    std::string out = "{";
    for (int i = 0; i < count; ++i) out.append("\"k").append(std::to_string(i)).append("\":0,");
    return out + "\"" + last + "\":0}";
}

// A name of many pieces: every escape ends a piece, and the parser's own buffer holds 4 KiB.
std::string longKey(std::size_t length, const char* end) {
    std::string key;
    while (key.size() < length) key.append("abcdefg\\n\\u4e2d");
    return key + end;
}

// Cut into pieces of so many bytes.
Result<json::Value> inPieces(std::string_view text, std::size_t size, json::LongTexts* longTexts = nullptr) {
    json::Reading reading{32, longTexts};
    for (; text.size() > size; text.remove_prefix(size))
        if (auto added = reading.add(text.substr(0, size)); !added) return fail(added.error());
    return reading.finish(text);
}

// Wants what its test says, and keeps it.
struct Elsewhere final : json::LongTexts {
    bool wants(std::string_view path) override {
        asked.emplace_back(path);
        return path == wanted;
    }
    Result<void> take(std::string_view piece) override {
        if (fails) return postroom::fail(ErrorCode::StorageFull, "no room");
        taken.append(piece);
        return {};
    }
    Result<std::string> end() override { return "in its place"; }

    std::string wanted;
    std::vector<std::string> asked;
    std::string taken;
    bool fails = false;
};

}  // namespace

class TestJson : public QObject {
    Q_OBJECT

private slots:
    void namesTheKeyThatIsGivenTwice_data() {
        QTest::addColumn<std::string>("text");
        QTest::addColumn<std::string>("path");
        const auto row = [](const char* text, const char* path) {
            QTest::newRow(text) << std::string(text) << std::string(path);
        };
        row(R"({"a":1,"a":2})", "a");
        row(R"({"a":1,"\u0061":2})", "a");
        row(R"({"":1,"":2})", "");
        row(R"({"x":[1,"s",null,true,1.5,18446744073709551615,{},[[]]],"a":{"b":[0,{"c":1,"c":2}]}})", "a.b[1].c");
        row(R"([[1],[2,{"a\n":1,"a\n":1}]])", "[1][1].a?");
        row(R"({"a":{"a":1},"b":{"a":1},"b":2})", "b");
    }
    void namesTheKeyThatIsGivenTwice() {
        QFETCH(std::string, text);
        QFETCH(std::string, path);
        const auto value = json::parse(text);
        QVERIFY(!value);
        QCOMPARE(value.error().fields.size(), std::size_t(1));
        QCOMPARE(value.error().fields.front().field, path);
        QCOMPARE(value.error().fields.front().reason, std::string("json.duplicate_key"));
    }

    void refusesWhatIsNotStrictJson_data() {
        QTest::addColumn<std::string>("text");
        QTest::addColumn<std::string>("reason");
        const auto row = [](const char* name, std::string text, const char* reason = "") {
            QTest::newRow(name) << std::move(text) << std::string(reason);
        };
        row("nothing", "");
        row("blanks only", " \t\r\n ");
        row("a word", "hello");
        row("a single quote", "{'a':1}");
        row("an open object", "{\"a\":1");
        row("an open string", "\"abc");
        row("a comma at the end of a list", "[1,]");
        row("a comma at the end of an object", "{\"a\":1,}");
        row("two commas", "[1,,2]");
        row("a missing colon", "{\"a\" 1}");
        row("a key that is no string", "{1:1}");
        row("a bare key", "{a:1}");
        row("another case of true", "True");
        row("half of null", "nul");
        row("bytes after the value", "{} x");
        row("a second value", "1 2");
        row("a closing bracket too many", "[]]");
        row("a NUL after the value", std::string("{}\0", 3));
        row("a NUL before the value", std::string("\0{}", 3));
        row("a NUL in a string", std::string("\"a\0b\"", 5));
        row("a line feed in a string", "\"a\nb\"");
        row("a tab in a string", "\"a\tb\"");
        row("a byte order mark", "\xEF\xBB\xBF{}");
        row("a line comment", "// x\n{}");
        row("a block comment", "{}/* x */");
        row("NaN", "NaN");
        row("Infinity", "Infinity");
        row("minus Infinity", "[-Infinity]");
        row("1e400", "1e400", "number out of range");
        row("-1e400", "-1e400", "number out of range");
        row("1e309", "[1e309]", "number out of range");
        row("1E+309", "{\"a\":1E+309}", "number out of range");
        row("a huge exponent", "1e99999999999999999999");
        row("one above the unsigned 64 bits", "18446744073709551616", "integer out of range");
        row("one below the signed 64 bits", "-9223372036854775809", "integer out of range");
        row("400 digits", std::string(400, '9'));
        row("a leading zero", "01");
        row("a plus sign", "+1");
        row("a point without digits", "1.");
        row("a point at the start", ".5");
        row("an exponent without digits", "1e");
        row("a lone minus", "-");
        row("hexadecimal", "0x10");
        row("the same key twice", R"({"a":1,"a":2})", "duplicate key");
        row("the same key written with an escape", R"({"a":1,"\u0061":2})", "duplicate key");
        row("the same escaped key in two ways", R"({"\n":1,"\u000A":2})", "duplicate key");
        row("the same empty key twice", R"({"":1,"":2})", "duplicate key");
        row("the same key inside", R"({"a":{"b":[{"c":1,"c":2}]}})", "duplicate key");
        row("the same key after an inner object has it", R"({"a":{"a":1},"a":2})", "duplicate key");
        row("the same key after many", manyKeys(40, "k3"), "duplicate key");
        row("the same key as the seventeenth", manyKeys(16, "k15"), "duplicate key");
        row("the same long key of many pieces",
            "{\"" + longKey(9000, "x") + "\":1,\"" + longKey(9000, "\\u0078") + "\":2}", "duplicate key");
        row("a key of more than 64 KiB", "{\"" + std::string(70'000, 'k') + "\":1}");
        row("a lone high surrogate", R"("\ud800")");
        row("a lone low surrogate", R"("\udc00")");
        row("a high surrogate before a letter", R"("\ud83dx")");
        row("two high surrogates", R"("\ud83d\ud83d")");
        row("surrogates in the wrong order", R"("\ude00\ud83d")");
        row("a lone surrogate in a key", R"({"\ud800":1})");
        row("a surrogate in UTF-8", "\"\xED\xA0\x80\"");
        row("an overlong slash", "\"\xC0\xAF\"");
        row("an overlong slash of three bytes", "\"\xE0\x80\xAF\"");
        row("beyond U+10FFFF", "\"\xF4\x90\x80\x80\"");
        row("a lone continuation byte", "\"\x80\"");
        row("half a character", "\"\xE4\xB8\"");
        row("Latin-1", "\"caf\xE9\"");
        row("0xFF in a key", "{\"\xFF\":1}");
        row("an unknown escape", R"("\x41")");
        row("an escape cut short", R"("\u12")");
        row("33 levels", nested(33));
        row("100 levels", nested(100));
        row("a million levels", std::string(1'000'000, '['));
    }
    void refusesWhatIsNotStrictJson() {
        QFETCH(std::string, text);
        QFETCH(std::string, reason);
        const auto value = json::parse(text);
        QVERIFY(!value);
        QVERIFY2(value.error().code == ErrorCode::JsonInvalid, value.error().text().c_str());
        QVERIFY2(value.error().detail.starts_with("at byte "), value.error().detail.c_str());
        QVERIFY2(value.error().detail.find(reason) != std::string::npos, value.error().detail.c_str());
        QVERIFY(value.error().detail.size() < 200);
        for (const std::size_t size : {1, 7}) {
            const auto again = inPieces(text, size);
            QVERIFY(!again);
            QVERIFY(again.error().detail.find(reason) != std::string::npos);
        }
    }

    void keepsWhatItReads_data() {
        QTest::addColumn<std::string>("text");
        QTest::addColumn<std::string>("written");
        const auto row = [](const char* name, std::string text, std::string written) {
            QTest::newRow(name) << std::move(text) << std::move(written);
        };
        const auto same = [&](const char* name, const std::string& text) { row(name, text, text); };
        same("null", "null");
        same("true", "true");
        same("false", "false");
        same("zero", "0");
        same("the least integer", "-9223372036854775808");
        same("the greatest signed integer", "9223372036854775807");
        same("the greatest integer", "18446744073709551615");
        same("an empty string", "\"\"");
        same("an empty object", "{}");
        same("an empty list", "[]");
        same("Chinese", "\"\xE4\xB8\xAD\xE6\x96\x87\"");
        same("beyond the BMP", "\"\xF0\x9F\x98\x80\"");
        same("DEL and C1, which JSON allows", "\"\x7F\xC2\x85\"");
        same("keys in their order", R"({"b":1,"a":2,"c":[true,null,{"d":"e"}]})");
        same("keys that differ in case", R"({"a":1,"A":2})");
        same("the same key in two objects", R"([{"a":1},{"a":2}])");
        same("many keys", manyKeys(100, "last"));
        same("32 levels", nested(32));
        row("blanks around", " \r\n\t{ \"a\" : [ 1 , 2 ] } \n", R"({"a":[1,2]})");
        row("a slash that was escaped", R"("a\/b")", R"("a/b")");
        // No raw strings here: moc loses its way in them.
        row("escapes", "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001F\"", "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f\"");
        row("a pair of surrogates", R"("\ud83d\ude00")", "\"\xF0\x9F\x98\x80\"");
        row("an escaped key", R"({"\u0061":1})", R"({"a":1})");
        row("a long key of many pieces", "{\"" + longKey(9000, "x") + "\":1,\"" + longKey(9000, "y") + "\":2}", [] {
            std::string text = "{\"" + longKey(9000, "x") + "\":1,\"" + longKey(9000, "y") + "\":2}";
            for (auto at = text.find("\\u4e2d"); at != text.npos; at = text.find("\\u4e2d"))
                text.replace(at, 6, "\xE4\xB8\xAD");
            return text;
        }());
        same("1.2", "1.2");
        same("0.1", "0.1");
        same("a third of a double", "0.3333333333333333");
        same("minus a half", "-0.5");
        row("a whole double", "3.0", "3.0");
        row("a whole double with zeros", "100.00", "100.0");
        row("an exponent", "1.5E3", "1500.0");
        row("the greatest double", "1.7976931348623157e308", "1.7976931348623157e+308");
        row("the least normal double", "2.2250738585072014E-308", "2.2250738585072014e-308");
        row("a large exponent", "1e22", "1e+22");
        row("too small to be told from zero", "1e-400", "0.0");
        row("minus zero", "-0.0", "-0.0");
    }
    void keepsWhatItReads() {
        QFETCH(std::string, text);
        QFETCH(std::string, written);
        const auto value = json::parse(text);
        QVERIFY2(value, value ? "" : value.error().text().c_str());
        QCOMPARE(json::serialise(*value), written);
        // What was written reads back to the same value, whichever way it is laid out.
        const auto again = json::parse(written);
        QVERIFY(again);
        QVERIFY(*again == *value);
        const auto pretty = json::parse(json::serialisePretty(*value));
        QVERIFY(pretty);
        QVERIFY(*pretty == *value);
        for (const std::size_t size : {1, 2, 5, 1000}) {
            const auto cut = inPieces(text, size);
            QVERIFY(cut);
            QCOMPARE(json::serialise(*cut), written);
        }
    }

    void givesALongTextToWhoWantsIt() {
        std::string longText(200'000, 'a');
        for (std::size_t i = 0; i < longText.size(); i += 7) longText[i] = '\n';
        const json::Value whole = json::Object{
            {"a", json::Array{json::Object{{"x", longText}, {"y", longText}}, longText, "short"}}, {"z", longText}};
        const std::string text = json::serialise(whole);
        for (const std::size_t size : {std::size_t(1), std::size_t(4096), std::size_t(65'536), text.size()}) {
            Elsewhere elsewhere;
            elsewhere.wanted = "a[0].y";
            const auto value = inPieces(text, size, &elsewhere);
            QVERIFY(value);
            QCOMPARE(elsewhere.taken, longText);
            QCOMPARE(elsewhere.asked, (std::vector<std::string>{"a[0].x", "a[0].y", "a[1]", "z"}));
            json::Value expected = whole;
            expected.at("a").at(0).at("y") = "in its place";
            QVERIFY(*value == expected);
        }
    }

    void keepsATextUpToTheLeastThatIsLong() {
        Elsewhere elsewhere;
        elsewhere.wanted = "a";
        const json::Value value = json::Object{{"a", std::string(json::LongTexts::least_bytes, 'x')}};
        QVERIFY(*inPieces(json::serialise(value), 1000, &elsewhere) == value);
        QVERIFY(elsewhere.asked.empty());
    }

    void saysWhatTheTakerOfALongTextFailedWith() {
        Elsewhere elsewhere;
        elsewhere.wanted = "a";
        elsewhere.fails = true;
        const auto value = inPieces(json::serialise(json::Object{{"a", std::string(100'000, 'x')}}), 1000, &elsewhere);
        QVERIFY(!value);
        QVERIFY(value.error().code == ErrorCode::StorageFull);
    }

    void takesTheDepthItIsGiven() {
        QVERIFY(json::parse(nested(100), 100));
        QVERIFY(!json::parse(nested(101), 100));
        QVERIFY(json::parse("1", 0));
    }

    void writesADoubleAsPeopleReadIt_data() {
        QTest::addColumn<double>("number");
        QTest::addColumn<std::string>("written");
        QTest::newRow("1.2") << 1.2 << std::string("1.2");
        QTest::newRow("0") << 0.0 << std::string("0.0");
        QTest::newRow("3") << 3.0 << std::string("3.0");
        QTest::newRow("-40") << -40.0 << std::string("-40.0");
        QTest::newRow("a sum") << 0.1 + 0.2 << std::string("0.30000000000000004");
        QTest::newRow("a million") << 1e6 << std::string("1000000.0");
        QTest::newRow("a millionth") << 1e-6 << std::string("0.000001");
        QTest::newRow("the longest that is written out") << 9007199254740991.0 << std::string("9007199254740991.0");
        QTest::newRow("the longest fraction") << -0.0000012345678901234567 << std::string("-0.0000012345678901234567");
        QTest::newRow("1234567") << 1234567.0 << std::string("1234567.0");
        QTest::newRow("1e-9") << 1e-9 << std::string("1e-09");
        QTest::newRow("not a number") << std::nan("") << std::string("null");
        QTest::newRow("infinite") << std::numeric_limits<double>::infinity() << std::string("null");
    }
    void writesADoubleAsPeopleReadIt() {
        QFETCH(double, number);
        QFETCH(std::string, written);
        QCOMPARE(json::serialise(number), written);
        QCOMPARE(json::serialisePretty(json::Array{number}), "[\n  " + written + "\n]");
        if (!std::isfinite(number)) return;
        const auto back = json::parse(written);
        QVERIFY(back && back->is_double());
        QVERIFY(back->get_double() == number);
    }

    void writesEveryBytePatternOfDoublesThatReadsBack() {
        std::uint64_t bits = 0x0123456789ABCDEF;
        for (int i = 0; i < 20'000; ++i) {
            bits = bits * 6364136223846793005u + 1442695040888963407u;
            double number = 0;
            std::memcpy(&number, &bits, sizeof number);
            if (!std::isfinite(number)) continue;
            const auto back = json::parse(json::serialise(number));
            QVERIFY2(back && back->is_double() && back->get_double() == number, json::serialise(number).c_str());
        }
    }

    void escapesEveryControlCharacter() {
        std::string all;
        for (int c = 0; c < 256; ++c)
            if (c < 0x80) all.push_back(static_cast<char>(c));
        const std::string written = json::serialise(json::Value(all));
        for (const char c : written) QVERIFY(static_cast<unsigned char>(c) >= 0x20);
        const auto back = json::parse(written);
        QVERIFY(back);
        QVERIFY(std::string_view(back->get_string()) == all);
    }

    void laysOutForPeople() {
        const auto value = json::parse(R"({"a":[1,{"b":"c"}],"d":{},"e":[]})");
        QVERIFY(value);
        QCOMPARE(
            json::serialisePretty(*value),
            std::string("{\n  \"a\": [\n    1,\n    {\n      \"b\": \"c\"\n    }\n  ],\n  \"d\": {},\n  \"e\": []\n}"));
    }

    void givesMembersOfTheKindThatIsAskedForAndNothingElse() {
        const auto value =
            json::parse(R"({"t":"x","i":-3,"u":18446744073709551615,"d":2.5,"b":true,"n":null,"o":{"p":1},"a":[1]})");
        QVERIFY(value);
        const json::Object& object = value->get_object();
        QCOMPARE(json::text(object, "t"), std::string("x"));
        QCOMPARE(json::text(object, "i", "otherwise"), std::string("otherwise"));
        QCOMPARE(json::text(object, "absent", "otherwise"), std::string("otherwise"));
        QCOMPARE(json::integer(object, "i"), std::int64_t(-3));
        QCOMPARE(json::integer(object, "u", 7), std::int64_t(7));
        QCOMPARE(json::integer(object, "d", 7), std::int64_t(7));
        QCOMPARE(json::integer(object, "t", 7), std::int64_t(7));
        QCOMPARE(json::boolean(object, "b"), true);
        QCOMPARE(json::boolean(object, "i", true), true);
        QVERIFY(!json::present(object, "n"));
        QVERIFY(!json::present(object, "absent"));
        QVERIFY(json::present(object, "b"));
        QCOMPARE(json::object(object, "o").size(), std::size_t(1));
        QVERIFY(json::object(object, "a").empty());
        QCOMPARE(json::array(object, "a").size(), std::size_t(1));
        QVERIFY(json::array(object, "o").empty());
    }
};

QTEST_APPLESS_MAIN(TestJson)
#include "tst_json.moc"
