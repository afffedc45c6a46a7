// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/template/limits.h"
#include "engine/content/template/template.h"
#include "tests/unit/content/show_strings.h"

#include <map>
#include <thread>

using namespace postroom;
using namespace postroom::content::templates;
using namespace std::string_literals;

namespace {

// What the language means is compared with Jinja2 in template_differential.py. Here is what that one can't see: places
// of errors, limits, what is ours alone, and the class itself.

class MapPort : public Port {
public:
    std::map<std::string, std::string, std::less<>> sources{};
    Result<std::shared_ptr<const Template>> find(std::string_view name, Mode mode) override {
        const auto found = sources.find(name);
        if (found == sources.end()) return nullptr;
        return Template::compile(found->second, mode);
    }
};

const json::Object& variables() {
    static const json::Value value = *json::parse(
        "{\"user\": {\"name\": \"Ada <L>\", \"tags\": [\"x\"]}, \"n\": 3, \"amount\": 1234567.891, \"price\": "
        "\"2.675\","
        " \"list\": [1, 2, 3], \"at\": \"2026-11-05T08:30:05Z\", \"day\": \"2026-11-05\", \"huge\": "
        "18446744073709551615}");
    return value.get_object();
}

Result<std::string> rendered(std::string_view source, Mode mode = Mode::Html, const Options& options = {}) {
    const auto compiled = Template::compile(source, mode);
    if (!compiled) return fail(compiled.error());
    return (*compiled)->render(variables(), options);
}

/// "reason line:column", with the template's and the variable's name where there is one.
std::string faultOf(const Result<std::string>& result) {
    if (result) return "rendered: " + result->substr(0, 200);
    const Error& error = result.error();
    std::string out = error.fields.empty() ? std::string{wireName(error.code)} : error.fields.front().reason + ' ';
    for (const auto& [name, value] : error.params) {
        if (name == "line") out += value + ':';
        if (name == "column") out += value;
        if (name == "template" || name == "name") out += ' ' + value;
    }
    return out;
}

std::string textOf(const Result<std::string>& result) {
    return result ? *result : "refused: " + result.error().text();
}

std::string repeated(std::string_view piece, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += piece;
    return out;
}

}  // namespace

