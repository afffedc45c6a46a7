// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Source to Tree. Any thread; pure; in steps and stack bounded by the source's size and Limits.

#include "engine/base/result.h"
#include "engine/content/template/tree.h"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::content::templates {

/// Reads a template. template.syntax or template.budget, with line and column.
[[nodiscard]] Result<Tree> parseTemplate(std::string_view source);

/// What a tree asks for from outside.
struct Needs {
    std::set<std::string> templates{};  ///< named literally by include and extends
    /// Of each of these one at least must be there: the only one, or those of a list, where a missing one isn't ignored
    /// and all are named literally.
    std::set<std::vector<std::string>> required{};
    std::set<std::string> variables{};  ///< names that nothing in the template itself has set before
};
[[nodiscard]] Needs needsOf(const Tree& tree);

}  // namespace postroom::content::templates
