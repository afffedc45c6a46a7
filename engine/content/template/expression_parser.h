// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Tokens to expressions: Jinja's grammar and precedence, whose power binds weaker than a sign and to the left.

#include "engine/content/template/token_walk.h"

namespace postroom::content::templates {

class ExpressionParser {
public:
    explicit ExpressionParser(TokenWalk& walk) : m_walk(walk) {}

    using Made = ExpressionPtr;

    /// One expression, `a if b else c` included.
    [[nodiscard]] Made expression() { return condition(); }
    /// Without a condition at its top: where `if` means something else.
    [[nodiscard]] Made plainExpression() { return any(); }
    /// `a` or `a, b`; with `isPlain` as plainExpression.
    [[nodiscard]] Made tuple(bool isPlain = false, bool mayBeEmpty = false);
    /// `| filter | filter` behind nothing.
    [[nodiscard]] std::vector<Step> filters();
    [[nodiscard]] Target target();

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
    [[nodiscard]] Made number();
    [[nodiscard]] Made text();
    [[nodiscard]] Made list();
    [[nodiscard]] Made map();
    [[nodiscard]] Made call(Expression::Kind kind, std::size_t least, std::size_t most);
    [[nodiscard]] Made steps(Made base);
    [[nodiscard]] Made filtersAndTests(Made base);
    [[nodiscard]] Step attribute(bool isLoop);
    [[nodiscard]] Step subscript();
    [[nodiscard]] Step filter();
    [[nodiscard]] Step test();
    void arguments(Step& step);

    TokenWalk& m_walk;
};

}  // namespace postroom::content::templates