class TestTemplate : public QObject {
    Q_OBJECT

private slots:
    void saysWhereAndWhatIsWrong_data() {
        QTest::addColumn<std::string>("source");
        QTest::addColumn<std::string>("fault");
        const auto row = [](const char* name, const std::string& source, const std::string& fault) {
            QTest::newRow(name) << source << fault;
        };
        row("no value", "a\n  {{ }}", "template.syntax 2:6");
        row("no end of a tag", "ab {{ n ", "template.syntax 1:4");
        row("no end of a comment", "\n\n{# n", "template.syntax 3:1");
        row("no end of raw", "{% raw %} {% n", "template.syntax 1:1");
        row("no end of a text", "{{ 'n }}", "template.syntax 1:4");
        row("no endif", "x{% if n %}y", "template.syntax 1:12");
        row("a stray tag", "x{% endif %}", "template.syntax 1:5");
        row("a tag of Jinja that is left out", "{% macro a() %}{% endmacro %}", "template.syntax 1:4");
        row("an unknown tag", "{% send %}", "template.syntax 1:4");
        row("an unknown filter", "\u4F60\u597D {{ n|shout }}", "template.syntax 1:9");
        row("an unknown test", "{{ n is nice }}", "template.syntax 1:9");
        row("too many arguments", "{{ n|upper(1) }}", "template.syntax 1:12");
        row("a missing argument", "{{ n|replace('a') }}", "template.syntax 1:6");
        row("an unknown argument", "{{ n|round(digits=1) }}", "template.syntax 1:12");
        row("a call", "{{ user.name.upper() }}", "template.syntax 1:19");
        row("a call of a variable", "{{ n() }}", "template.syntax 1:5");
        row("a foreign sign", "{{ n ? 1 }}", "template.syntax 1:6");
        row("a bracket too many", "{{ n) }}", "template.syntax 1:5");
        row("a bracket too few", "{{ (n }}", "template.syntax 1:7");
        row("extends inside", "{% if n %}{% extends 'a' %}{% endif %}", "template.syntax 1:14");
        row("a block twice", "{% block a %}{% endblock %}{% block a %}{% endblock %}", "template.syntax 1:31");
        row("a recursive loop", "{% for x in list recursive %}{% endfor %}", "template.syntax 1:18");
        row("a line end of Windows counts once", "a\r\nb\r\n{{ | }}", "template.syntax 3:4");
        row("not UTF-8", "a\xFF", "template.syntax 1:1");
        row("an undefined variable", "Dear {{ nmae }}", "template.undefined 1:9 nmae");
        row("an undefined part", "\n{{ user.email }}", "template.undefined 2:4 user.email");
        row("an undefined part's part", "{{ user.email.host }}", "template.undefined 1:14 user.email");
        row("an undefined item", "{{ user.tags[3] }}", "template.undefined 1:4 user.tags[3]");
        row("an undefined key", "{{ user['e mail'] }}", "template.undefined 1:4 user['e mail']");
        row("an undefined key by name", "{{ user[at] }}", "template.undefined 1:4 user[at]");
        row("through a filter", "{{ user.email|upper }}", "template.undefined 1:15 user.email");
        row("through a variable", "{% set a = user.email %}\n{{ a }}", "template.undefined 2:4 user.email");
        row("in a condition", "{% if nmae %}{% endif %}", "template.undefined 1:7 nmae");
        row("in a loop", "{% for x in nmae %}{% endfor %}", "template.undefined 1:13 nmae");
        row("in a sum", "{{ 1 + nmae }}", "template.undefined 1:6 nmae");
        row("a key of the language", "{{ user.__class__ }}", "template.undefined 1:4 user.__class__");
        row("a method", "{{ user.name.upper }}", "template.undefined 1:4 user.name.upper");
        row("kinds that don't add", "{{ n + 'a' }}", "template.value 1:6");
        row("division by zero", "{{ n }}{{ n / 0 }}", "template.value 1:13");
        row("no number", "{{ user.name|number }}", "template.value 1:14");
        row("no date", "{{ user.name|date }}", "template.value 1:14");
        row("no currency", "{{ n|currency('yuan') }}", "template.value 1:6");
        row("no items", "{% for x in n %}{% endfor %}", "template.value 1:13");
        row("no stored template", "a{% include 'b' %}", "template.missing 1:5");
        row("no parent", "a\n{% extends 'b' %}", "template.missing 2:4");
    }
    void saysWhereAndWhatIsWrong() {
        QFETCH(std::string, source);
        QFETCH(std::string, fault);
        QCOMPARE(faultOf(rendered(source)), fault);
    }

