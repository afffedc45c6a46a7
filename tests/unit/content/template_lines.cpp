// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// Renders templates for who compares them with another engine (template_differential.py): one JSON object a line in,
// {"source", "variables", "mode": "html"|"text", "templates": {name: source}, "allow_undefined", "locale"}; one a line
// out, {"text"} or {"reason", "detail"}.

#include "engine/content/template/template.h"

#include <iostream>

using namespace postroom;
using namespace postroom::content::templates;

namespace {

class MapPort : public Port {
public:
    explicit MapPort(const json::Object& sources) : m_sources(sources) {}
    Result<std::shared_ptr<const Template>> find(std::string_view name, Mode mode) override {
        if (!m_sources.contains(name)) return nullptr;
        return Template::compile(json::text(m_sources, name), mode);
    }

private:
    const json::Object& m_sources;
};

json::Value answer(const json::Object& question) {
    const auto refused = [](const Error& error) -> json::Value {
        const FieldError field = error.fields.empty() ? FieldError{} : error.fields.front();
        return json::Object{{"reason", field.reason}, {"detail", field.detail}};
    };
    const Mode mode = json::text(question, "mode") == "html" ? Mode::Html : Mode::Text;
    const auto compiled = Template::compile(json::text(question, "source"), mode);
    if (!compiled) return refused(compiled.error());
    MapPort port{json::object(question, "templates")};
    const std::string locale = json::text(question, "locale");
    const Options options{locale, json::boolean(question, "allow_undefined"), &port};
    const auto text = (*compiled)->render(json::object(question, "variables"), options);
    return text ? json::Value(json::Object{{"text", *text}}) : refused(text.error());
}

}  // namespace

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        const auto question = json::parse(line);
        if (!question || !question->is_object()) {
            std::cerr << "not a question: " << line << '\n';
            return 2;
        }
        std::cout << json::serialise(answer(question->get_object())) << '\n';
    }
    return 0;
}
