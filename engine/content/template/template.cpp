// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/template/template.h"

#include "engine/content/template/parser.h"
#include "engine/content/template/renderer.h"

namespace postroom::content::templates {

Template::Template(Mode mode, std::unique_ptr<const Tree> tree) : m_mode(mode), m_tree(std::move(tree)) {
    const Needs needs = needsOf(*m_tree);
    m_references.assign(needs.templates.begin(), needs.templates.end());
    m_required.assign(needs.required.begin(), needs.required.end());
    m_variables.assign(needs.variables.begin(), needs.variables.end());
}

Template::~Template() = default;

Result<std::shared_ptr<const Template>> Template::compile(std::string_view source, Mode mode) {
    auto tree = parseTemplate(source);
    if (!tree) return fail(std::move(tree.error()));
    auto kept = std::make_unique<const Tree>(std::move(*tree));
    return std::shared_ptr<const Template>{new Template{mode, std::move(kept)}};
}

Result<std::string> Template::render(const json::Object& variables, const Options& options) const {
    return Renderer{*this, variables, options}.render();
}

}  // namespace postroom::content::templates
