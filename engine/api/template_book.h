// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The published templates, compiled: what mail is made from without asking the database.
//
// Any thread; a book never changes, a change makes a new one that shares what stayed the same.

#include "engine/content/template/template.h"
#include "engine/contract/templates.h"
#include "engine/store/templates.h"

#include <map>
#include <memory>
#include <string>

namespace postroom::api {

/// One version of a template, ready to be rendered.
struct CompiledTemplate {
    using Part = std::shared_ptr<const content::templates::Template>;  // shared with renderings that are under way
    std::string name;
    int version = 1;
    TimePoint createdAt{};  ///< of the version
    Part subject;
    Part html;  ///< null where there is none; then there is a text
    Part text;  ///< null: made from the HTML
    json::Object sample;

    /// ValidationFailed with a field error for each of subject, html and text that does not compile.
    [[nodiscard]] static Result<std::shared_ptr<const CompiledTemplate>> compile(
        const store::TemplateVersionRecord& record);
    /// Stored templates and variables that any part asks for, sorted.
    [[nodiscard]] std::vector<std::string> references() const;
    [[nodiscard]] std::vector<std::string> variables() const;
};

class TemplateBook {
public:
    /// Of the published versions; what `before` has compiled already is taken over. One that does not compile any more
    /// is left out, with a line in the log.
    [[nodiscard]] static TemplateBook of(const std::vector<store::TemplateVersionRecord>& published,
                                         const TemplateBook& before);

    /// Null if there is none of this name.
    [[nodiscard]] std::shared_ptr<const CompiledTemplate> find(std::string_view name) const;
    /// The names of those that include or extend it.
    [[nodiscard]] std::vector<std::string> usersOf(std::string_view name) const;
    /// What `words` can't do without and the book does not have: a field error each, in the part that asks for it.
    [[nodiscard]] std::vector<FieldError> missingFor(const CompiledTemplate& words) const;

    struct Wish {
        const json::Object& variables;
        std::string_view locale = {};
        bool allowUndefined = false;
        std::int64_t* steps = nullptr;  ///< what all renderings of a request have left; null: each part has its own
    };
    /// Subject, html and text as they would be sent. ValidationFailed: `variables.NAME` for what is undefined, else
    /// `template`, with the part, line and column in the detail.
    [[nodiscard]] Result<contract::RenderedTemplate> render(const CompiledTemplate& words, const Wish& wish) const;

private:
    std::map<std::string, std::shared_ptr<const CompiledTemplate>, std::less<>> m_all;
};

}  // namespace postroom::api
