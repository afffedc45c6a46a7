// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Values as text, as Python's str() and repr() write them; and the text operations that more than one file needs.

#include "engine/content/template/work.h"

namespace postroom::content::templates {

/// Appends str(value): True, None, 1e+16, [1, 'a']. Undefined is empty, or fails where it must not be used.
void appendText(Work& work, std::string& out, const Value& value);
/// str(value) without a copy where it is text; else it is written into `scratch`.
[[nodiscard]] std::string_view textOf(Work& work, const Value& value, std::string& scratch);
/// A double as repr() writes it, shortest digits that read back: 0.1, 1e+16, inf.
void appendReal(std::string& out, double value);
/// As tojson: keys sorted, ASCII only, < > & ' escaped.
void appendJson(Work& work, std::string& out, const Value& value, int indent, int level = 0);

/// & < > ' " as markupsafe writes them.
void appendEscaped(std::string& out, std::string_view text);
/// Appends str(value), escaped unless it is safe.
void appendEscapedText(Work& work, std::string& out, const Value& value);

/// As string_view::find, in linear time whatever the texts are.
[[nodiscard]] std::size_t findText(std::string_view text, std::string_view piece, std::size_t from);

}  // namespace postroom::content::templates
