// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/template/step_parser.h"

#include "engine/content/template/expression_parser.h"
#include "engine/content/template/filters.h"

#include <algorithm>

namespace postroom::content::templates {

namespace {

/// Steps behind a Path go on with it; behind anything else they begin one.
ExpressionPtr withStep(ExpressionPtr base, Step step) {
    if (!base) return base;
    if (base->kind != Expression::Kind::Path) {
        auto path = std::make_unique<Expression>();
        path->kind = Expression::Kind::Path;
        path->place = base->place;
        path->parts.push_back(std::move(base));
        base = std::move(path);
    }
    base->steps.push_back(std::move(step));
    return base;
}

}  // namespace

ExpressionPtr StepParser::parts(ExpressionPtr base) {
    while (!m_walk.failed()) {
        if (m_walk.isSign(".")) {
            base = withStep(std::move(base),
                            attribute(base && base->kind == Expression::Kind::Name && base->text == "loop"));
        } else if (m_walk.isSign("[")) {
            base = withStep(std::move(base), subscript());
        } else {
            if (m_walk.isSign("(")) m_walk.refuse("only range(), super() and loop.cycle() can be called");
            break;
        }
    }
    return base;
}

ExpressionPtr StepParser::filtersAndTests(ExpressionPtr base) {
    while (!m_walk.failed()) {
        if (m_walk.isSign("|"))
            base = withStep(std::move(base), filter());
        else if (m_walk.isName("is"))
            base = withStep(std::move(base), test());
        else
            break;
    }
    if (m_walk.isSign("(")) m_walk.refuse("only range(), super() and loop.cycle() can be called");
    return base;
}

std::vector<Step> StepParser::filters() {
    std::vector<Step> found;
    while (m_walk.isSign("|")) found.push_back(filter());
    return found;
}

Step StepParser::attribute(bool isLoop) {
    Step step;
    step.place = m_walk.take().place;
    if (m_walk.is(Token::Kind::Int)) {
        step.kind = Step::Kind::Item;
        step.arguments.push_back(m_expressions.number());
        return step;
    }
    step.name = m_walk.now().text;
    m_walk.expect(Token::Kind::Name, "a name");
    if (!isLoop || step.name != "cycle" || !m_walk.isSign("(")) return step;
    step.kind = Step::Kind::Cycle;
    m_walk.take();
    while (!m_walk.isSign(")") && !m_walk.failed()) {
        if (!step.arguments.empty()) m_walk.expectSign(",");
        if (m_walk.isSign(")")) break;
        step.arguments.push_back(m_expressions.expression());
    }
    m_walk.expectSign(")");
    if (step.arguments.empty()) m_walk.refuse(step.place, "loop.cycle() takes at least one value");
    return step;
}

Step StepParser::subscript() {
    Step step;
    step.kind = Step::Kind::Item;
    step.place = m_walk.take().place;
    const auto part = [&]() -> ExpressionPtr {
        if (m_walk.isSign(":") || m_walk.isSign("]")) return nullptr;
        return m_expressions.expression();
    };
    if (m_walk.isSign("]")) m_walk.refuse("an index is missing before ']'");
    step.arguments.push_back(part());
    while (step.arguments.size() < 3 && m_walk.skipSign(":")) {
        step.kind = Step::Kind::Slice;
        step.arguments.push_back(part());
    }
    if (step.kind == Step::Kind::Slice) step.arguments.resize(3);
    m_walk.expectSign("]");
    return step;
}

Step StepParser::filter() {
    Step step;
    step.kind = Step::Kind::Filter;
    m_walk.take();
    step.place = m_walk.now().place;
    const std::string name{m_walk.now().text};
    m_walk.expect(Token::Kind::Name, "a filter's name");
    if (m_walk.failed()) return step;
    step.filter = findFilter(name);
    if (step.filter)
        arguments(step);
    else
        m_walk.refuse(step.place, "there is no filter '" + name.substr(0, 64) + "'");
    return step;
}

void StepParser::arguments(Step& step) {
    const Filter& filter = *step.filter;
    const std::size_t most = filter.parameterCount();
    step.arguments.resize(most);
    std::size_t count = 0;
    if (m_walk.skipSign("(")) {
        for (bool isFirst = true; !m_walk.isSign(")") && !m_walk.failed(); isFirst = false) {
            if (!isFirst) m_walk.expectSign(",");
            if (m_walk.isSign(")")) break;
            const Token& token = m_walk.now();
            std::size_t index = count++;
            if (token.kind == Token::Kind::Name && m_walk.following().kind == Token::Kind::Sign &&
                m_walk.following().text == "=") {
                const auto* found = std::find(filter.parameters.begin(), filter.parameters.end(), token.text);
                index = static_cast<std::size_t>(found - filter.parameters.begin());
                count = most;  // nothing without a name may follow
                m_walk.take(), m_walk.take();
            }
            if (index >= most || step.arguments[index])
                return m_walk.refuse(token.place,
                                     "the filter '" + std::string{filter.name} + "' takes no such argument");
            step.arguments[index] = m_expressions.expression();
        }
        m_walk.expectSign(")");
    }
    for (std::size_t i = 0; i < filter.required; ++i)
        if (!step.arguments[i])
            m_walk.refuse(step.place, "the filter '" + std::string{filter.name} + "' needs its argument '" +
                                          std::string{filter.parameters[i]} + "'");
}

Step StepParser::test() {
    Step step;
    step.kind = Step::Kind::Test;
    m_walk.take();
    step.negated = m_walk.skipName("not");
    step.place = m_walk.now().place;
    const std::string name{m_walk.now().text};
    m_walk.expect(Token::Kind::Name, "a test's name");
    if (m_walk.failed()) return step;
    step.trial = findTrial(name);
    if (!step.trial) return m_walk.refuse(step.place, "there is no test '" + name.substr(0, 64) + "'"), std::move(step);
    if (step.trial->hasArgument) {
        if (m_walk.skipSign("(")) {
            step.arguments.push_back(m_expressions.expression());
            m_walk.expectSign(")");
        } else {
            step.arguments.push_back(m_expressions.operand());
        }
    } else if (m_walk.skipSign("(")) {
        m_walk.expectSign(")");
    }
    if (m_walk.isName("is")) m_walk.refuse("two tests behind each other need brackets");
    return step;
}

}  // namespace postroom::content::templates
