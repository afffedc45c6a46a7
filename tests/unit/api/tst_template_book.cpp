// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/template_book.h"
#include "tests/unit/content/show_strings.h"

using namespace postroom;
using namespace postroom::api;

namespace {

store::TemplateVersionRecord html(const char* name, const char* source) {
    return {.name = name,
            .version = 1,
            .subject = "-",
            .html = source,
            .text = {},
            .sample = "{}",
            .createdAt = {},
            .createdBy = {}};
}

TemplateBook book() {
    return TemplateBook::of({html("footer", "<hr>\n {{ sender }}"), html("broken", "\n{{ 1 / 0 }}"),
                             html("layout", "{% block a %}{% endblock %}"), html("uses", "{% include 'footer' %}"),
                             html("may use", "{% include ['gone', 'footer'] ignore missing %}")},
                            {});
}

}  // namespace

class TestTemplateBook : public QObject {
    Q_OBJECT

private slots:
    void asksForWhatATemplateCantDoWithout_data() {
        QTest::addColumn<std::string>("source");
        QTest::addColumn<std::string>("missing");
        const auto row = [](const char* source, const char* missing) {
            QTest::newRow(source) << std::string{source} << std::string{missing};
        };
        row("{% include 'footer' %}{% extends 'layout' %}", "");
        row("{% include 'gone' %}", "there is no stored template gone with such a part");
        row("{% include 'gone' ignore missing %}", "");
        row("{% include ['gone', 'footer'] %}", "");
        row("{% include ['gone', 'lost'] %}", "there is no stored template gone or lost with such a part");
        row("{% include ['gone', 'lost'] ignore missing %}", "");
        row("{% include ['gone', other] %}", "");
        row("{% extends 'gone' %}", "there is no stored template gone with such a part");
    }
    void asksForWhatATemplateCantDoWithout() {
        QFETCH(std::string, source);
        QFETCH(std::string, missing);
        const auto words = CompiledTemplate::compile(html("new", source.c_str()));
        QVERIFY(words);
        const auto faults = book().missingFor(**words);
        QCOMPARE(faults.size(), missing.empty() ? std::size_t{0} : std::size_t{1});
        if (faults.empty()) return;
        QCOMPARE(faults[0].field, std::string{"html"});
        QCOMPARE(faults[0].reason, std::string{"template.missing"});
        QCOMPARE(faults[0].detail, missing);
    }

    void knowsWhoUsesATemplateIfOnlyPerhaps() {
        QCOMPARE(book().usersOf("footer"), (std::vector<std::string>{"may use", "uses"}));
    }

    void saysInWhichTemplateItWent_data() {
        QTest::addColumn<std::string>("source");
        QTest::addColumn<std::string>("fault");
        const auto row = [](const char* source, const char* fault) {
            QTest::newRow(source) << std::string{source} << std::string{fault};
        };
        row("{{ sender }}", "variables.sender: in its html: line 1, column 4: sender is undefined");
        row("{% include 'footer' %}",
            "variables.sender: in its html, in the template footer: line 2, column 5: sender is undefined");
        row("\n\n{% include 'broken' %}",
            "template: in its html, in the template broken: line 2, column 6: division by zero");
        row("{% include 'g' ~ 'one' %}",
            "template: in its html: line 1, column 4: there is no stored template 'gone' to include");
    }
    void saysInWhichTemplateItWent() {
        QFETCH(std::string, source);
        QFETCH(std::string, fault);
        const auto words = CompiledTemplate::compile(html("new", source.c_str()));
        QVERIFY(words);
        const json::Object none;
        const auto rendered = book().render(**words, {.variables = none});
        QVERIFY(!rendered);
        QCOMPARE(rendered.error().detail, fault);
    }
};

QTEST_APPLESS_MAIN(TestTemplateBook)
#include "tst_template_book.moc"
