// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Tokens to steps: what stands behind a value, `.name`, `[item]`, `| filter(...)`, `is test(...)`.

#include "engine/content/template/token_walk.h"

namespace postroom::content::templates {

class ExpressionParser;

class StepParser {
public:
    /// Reads what stands inside the steps with `expressions`.
    StepParser(TokenWalk& walk, ExpressionParser& expressions) : m_walk(walk), m_expressions(expressions) {}

    /// The value with the attributes, items and slices that follow.
    [[nodiscard]] ExpressionPtr parts(ExpressionPtr base);
    /// The value with the filters and tests that follow.
    [[nodiscard]] ExpressionPtr filtersAndTests(ExpressionPtr base);
    /// `| filter | filter` behind nothing.
    [[nodiscard]] std::vector<Step> filters();

private:
    [[nodiscard]] Step attribute(bool isLoop);
    [[nodiscard]] Step subscript();
    [[nodiscard]] Step filter();
    [[nodiscard]] Step test();
    void arguments(Step& step);

    TokenWalk& m_walk;
    ExpressionParser& m_expressions;
};

}  // namespace postroom::content::templates