    void endsWithinItsLimits_data() {
        QTest::addColumn<std::string>("source");
        QTest::addColumn<std::string>("start");
        const auto row = [](const char* name, const std::string& source,
                            const std::string& start = "template.budget ") { QTest::newRow(name) << source << start; };
        row("brackets", "{{ " + repeated("(", 100'000) + "1" + repeated(")", 100'000) + " }}");
        row("lists", "{{ " + repeated("[", 100'000) + "1" + repeated("]", 100'000) + " }}");
        row("mappings", "{{ " + repeated("{1:", 100'000) + "1" + repeated("}", 100'000) + " }}");
        row("signs", "{{ " + repeated("-", 100'000) + "1 }}");
        row("negations", "{{ " + repeated("not ", 100'000) + "1 }}");
        row("conditions", "{{ " + repeated("1 if 1 else ", 50'000) + "1 }}");
        row("conditions without else", "{{ 1" + repeated(" if 1", 50'000) + " }}");
        row("tests' arguments", "{{ 1" + repeated(" is divisibleby (1", 50'000) + repeated(")", 50'000) + " }}");
        row("indices", "{{ n" + repeated("[n", 50'000) + repeated("]", 50'000) + " }}");
        row("filters' arguments", "{{ 1" + repeated("|default(1", 50'000) + repeated(")", 50'000) + " }}");
        row("tags", repeated("{% if 1 %}", 50'000));
        row("loops inside", repeated("{% for x in list %}", 50'000));
        row("names of a loop", "{% for " + repeated("(", 50'000) + "x" + repeated(")", 50'000) + " in list %}");
        row("a source of 1 MiB", std::string(Limits::Source_bytes + 1, 'x'));
        row("turns", "{% for a in range(200) %}{% for b in range(200) %}{% endfor %}{% endfor %}");
        row("turns of a filter", "{% for a in range(200) %}{% for b in range(200) if 0 %}{% endfor %}{% endfor %}");
        row("a range", "{{ range(10001) }}");
        row("a range of all integers", "{{ range(-9223372036854775807, 9223372036854775807) }}");
        row("output", "{% for a in range(3000) %}" + std::string(1000, 'x') + "{% endfor %}");
        row("repetition", "{{ 'x' * 9223372036854775807 }}");
        row("repetition of a list", "{{ [1] * 99999999 }}");
        row("doubling", "{% set x = 'x' %}" + repeated("{% set x = x ~ x %}", 40));
        row("doubling a sum", "{% set x = 'x' %}" + repeated("{% set x = x + x %}", 40));
        row("doubling a list", "{% set x = [1] %}" + repeated("{% set x = x + x %}", 40));
        row("a list in itself, shown", "{% set x = [1] %}" + repeated("{% set x = [x, x] %}", 30) + "{{ x }}");
        row("a list in itself, as json", "{% set x = [1] %}" + repeated("{% set x = [x, x] %}", 30) + "{{ x|json }}");
        row("a list in itself, compared", "{% set x = [1] %}{% set y = [1] %}" +
                                              repeated("{% set x = [x, x] %}{% set y = [y, y] %}", 30) +
                                              "{{ x == y }}");
        row("a list in itself, as a key",
            "{% set t = (1, 1, 1, 1) %}" + repeated("{% set t = (t, t, t, t) %}", 30) + "{{ t in {} }}",
            "rendered: False");
        row("a list in itself, deep", "{% set x = [1] %}" + repeated("{% set x = [x] %}", 1000));
        row("a join", "{{ range(10000)|join('x' * 10000) }}");
        row("a replacement", "{% set x = 'a' * 10000 %}{{ x|replace('a', x) }}");
        row("replacing nothing", "{% set x = 'a' * 10000 %}{{ x|replace('', x) }}");
        row("escaping", "{% set x = '<' * 1000000 %}{{ x|e|length }}");
        row("powers", "{{ 9 ** 9 ** 9 ** 9 }}");
        row("a power", "{{ 2 ** 64 }}");
        row("a float's power", "{{ 10.0 ** 999 }}");
        row("a product", "{{ 9223372036854775807 * 2 }}");
        row("a literal", "{{ 9223372036854775808 }}", "template.budget 1:4");
        row("a read integer", "{{ '9223372036854775808'|int }}");
        row("the least integer", "{{ -9223372036854775807 - 2 }}");
        row("its negation", "{{ (-9223372036854775807 - 1) // -1 }}");
        row("a rounding up", "{{ 9000000000000000000|round(-19) }}");
        row("a rounding of everything", "{{ 9|round(-9223372036854775807 - 1) }}", "rendered: 0");
        row("a range's slice by more than an integer",
            "{{ range(-9223372036854775807, 9223372036854775807, 4611686018427387904)[::4] }}");
        row("a range's slice up to more than an integer",
            "{{ range(9223372036854775800, 9223372036854775807, 5)[:]|length }}");
        row("bodies in each other",
            "{% set x = 'x' * 2000000 %}" + repeated("{% set a %}{{ x }}", 6) + repeated("{% endset %}", 6));
        row("work in a loop", "{% set x = 'x' * 2000000 %}{% for a in range(9000) %}{{ x|upper|length }}{% endfor %}");
        row("a search in a loop",
            "{% set x = 'a' * 1000000 %}{% set y = 'a' * 500000 ~ 'b' %}{% for a in range(9000) %}{{ y in x }}{% "
            "endfor %}");
        row("a search for what is longer",
            "{% set x = 'a' * 1000000 %}{% for a in range(9000) %}{{ x in 'a' }}{% endfor %}", "rendered: False");
        row(
            "a mapping's keys", "{% set x = {" + [] {
                std::string keys;
                for (int i = 0; i < 20'000; ++i) keys += std::to_string(i) + ":1,";
                return keys;
            }() + "} %}");
        const auto numbered = [](std::string_view before, int count, std::string_view behind) {
            std::string out;
            for (int i = 0; i < count; ++i) out += std::string{before} + std::to_string(i) + std::string{behind};
            return out;
        };
        row("many names", numbered("{% set a", 5000, " = 1 %}"));
        row("many names asked for",
            numbered("{% set a", 1000, " = 1 %}") + "{% for x in range(9000) %}{{ a0 }}{% endfor %}");
        row("many names of a loop", "{% for " + numbered("a", 5000, ", ") + "in [range(5000)] %}{% endfor %}");
        row("many names kept in a block", "{% for x in [1] %}" + numbered("{% set a", 1000, " = 1 %}") +
                                              "{% for y in range(2000) %}{% block b scoped %}{% endblock %}{% endfor "
                                              "%}{% endfor %}");
        row("itself included", "{% include 'itself' %}");
        row("itself extended", "{% extends 'its own parent' %}");
        row("two that include each other", "{% include 'ping' %}");
        row("blocks in each other", "{% extends 'inside out' %}{% block a %}{{ super() }}{% endblock %}");
    }
    void endsWithinItsLimits() {
        QFETCH(std::string, source);
        QFETCH(std::string, start);
        MapPort port;
        port.sources = {
            {"itself", "{% include 'itself' %}"},
            {"its own parent", "{% extends 'its own parent' %}"},
            {"ping", "{% include 'pong' %}"},
            {"pong", "{% include 'ping' %}"},
            {"outer", "{% block a %}{% block b %}{% endblock %}{% endblock %}"},
            {"inside out", "{% extends 'outer' %}{% block b %}{% block a %}{{ super() }}{% endblock %}{% endblock %}"},
        };
        const std::string fault = faultOf(rendered(source, Mode::Html, {{}, false, &port}));
        QVERIFY2(fault.starts_with(start), fault.c_str());
    }

    void paysForTheSizeOfItsVariables_data() {
        QTest::addColumn<std::string>("expression");
        for (const char* expression :
             {"blank_number|int", "blank_number|float", "blank_number|number", "blank_number|currency('USD')",
              "blank_date|date", "long_date|date", "blank_date in mapping", "mapping[blank_date]|default",
              "blank_date[0]", "blank_date|truncate(9)", "blank_date|length", "'x' in blank_date"})
            QTest::newRow(expression) << "{{ " + std::string{expression} + " }}";
        QTest::newRow("an include") << "{% include blank_date ignore missing %}"s;
    }
    void paysForTheSizeOfItsVariables() {
        QFETCH(std::string, expression);
        const std::string blanks(1 << 20, ' ');
        json::Object mapping;
        for (int i = 0; i < 100; ++i) mapping.emplace("key " + std::to_string(i), i);
        const json::Object given{{"blank_number", blanks + '1'},
                                 {"blank_date", blanks + "2026-01-31"},
                                 {"long_date", "2026-01-31T00:00:00." + std::string(1 << 20, '0') + "Z"},
                                 {"mapping", mapping}};
        MapPort port;
        const auto compiled = Template::compile("{% for a in range(20) %}" + expression + "{% endfor %}", Mode::Text);
        QVERIFY(compiled);
        const std::string fault = faultOf((*compiled)->render(given, {{}, false, &port}));
        QVERIFY2(fault.starts_with("template.budget "), fault.c_str());
    }

    void sharesItsStepsWithOtherRenderings() {
        std::int64_t steps = 100'000;
        const Options options{{}, false, nullptr, &steps};
        const std::string source = "{% for x in range(9000) %}{{ x }}{% endfor %}";
        QVERIFY(rendered(source, Mode::Text, options));
        QVERIFY2(steps > 10'000 && steps < 90'000, std::to_string(steps).c_str());
        std::size_t more = 0;
        Result<std::string> last;
        while (more < 10 && (last = rendered(source, Mode::Text, options))) ++more;
        QVERIFY2(more < 10 && faultOf(last).starts_with("template.budget "), faultOf(last).c_str());
        QVERIFY2(textOf(last).find("together") != std::string::npos, textOf(last).c_str());
        QVERIFY(!rendered("{{ 1 }}", Mode::Text, options));
        QVERIFY(rendered(source, Mode::Text));
    }

    void rendersWhatIsLongButNotDeep_data() {
        QTest::addColumn<std::string>("source");
        QTest::newRow("a sum") << "{{ 0" + repeated(" + 1", 50'000) + " }}";
        QTest::newRow("a product") << "{{ 1" + repeated(" * 1", 50'000) + " }}";
        QTest::newRow("powers") << "{{ 1" + repeated(" ** 1", 50'000) + " }}";
        QTest::newRow("alternatives") << "{{ 0" + repeated(" or 0", 50'000) + " }}";
        QTest::newRow("comparisons") << "{{ 0" + repeated(" <= 0", 50'000) + " }}";
        QTest::newRow("filters") << "{{ 'a'" + repeated("|upper", 50'000) + " }}";
        QTest::newRow("elif") << "{% if 0 %}" + repeated("{% elif 0 %}", 50'000) + "{% endif %}";
        QTest::newRow("statements") << repeated("{% set x = 1 %}", 50'000);
        QTest::newRow("a loop with a condition") << "{% for x in range(9000) if x >= 0 %}x{% endfor %}"s;
        QTest::newRow("texts") << "{{ ''" + repeated("'a'", 50'000) + " }}";
    }
    void rendersWhatIsLongButNotDeep() {
        QFETCH(std::string, source);
        const auto result = rendered(source);
        QVERIFY2(result, textOf(result).c_str());
    }

    void writesForTheReadersLocale_data() {
        QTest::addColumn<std::string>("locale");
        QTest::addColumn<std::string>("source");
        QTest::addColumn<std::string>("text");
        const auto row = [](const char* locale, const std::string& source, const std::string& text) {
            QTest::addRow("%s %s", locale, source.c_str()) << std::string{locale} << source << text;
        };
        row("en", "{{ amount|number }}", "1,234,567.891");
        row("en", "{{ amount|number(2) }}", "1,234,567.89");
        row("", "{{ amount|number(0) }}", "1,234,568");
        row("zh-CN", "{{ amount|number(1) }}", "1,234,567.9");
        row("de", "{{ amount|number(2) }}", "1.234.567,89");
        row("fr-FR", "{{ amount|number(2) }}", "1\u202F234\u202F567,89");
        row("xx", "{{ amount|number(2) }}", "1,234,567.89");
        row("en", "{{ price|number(2) }} {{ 2.5|number(0) }} {{ -2.5|number(0) }} {{ 0.5|number(0) }}", "2.68 3 -3 1");
        row("en", "{{ 999.995|number(2) }} {{ '0.004'|number(2) }} {{ '-0.004'|number(2) }}", "1,000.00 0.00 0.00");
        row("en", "{{ 12.0|number }} {{ 12|number(2) }} {{ '0012.50'|number }} {{ 1e20|number }}",
            "12 12.00 12.50 100,000,000,000,000,000,000");
        row("en", "{{ 1234|currency('USD') }} {{ '9.5'|currency('CNY') }} {{ -3|currency('EUR') }}",
            "$1,234.00 CN\u00A59.50 -\u20AC3.00");
        row("zh-CN", "{{ 1234|currency('CNY') }} {{ '9.5'|currency('USD') }} {{ 1234.5|currency('JPY') }}",
            "\u00A51,234.00 US$9.50 JP\u00A51,235");
        row("ja-JP", "{{ 1234.5|currency('JPY') }}", "\uFFE51,235");
        row("de-DE", "{{ 1234.5|currency('EUR') }} {{ 1|currency('CHF') }}", "1.234,50\u00A0\u20AC 1,00\u00A0CHF");
        row("en", "{{ 5|currency('CHF') }} {{ 5.5|currency('USD', 0) }}", "CHF\u00A05.00 $6");
        row("en", "{{ at|date }} {{ day|date }}", "November 5, 2026 November 5, 2026");
        row("en-GB", "{{ at|date }}", "5 November 2026");
        row("zh-CN", "{{ at|date }}", "2026\u5E7411\u67085\u65E5");
        row("de", "{{ at|date }}", "2026-11-05");
        row("en", "{{ at|date('%Y-%m-%d %H:%M:%S %j %-d.%-m.%y %e') }}", "2026-11-05 08:30:05 309 5.11.26  5");
        row("en", "{{ at|date('%a %A %b %B %I:%M %p %u %w %%') }}", "Thu Thursday Nov November 08:30 AM 4 4 %");
        row("zh-CN", "{{ at|date('%A') }}", "\u661F\u671F\u56DB");
        row("en", "{{ at|date('%F %T %R %D %s %z %Z') }}", "2026-11-05 08:30:05 08:30 11/05/26 1793867405 +0000 UTC");
        row("en", "{{ at|date('%F %R %z %Z', '+08:00') }}", "2026-11-05 16:30 +0800 UTC+08:00");
        row("en", "{{ at|date('%F %R', tz='Asia/Shanghai') }} {{ at|date('%F %R', 'America/New_York') }}",
            "2026-11-05 16:30 2026-11-05 03:30");
        row("en", "{{ day|date('%F %R', '+08:00') }}", "2026-11-05 00:00");
        row("en", "{{ 0|date('%F') }} {{ -1|date('%F %T') }} {{ 1.9|date('%T') }}",
            "1970-01-01 1969-12-31 23:59:59 00:00:01");
        row("en", "{{ '2024-02-29 23:59+05:30'|date('%F %R %z %s') }}", "2024-02-29 23:59 +0530 1709231340");
        row("en", "{{ '0001-01-01'|date('%Y') }} {{ '9999-12-31'|date('%F') }}", "0001 9999-12-31");
    }
    void writesForTheReadersLocale() {
        QFETCH(std::string, locale);
        QFETCH(std::string, source);
        QFETCH(std::string, text);
        QCOMPARE(textOf(rendered(source, Mode::Text, {locale, false, nullptr})), text);
    }

    void refusesDatesThatAreNone_data() {
        QTest::addColumn<std::string>("expression");
        for (const char* expression :
             {"'2026-02-29'|date", "'2026-13-01'|date", "'2026-1-1'|date", "'2026-01-01T25:00'|date", "''|date",
              "'2026-01-01x'|date", "'0000-01-01'|date", "'2026-01-01T00:00+99:00'|date", "1e300|date", "true|date",
              "none|date", "at|date('%Q')", "at|date('%')", "at|date('%F', '../../etc/passwd')",
              "at|date('%F', 'Mars')", "at|date('%F', '+1')", "at|date(3)|date",
              "'9999-12-31T23:00Z'|date('%F', '+08:00')"})
            QTest::newRow(expression) << std::string{expression};
    }
    void refusesDatesThatAreNone() {
        QFETCH(std::string, expression);
        const std::string fault = faultOf(rendered("{{ " + expression + " }}", Mode::Text));
        QVERIFY2(fault.starts_with("template.value 1:"), fault.c_str());
    }

    void escapesInHtmlOnly() {
        const std::string source = "{{ user.name }}<p>{{ user.name|safe }}{{ 'a\nb<'|nl2br }}";
        QCOMPARE(textOf(rendered(source, Mode::Html)), "Ada &lt;L&gt;<p>Ada <L>a<br>\nb&lt;"s);
        QCOMPARE(textOf(rendered(source, Mode::Text)), "Ada <L><p>Ada <L>a\nb<"s);
        QCOMPARE(textOf(rendered(source, Mode::Subject)), "Ada <L><p>Ada <L>a\nb<"s);
    }

    void seesOnlyWhatIsInTheVariables() {
        const auto compiled = Template::compile("{{ m.items }}{{ m.keys }}{{ m.get }}", Mode::Text);
        QVERIFY(compiled);
        const auto given = json::parse("{\"m\": {\"items\": 1, \"keys\": 2, \"get\": 3}}");
        QCOMPARE(textOf((*compiled)->render(given->get_object())), "123"s);
    }

    void keepsAnIntegerThatFitsNoSignedOneAsItsDigits() {
        QCOMPARE(textOf(rendered("{{ huge }} {{ huge is number }}")), "18446744073709551615 False"s);
    }

    void leavesUndefinedVariablesEmptyIfAsked() {
        const Options options{{}, true, nullptr};
        QCOMPARE(textOf(rendered("[{{ nmae }}{{ user.email }}]", Mode::Html, options)), "[]"s);
        QCOMPARE(faultOf(rendered("{{ nmae.a }}", Mode::Html, options)), "template.undefined 1:8 nmae"s);
    }

    void namesTheStoredTemplateThatFailed() {
        MapPort port;
        port.sources = {
            {"bad", "x\n{% if %}"}, {"wants", "\n {{ nmae }}"}, {"base", "{% block a %}{{ 1 / 0 }}{% endblock %}"}};
        const Options options{{}, false, &port};
        QCOMPARE(faultOf(rendered("{% include 'bad' %}", Mode::Html, options)), "template.syntax 2:7 bad"s);
        QCOMPARE(faultOf(rendered("{% include 'wants' %}", Mode::Html, options)), "template.undefined 2:5 wants nmae"s);
        QCOMPARE(faultOf(rendered("{% extends 'base' %}", Mode::Html, options)), "template.value 1:19 base"s);
        QCOMPARE(faultOf(rendered("{% extends 'base' %}{% block a %}\n{{ nmae }}{{ super() }}{% endblock %}",
                                  Mode::Html, options)),
                 "template.undefined 2:4 nmae"s);
    }

    void passesOnWhatThePortSays() {
        class Broken : public Port {
            Result<std::shared_ptr<const Template>> find(std::string_view, Mode) override {
                return fail(ErrorCode::StorageFailed, "no disk");
            }
        } port;
        const auto result = rendered("{% include 'a' ignore missing %}", Mode::Html, {{}, false, &port});
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::StorageFailed);
    }

    void tellsWhatItNeeds() {
        const auto compiled = Template::compile(
            "{% extends 'base' %}{% include ['b', 'a'] %}{% include user.footer %}{% set x = n %}{{ x ~ y }}"
            "{% for i in list if i > least %}{{ i ~ loop.index ~ z|default(other) }}{% endfor %}{{ i }}",
            Mode::Html);
        QVERIFY2(compiled, compiled ? "" : compiled.error().text().c_str());
        QCOMPARE((*compiled)->references(), (std::vector<std::string>{"a", "b", "base"}));
        QCOMPARE((*compiled)->variables(),
                 (std::vector<std::string>{"i", "least", "list", "n", "other", "user", "y", "z"}));
    }

    void tellsWhatItCantDoWithout_data() {
        QTest::addColumn<std::string>("source");
        QTest::addColumn<std::string>("required");
        const auto row = [](const char* source, const char* required) {
            QTest::newRow(source) << std::string{source} << std::string{required};
        };
        row("{% include 'a' %}{% include 'b' %}{% include 'a' %}", "a;b;");
        row("{% include 'a' ignore missing %}", "");
        row("{% include ['a', 'b'] %}{% include ('b', 'c') %}", "a,b;b,c;");
        row("{% include ['a', 'b'] ignore missing %}", "");
        row("{% include ['a', n] %}{% include n %}{% include [] %}", "");
        row("{% extends 'base' %}{% block a %}{% include 'a' %}{% endblock %}", "a;base;");
        row("{% extends ['a', 'b'] %}", "a,b;");
    }
    void tellsWhatItCantDoWithout() {
        QFETCH(std::string, source);
        QFETCH(std::string, required);
        const auto compiled = Template::compile(source, Mode::Html);
        QVERIFY(compiled);
        std::string told;
        for (const auto& names : (*compiled)->required()) {
            for (const std::string& name : names) told += (&name == &names.front() ? "" : ",") + name;
            told += ';';
        }
        QCOMPARE(told, required);
    }

    void rendersInManyThreadsAtOnce() {
        const auto compiled =
            Template::compile("{% for x in list %}{{ user.name|upper ~ x }}{% endfor %}{{ at|date }}", Mode::Html);
        QVERIFY(compiled);
        const std::string expected = *(*compiled)->render(variables());
        std::vector<int> wrong(4, 0);
        std::vector<std::thread> threads;
        for (int& count : wrong)
            threads.emplace_back([&] {
                for (int i = 0; i < 200; ++i) {
                    const auto text = (*compiled)->render(variables());
                    count += text && *text == expected ? 0 : 1;
                }
            });
        for (std::thread& thread : threads) thread.join();
        QCOMPARE(wrong, std::vector<int>(4, 0));
    }
};

QTEST_APPLESS_MAIN(TestTemplate)
#include "tst_template.moc"
