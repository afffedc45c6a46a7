// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/template_book.h"

#include "engine/base/text.h"
#include "engine/content/plain_text.h"
#include "engine/observe/log.h"

#include <algorithm>
#include <set>

namespace postroom::api {

namespace {

using content::templates::Mode;
using content::templates::Template;

// A book as the templates in it see it: an included template gives the part that is being rendered.
class Shelf final : public content::templates::Port {
public:
    explicit Shelf(const TemplateBook& book) : m_book(book) {}
    [[nodiscard]] Result<std::shared_ptr<const Template>> find(std::string_view name, Mode mode) override {
        const auto found = m_book.find(name);
        if (!found) return nullptr;
        return mode == Mode::Html ? found->html : mode == Mode::Text ? found->text : found->subject;
    }

private:
    const TemplateBook& m_book;
};

struct PartName {
    CompiledTemplate::Part CompiledTemplate::*part;
    std::string store::TemplateVersionRecord::*source;
    const char* name;
    Mode mode;
};
constexpr PartName parts[] = {
    {&CompiledTemplate::subject, &store::TemplateVersionRecord::subject, "subject", Mode::Subject},
    {&CompiledTemplate::html, &store::TemplateVersionRecord::html, "html", Mode::Html},
    {&CompiledTemplate::text, &store::TemplateVersionRecord::text, "text", Mode::Text}};

template <typename Names>
std::vector<std::string> namesIn(const CompiledTemplate& words, Names names) {
    std::set<std::string> all;
    for (const PartName& part : parts)
        if (const auto& compiled = words.*part.part)
            for (const std::string& name : ((*compiled).*names)()) all.insert(name);
    return {all.begin(), all.end()};
}

// Said of the request that asked for the rendering.
Error renderingFailed(Error error, const char* part) {
    const auto paramOf = [&](std::string_view name) {
        const auto found = std::find_if(error.params.begin(), error.params.end(),
                                        [&](const auto& param) { return param.first == name; });
        return found == error.params.end() ? std::string{} : found->second;
    };
    const std::string variable = paramOf("name"), stored = paramOf("template");
    for (FieldError& field : error.fields) {
        const bool isUndefined = field.reason == "template.undefined" && !variable.empty();
        field.field = isUndefined ? "variables." + variable : "template";
        // The line and column are those of the stored template, if it happened in one.
        const std::string where = stored.empty() ? "" : ", in the template " + stored;
        field.detail = std::string("in its ") + part + where + ": " + field.detail;
    }
    if (!error.fields.empty()) error.detail = error.fields.front().field + ": " + error.fields.front().detail;
    return error;
}

}  // namespace

Result<std::shared_ptr<const CompiledTemplate>> CompiledTemplate::compile(const store::TemplateVersionRecord& record) {
    auto made = std::make_shared<CompiledTemplate>();
    made->name = record.name;
    made->version = record.version;
    made->createdAt = record.createdAt;
    if (auto sample = json::parse(record.sample); sample && sample->is_object())
        made->sample = std::move(sample->get_object());
    std::vector<FieldError> faults;
    for (const PartName& part : parts) {
        const std::string& source = record.*part.source;
        if (source.empty() && part.mode != Mode::Subject) continue;
        auto compiled = Template::compile(source, part.mode);
        if (compiled) {
            made.get()->*part.part = std::move(*compiled);
            continue;
        }
        for (FieldError field : compiled.error().fields) {
            field.field = part.name;
            faults.push_back(std::move(field));
        }
    }
    if (faults.empty()) return made;
    return fail(invalidFields(std::move(faults)));
}

std::vector<std::string> CompiledTemplate::references() const {
    return namesIn(*this, &Template::references);
}

std::vector<std::string> CompiledTemplate::variables() const {
    return namesIn(*this, &Template::variables);
}

TemplateBook TemplateBook::of(const std::vector<store::TemplateVersionRecord>& published, const TemplateBook& before) {
    TemplateBook book;
    for (const store::TemplateVersionRecord& record : published) {
        // A name that was removed and made anew begins at version 1 again: the version alone does not tell.
        const auto known = before.find(record.name);
        if (known && known->version == record.version && known->createdAt == record.createdAt) {
            book.m_all.emplace(record.name, known);
            continue;
        }
        auto compiled = CompiledTemplate::compile(record);
        if (compiled)
            book.m_all.emplace(record.name, std::move(*compiled));
        else
            qCWarning(observe::logStore, "template %s, version %d, can't be used: %s", record.name.c_str(),
                      record.version, compiled.error().detail.c_str());
    }
    return book;
}

std::shared_ptr<const CompiledTemplate> TemplateBook::find(std::string_view name) const {
    const auto found = m_all.find(name);
    return found == m_all.end() ? nullptr : found->second;
}

std::vector<std::string> TemplateBook::usersOf(std::string_view name) const {
    std::vector<std::string> users;
    for (const auto& [user, words] : m_all) {
        const auto used = words->references();
        if (user != name && std::find(used.begin(), used.end(), name) != used.end()) users.push_back(user);
    }
    return users;
}

std::vector<FieldError> TemplateBook::missingFor(const CompiledTemplate& words) const {
    std::vector<FieldError> faults;
    Shelf shelf(*this);
    for (const PartName& part : parts) {
        const auto& compiled = words.*part.part;
        if (!compiled) continue;
        const auto isThere = [&](const std::string& name) {
            const auto found = shelf.find(name, part.mode);
            return found && *found;
        };
        for (const std::vector<std::string>& names : compiled->required()) {
            if (std::any_of(names.begin(), names.end(), isThere)) continue;
            std::string any = printable(names.front(), 64);
            for (std::size_t i = 1; i < names.size(); ++i) any += " or " + printable(names[i], 64);
            faults.push_back(
                {part.name, "template.missing", "there is no stored template " + any + " with such a part"});
        }
    }
    return faults;
}

Result<contract::RenderedTemplate> TemplateBook::render(const CompiledTemplate& words, const Wish& wish) const {
    Shelf shelf(*this);
    const content::templates::Options options{
        .locale = wish.locale, .allowUndefined = wish.allowUndefined, .port = &shelf, .steps = wish.steps};
    contract::RenderedTemplate out;
    std::string* const texts[] = {&out.subject, &out.html, &out.text};
    for (std::size_t i = 0; i < std::size(parts); ++i) {
        const auto& compiled = words.*parts[i].part;
        if (!compiled) continue;
        auto rendered = compiled->render(wish.variables, options);
        if (!rendered) return fail(renderingFailed(rendered.error(), parts[i].name));
        *texts[i] = std::move(*rendered);
    }
    if (!words.text) out.text = content::plainTextOf(out.html);
    return out;
}

}  // namespace postroom::api
