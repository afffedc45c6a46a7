// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/template/parser.h"

#include <unordered_map>

namespace postroom::content::templates {

namespace {

/// Walks as the renderer would if every branch were taken: a name is needed unless it was set on the way.
class Survey {
public:
    explicit Survey(Needs& needs) : m_needs(needs) {}

    void look(const Body& body) {
        for (const Statement& statement : body) look(statement);
    }
    void lookAt(const Expression* expression) {
        if (!expression) return;
        if (expression->kind == Expression::Kind::Name && m_counts[expression->text] == 0)
            m_needs.variables.insert(expression->text);
        for (const ExpressionPtr& part : expression->parts) lookAt(part.get());
        look(expression->steps);
    }
    void lookAtTemplate(const Expression* name, bool isRequired) {
        lookAt(name);
        if (!name) return;
        const bool isList = name->kind == Expression::Kind::List || name->kind == Expression::Kind::Tuple;
        const std::size_t count = isList ? name->parts.size() : 1;
        std::vector<std::string> literal;
        for (std::size_t i = 0; i < count; ++i) {
            const Expression& one = isList ? *name->parts[i] : *name;
            if (one.kind == Expression::Kind::Text) literal.push_back(one.text);
        }
        m_needs.templates.insert(literal.begin(), literal.end());
        if (isRequired && !literal.empty() && literal.size() == count) m_needs.required.insert(std::move(literal));
    }

private:
    void look(const std::vector<Step>& steps) {
        for (const Step& step : steps)
            for (const ExpressionPtr& argument : step.arguments) lookAt(argument.get());
    }

    void know(const Target& target) {
        if (!target.name.empty()) know(target.name);
        for (const Target& part : target.parts) know(part);
    }
    void know(const std::string& name) {
        m_known.push_back(name);
        ++m_counts[name];
    }
    void forget(std::size_t known) {
        for (; m_known.size() > known; m_known.pop_back()) --m_counts[m_known.back()];
    }

    void look(const Statement& statement) {
        switch (statement.kind) {
            case Statement::Kind::For: return loop(statement);
            case Statement::Kind::Include:
                return lookAtTemplate(statement.expressions[0].get(), !statement.ignoresMissing);
            default: break;
        }
        for (const ExpressionPtr& expression : statement.expressions) lookAt(expression.get());
        look(statement.steps);
        const std::size_t known = m_known.size();
        for (const Body& body : statement.bodies) look(body);
        if (statement.kind == Statement::Kind::Block || statement.kind == Statement::Kind::SetBody) forget(known);
        if (statement.kind == Statement::Kind::Set || statement.kind == Statement::Kind::SetBody)
            know(statement.target);
    }

    void loop(const Statement& statement) {
        lookAt(statement.expressions[0].get());
        const std::size_t known = m_known.size();
        know(statement.target);
        lookAt(statement.expressions[1].get());
        know(std::string{"loop"});
        look(statement.bodies[0]);
        forget(known);
        if (statement.bodies.size() > 1) look(statement.bodies[1]);
        forget(known);
    }

    Needs& m_needs;
    std::vector<std::string> m_known;  // in the order they were set
    std::unordered_map<std::string, int> m_counts;
};

}  // namespace

Needs needsOf(const Tree& tree) {
    Needs needs;
    Survey survey{needs};
    survey.look(tree.body);
    survey.lookAtTemplate(tree.parent.get(), true);
    return needs;
}

}  // namespace postroom::content::templates
