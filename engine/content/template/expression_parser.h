// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Tokens to expressions: Jinja's grammar and precedence, whose power binds weaker than a sign and to the left.

#include "engine/content/template/step_parser.h"

namespace postroom::content::templates {

class ExpressionParser {
public:
    explicit ExpressionParser(TokenWalk& walk) : m_walk(walk), m_steps(walk, *this) {}
    ExpressionParser(const ExpressionParser&) = delete;
    ExpressionParser& operator=(const ExpressionParser&) = delete;

    using Made = ExpressionPtr;

    /// One expression, `a if b else c` included.
    [[nodiscard]] Made expression() { return condition(); }
    /// Without a condition at its top: where `if` means something else.
    [[nodiscard]] Made plainExpression() { return any(); }
    /// `a` or `a, b`; with `isPlain` as plainExpression.
    [[nodiscard]] Made tuple(bool isPlain = false, bool mayBeEmpty = false);
    /// `| filter | filter` behind nothing.
    [[nodiscard]] std::vector<Step> filters() { return m_steps.filters(); }
    [[nodiscard]] Target target();
    /// One value with its attributes and items, without a sign, a filter or a test.
    [[nodiscard]] Made operand() { return m_steps.parts(primary()); }
    [[nodiscard]] Made number();

private:
    [[nodiscard]] Made make(Expression::Kind kind) const;
    [[nodiscard]] Made condition();
    [[nodiscard]] Made any();
    [[nodiscard]] Made all();
    [[nodiscard]] Made negation();
    [[nodiscard]] Made comparison();
    [[nodiscard]] Made sum();
    [[nodiscard]] Made concatenation();
    [[nodiscard]] Made product();
    [[nodiscard]] Made power();
    [[nodiscard]] Made sign(bool hasFilters);
    [[nodiscard]] Made primary();
    [[nodiscard]] Made name();
    [[nodiscard]] Made text();
    [[nodiscard]] Made list();
    [[nodiscard]] Made map();
    [[nodiscard]] Made call(Expression::Kind kind, std::size_t least, std::size_t most);

    TokenWalk& m_walk;
    StepParser m_steps;
};

}  // namespace postroom::content::templates
