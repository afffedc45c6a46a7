// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// How a template fails: ValidationFailed with one field error, whose field the caller fills in ("html", "subject").
//
// Its params say where: line, column, template (a stored one's name; absent for the template that was rendered) and
// for template.undefined the name.

#include "engine/base/result.h"
#include "engine/content/template/tree.h"

namespace postroom::content::templates {

inline constexpr std::string_view SyntaxReason = "template.syntax";        ///< it can't be read
inline constexpr std::string_view UndefinedReason = "template.undefined";  ///< a variable that has no value is used
inline constexpr std::string_view ValueReason = "template.value";          ///< a value is of the wrong kind
inline constexpr std::string_view BudgetReason = "template.budget";        ///< more than Limits allow
inline constexpr std::string_view MissingReason = "template.missing";      ///< no stored template of this name

/// "line 3, column 7: ..."
[[nodiscard]] inline Error templateFault(std::string_view reason, const Place& place, const std::string& detail) {
    const std::string line = std::to_string(place.line), column = std::to_string(place.column);
    Error error = invalidField({}, std::string{reason}, "line " + line + ", column " + column + ": " + detail);
    error.params = {{"line", line}, {"column", column}};
    return error;
}

}  // namespace postroom::content::templates
