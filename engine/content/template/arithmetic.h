// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What operators mean, as in Python: floor division and modulo follow the divisor's sign, / gives a float, ints are
// exact. An int beyond 63 bits is template.budget, an operator between kinds it does not know template.value.

#include "engine/content/template/work.h"

namespace postroom::content::templates {

/// Add to Power.
[[nodiscard]] Value combine(Work& work, Operator sign, const Value& a, const Value& b);
[[nodiscard]] Value negated(Work& work, const Value& value);
/// Equal to NotIn.
[[nodiscard]] bool relates(Work& work, Operator sign, const Value& a, const Value& b);
/// Python's truth of any value; an undefined one is false, or fails.
[[nodiscard]] bool holds(Work& work, const Value& value);

/// int(text, base) and float(text) of Python: blanks around, underscores between digits. Nothing if it is no number; an
/// integer beyond 63 bits fails.
[[nodiscard]] std::optional<std::int64_t> readInteger(Work& work, std::string_view text, int base);
[[nodiscard]] std::optional<double> readReal(std::string_view text);
/// int(value): cut towards 0. Infinite, or beyond 63 bits: fails.
[[nodiscard]] std::int64_t wholeOf(Work& work, double value);

}  // namespace postroom::content::templates
