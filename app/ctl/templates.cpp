// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/ctl/arguments.h"
#include "app/ctl/pages.h"
#include "app/ctl/table.h"

namespace postroom::ctl {

namespace {

using contract::Template;

struct PutOptions {
    std::string name, subject, htmlFile, textFile, sampleFile;
    bool isDraft = false;
};

struct RenderOptions {
    std::string name, data, locale, part;
    int version = 0;
    bool allowUndefined = false;
};

// Line by line: what a template says may hold anything.
void print(Console& console, const char* name, std::string_view content) {
    if (content.empty()) return;
    console.output().line(name);
    while (!content.empty()) {
        const std::string_view line = content.substr(0, content.find('\n'));
        content.remove_prefix(std::min(content.size(), line.size() + 1));
        console.output().line(text(line, line.size()));
    }
}

Exit list(Console& console) {
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    const auto all = allOf<Template>([&](const client::PageQuery& page) { return (*engine)->templates(page); });
    if (!all) return console.failed(all.error());
    console.output().document(json::Object{{"items", contract::toJson(*all)}});
    Table table({"NAME", "VERSION", "LATEST", "CHANGED"});
    for (const Template& one : *all)
        table.add({one.name, std::to_string(one.version), std::to_string(one.latestVersion), timeText(one.updatedAt)});
    table.print(console.output(), "No templates yet: postroomctl templates put NAME --subject S --html FILE");
    return Exit::Ok;
}

void say(Console& console, const Template& one) {
    console.output().document(contract::toJson(one));
    console.output().line(text(one.name) + ": version " + std::to_string(one.version) + " is published, " +
                          std::to_string(one.latestVersion) + " is the latest.");
}

Exit show(Console& console, const std::string& name) {
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    const auto one = Console::wait((*engine)->storedTemplate(name));
    if (!one) return console.failed(one.error());
    say(console, *one);
    console.output().line("Subject: " + text(one->subject, 4000));
    print(console, "HTML:", one->html);
    print(console, "Text:", one->text);
    return Exit::Ok;
}

Result<json::Object> wordsOf(const PutOptions& options) {
    if (options.htmlFile.empty() && options.textFile.empty())
        return fail(ErrorCode::ConfigInvalid, "give a --html or a --text file");
    json::Object body{{"subject", options.subject}};
    for (const auto& [member, file] : {std::pair{"html", &options.htmlFile}, std::pair{"text", &options.textFile}}) {
        if (file->empty()) continue;
        auto content = readContent(*file);
        if (!content) return fail(content.error());
        body[member] = std::move(*content);
    }
    if (options.sampleFile.empty()) return body;
    const auto content = readContent(options.sampleFile);
    if (!content) return fail(content.error());
    auto sample = json::parse(*content);
    if (!sample || !sample->is_object())
        return fail(ErrorCode::ConfigInvalid, "the --sample file must hold a JSON object");
    body["sample"] = std::move(*sample);
    return body;
}

// A new template or a new version: whoever keeps templates beside the program need not know which.
Exit put(Console& console, const PutOptions& options) {
    auto body = wordsOf(options);
    if (!body) return console.unread(body.error());
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    json::Object next = *body;
    next["publish"] = !options.isDraft;
    auto done = Console::wait((*engine)->putTemplate(options.name, std::move(next)));
    if (!done && done.error().code == ErrorCode::NotFound) {
        if (options.isDraft)
            return console.output().misused(
                invalidField("--draft", "field.not_allowed", "the first version is always published"));
        (*body)["name"] = options.name;
        done = Console::wait((*engine)->createTemplate(std::move(*body)));
    }
    if (!done) return console.failed(done.error());
    say(console, *done);
    return Exit::Ok;
}

Exit render(Console& console, const RenderOptions& options) {
    json::Object body;
    if (!options.data.empty()) {
        auto variables = json::parse(options.data);
        if (!variables || !variables->is_object())
            return console.unread({.code = ErrorCode::ConfigInvalid, .detail = "--data wants a JSON object"});
        body["variables"] = std::move(*variables);
    }
    if (!options.locale.empty()) body["locale"] = options.locale;
    if (options.version > 0) body["version"] = options.version;
    if (options.allowUndefined) body["allow_undefined"] = true;
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    const auto rendered = Console::wait((*engine)->renderTemplate(options.name, std::move(body)));
    if (!rendered) return console.failed(rendered.error());
    console.output().document(contract::toJson(*rendered));
    const std::string& part = options.part == "html" ? rendered->html : rendered->text;
    console.output().line("Subject: " + text(rendered->subject, 4000));
    print(console, options.part == "html" ? "HTML:" : "Text:", part);
    return Exit::Ok;
}

Exit publish(Console& console, const std::string& name, int version) {
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    const auto done = Console::wait((*engine)->publishTemplate(name, version));
    if (!done) return console.failed(done.error());
    say(console, *done);
    return Exit::Ok;
}

Exit remove(Console& console, const std::string& name) {
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    if (const auto done = Console::wait((*engine)->removeTemplate(name)); !done) return console.failed(done.error());
    console.output().document(json::Object{{"removed", name}});
    console.output().line("Removed " + text(name) + " with all its versions.");
    return Exit::Ok;
}

void addRender(CLI::App& templates, Action& chosen) {
    auto options = std::make_shared<RenderOptions>();
    CLI::App* verb = addVerb(templates, chosen, "render", "Show what a template makes of variables; sends nothing",
                             [options](Console& console) { return render(console, *options); });
    verb->add_option("name", options->name, "The template")->required();
    verb->add_option("--data", options->data, "Its variables; else its sample")->type_name("JSON");
    verb->add_option("--locale", options->locale, "Of dates and numbers")->type_name("TAG");
    verb->add_option("--version", options->version, "Another version than the published one")
        ->check(CLI::PositiveNumber)
        ->type_name("N");
    verb->add_option("--part", options->part, "Which to print beside the subject")
        ->check(CLI::IsMember({"html", "text"}))
        ->type_name("html|text");
    verb->add_flag("--allow-undefined", options->allowUndefined, "Variables that are not given are empty");
}

}  // namespace

void addTemplates(CLI::App& root, Action& chosen) {
    CLI::App* templates = addNoun(root, "templates", "Stored templates");
    addVerb(*templates, chosen, "list", "Show all of them", [](Console& console) { return list(console); });
    const auto named = [&](const char* verb, const char* description, Exit (*act)(Console&, const std::string&)) {
        auto name = std::make_shared<std::string>();
        addVerb(*templates, chosen, verb, description, [name, act](Console& console) { return act(console, *name); })
            ->add_option("name", *name, "The template")
            ->required();
    };
    named("show", "Show what the published version says", show);
    {
        auto options = std::make_shared<PutOptions>();
        CLI::App* verb = addVerb(*templates, chosen, "put", "Store a template, or its next version, and publish it",
                                 [options](Console& console) { return put(console, *options); });
        verb->add_option("name", options->name, "Its name")->required();
        verb->add_option("--subject", options->subject, "The subject")->required()->type_name("TEXT");
        verb->add_option("--html", options->htmlFile, "File with the HTML, - for standard input")->type_name("FILE");
        verb->add_option("--text", options->textFile, "File with the plain text; else made from the HTML")
            ->type_name("FILE");
        verb->add_option("--sample", options->sampleFile, "File with variables to try it with, a JSON object")
            ->type_name("FILE");
        verb->add_flag("--draft", options->isDraft, "Keep the new version without publishing it");
    }
    addRender(*templates, chosen);
    {
        auto name = std::make_shared<std::string>();
        auto version = std::make_shared<int>(0);
        CLI::App* verb = addVerb(*templates, chosen, "publish", "Make mail from another version, older or newer",
                                 [name, version](Console& console) { return publish(console, *name, *version); });
        verb->add_option("name", *name, "The template")->required();
        verb->add_option("version", *version, "The version")->required()->check(CLI::PositiveNumber);
    }
    named("remove", "Remove a template with all its versions", remove);
}

}  // namespace postroom::ctl
