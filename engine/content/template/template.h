// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Templates of subjects, html and texts: a part of the Jinja language that can do nothing but make text of what it is
// given (resources/handbook/en/templates.md says which part).
//
// Compiled once to something that never changes and that any number of threads may render at once. No input makes it
// crash, hang or grow: everything is counted in steps (limits.h), so that the same input always ends the same way.

#include "engine/base/result.h"
#include "engine/contract/json.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::content::templates {

enum class Mode {
    Html,    ///< what is put out is escaped, unless it is marked safe
    Text,    ///< nothing is escaped
    Subject  ///< as Text; a Port may have other stored templates for it
};

struct Tree;
class Template;

/// Where `include` and `extends` find stored templates.
class Port {
public:
    virtual ~Port() = default;
    /// The stored template's part for this mode, compiled; null if there is none of this name. An error ends the
    /// rendering with it, params naming the template.
    [[nodiscard]] virtual Result<std::shared_ptr<const Template>> find(std::string_view name, Mode mode) = 0;
};

struct Options {
    std::string_view locale = {};   ///< "zh-CN": for date, number and currency; empty is English
    bool allowUndefined = false;    ///< undefined variables are empty instead of an error, as Jinja's default is
    Port* port = nullptr;           ///< without one there are no stored templates
    std::int64_t* steps = nullptr;  ///< what this and other renderings have left together; null: each has its own
};

class Template {
public:
    ~Template();
    Template(const Template&) = delete;
    Template& operator=(const Template&) = delete;

    /// `source` is UTF-8 of at most 1 MiB. ValidationFailed with one field error, its `field` empty for the caller to
    /// fill, its reason template.syntax or template.budget; params line and column.
    [[nodiscard]] static Result<std::shared_ptr<const Template>> compile(std::string_view source, Mode mode);

    /// The text these variables give, at most 2 MiB of UTF-8. ValidationFailed as above, with the reasons
    /// template.undefined (param name: "order.items[0].price"), template.value, template.budget, template.missing;
    /// param template names the stored template it happened in, if it did not in this one. `variables` must be valid
    /// UTF-8.
    [[nodiscard]] Result<std::string> render(const json::Object& variables, const Options& options = {}) const;

    [[nodiscard]] Mode mode() const { return m_mode; }
    /// Stored templates that include and extends name literally, sorted.
    [[nodiscard]] const std::vector<std::string>& references() const { return m_references; }
    /// Of each of these one at least must be stored for it to render: an include's name, the names of its list.
    [[nodiscard]] const std::vector<std::vector<std::string>>& required() const { return m_required; }
    /// Variables it may ask for, sorted: those of stored templates are not among them.
    [[nodiscard]] const std::vector<std::string>& variables() const { return m_variables; }
    [[nodiscard]] const Tree& tree() const { return *m_tree; }

private:
    Template(Mode mode, std::unique_ptr<const Tree> tree);

    const Mode m_mode;
    const std::unique_ptr<const Tree> m_tree;
    std::vector<std::string> m_references;
    std::vector<std::vector<std::string>> m_required;
    std::vector<std::string> m_variables;
};

}  // namespace postroom::content::templates
