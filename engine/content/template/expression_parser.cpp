// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/template/expression_parser.h"

#include "engine/content/template/arithmetic.h"

#include <algorithm>
#include <array>

namespace postroom::content::templates {

namespace {

using Kind = Expression::Kind;
using Made = ExpressionParser::Made;

bool isWord(std::string_view name) {
    constexpr std::array words{"and", "or", "not", "if", "elif", "else", "in", "is"};
    return std::find(words.begin(), words.end(), name) != words.end();
}

std::optional<Operator> comparisonSign(std::string_view sign) {
    if (sign == "==") return Operator::Equal;
    if (sign == "!=") return Operator::NotEqual;
    if (sign == "<") return Operator::Less;
    if (sign == "<=") return Operator::LessEqual;
    if (sign == ">") return Operator::Greater;
    if (sign == ">=") return Operator::GreaterEqual;
    return std::nullopt;
}

}  // namespace

Made ExpressionParser::make(Kind kind) const {
    auto made = std::make_unique<Expression>();
    made->kind = kind;
    made->place = m_walk.now().place;
    return made;
}

Made ExpressionParser::condition() {
    const TokenWalk::Nesting nesting{m_walk};
    Made value = any();
    for (int chained = 0; m_walk.skipName("if"); ++chained) {
        if (m_walk.depth() + chained > Limits::Depth)
            m_walk.refuse(m_walk.now().place, "too many conditions behind each other", BudgetReason);
        Made made = make(Kind::Condition);
        made->parts.push_back(any());
        made->parts.push_back(std::move(value));
        made->parts.push_back(m_walk.skipName("else") ? condition() : nullptr);
        value = std::move(made);
    }
    return value;
}

Made ExpressionParser::any() {
    Made first = all();
    if (!m_walk.isName("or")) return first;
    Made made = make(Kind::Or);
    made->parts.push_back(std::move(first));
    while (m_walk.skipName("or")) made->parts.push_back(all());
    return made;
}

Made ExpressionParser::all() {
    Made first = negation();
    if (!m_walk.isName("and")) return first;
    Made made = make(Kind::And);
    made->parts.push_back(std::move(first));
    while (m_walk.skipName("and")) made->parts.push_back(negation());
    return made;
}

Made ExpressionParser::negation() {
    if (!m_walk.isName("not")) return comparison();
    const TokenWalk::Nesting nesting{m_walk};
    Made made = make(Kind::Not);
    m_walk.take();
    made->parts.push_back(negation());
    return made;
}

Made ExpressionParser::comparison() {
    Made first = sum();
    Made made;
    while (true) {
        const Place place = m_walk.now().place;
        std::optional<Operator> sign;
        if (m_walk.is(Token::Kind::Sign)) sign = comparisonSign(m_walk.now().text);
        if (m_walk.isName("in")) sign = Operator::In;
        if (m_walk.isName("not") && m_walk.following().kind == Token::Kind::Name && m_walk.following().text == "in") {
            sign = Operator::NotIn;
            m_walk.take();
        }
        if (!sign) return made ? std::move(made) : std::move(first);
        m_walk.take();
        if (!made) {
            made = make(Kind::Compare);
            made->place = place;
            made->parts.push_back(std::move(first));
        }
        made->operators.push_back(*sign);
        made->parts.push_back(sum());
    }
}

Made ExpressionParser::sum() {
    Made first = concatenation();
    if (!m_walk.isSign("+") && !m_walk.isSign("-")) return first;
    Made made = make(Kind::Chain);
    made->parts.push_back(std::move(first));
    while (m_walk.isSign("+") || m_walk.isSign("-")) {
        made->operators.push_back(m_walk.take().text == "+" ? Operator::Add : Operator::Subtract);
        made->parts.push_back(concatenation());
    }
    return made;
}

Made ExpressionParser::concatenation() {
    Made first = product();
    if (!m_walk.isSign("~")) return first;
    Made made = make(Kind::Concat);
    made->parts.push_back(std::move(first));
    while (m_walk.skipSign("~")) made->parts.push_back(product());
    return made;
}

Made ExpressionParser::product() {
    const auto sign = [&]() -> std::optional<Operator> {
        if (m_walk.isSign("*")) return Operator::Multiply;
        if (m_walk.isSign("/")) return Operator::Divide;
        if (m_walk.isSign("//")) return Operator::FloorDivide;
        if (m_walk.isSign("%")) return Operator::Modulo;
        return std::nullopt;
    };
    Made first = power();
    if (!sign()) return first;
    Made made = make(Kind::Chain);
    made->parts.push_back(std::move(first));
    while (const auto found = sign()) {
        m_walk.take();
        made->operators.push_back(*found);
        made->parts.push_back(power());
    }
    return made;
}

Made ExpressionParser::power() {
    Made first = sign(true);
    if (!m_walk.isSign("**")) return first;
    Made made = make(Kind::Chain);
    made->parts.push_back(std::move(first));
    while (m_walk.skipSign("**")) {
        made->operators.push_back(Operator::Power);
        made->parts.push_back(sign(true));
    }
    return made;
}

Made ExpressionParser::sign(bool hasFilters) {
    Made made;
    if (m_walk.isSign("-") || m_walk.isSign("+")) {
        const TokenWalk::Nesting nesting{m_walk};
        made = make(m_walk.isSign("-") ? Kind::Minus : Kind::Plus);
        m_walk.take();
        made->parts.push_back(sign(false));
    } else {
        made = primary();
    }
    made = m_steps.parts(std::move(made));
    return hasFilters ? m_steps.filtersAndTests(std::move(made)) : std::move(made);
}

Made ExpressionParser::primary() {
    switch (m_walk.now().kind) {
        case Token::Kind::Name: return name();
        case Token::Kind::Text: return text();
        case Token::Kind::Int:
        case Token::Kind::Float: return number();
        default: break;
    }
    if (m_walk.isSign("[")) return list();
    if (m_walk.isSign("{")) return map();
    if (m_walk.skipSign("(")) {
        Made made = tuple(false, true);
        m_walk.expectSign(")");
        return made;
    }
    m_walk.refuse("a value is missing before " + m_walk.shown());
    return nullptr;
}

Made ExpressionParser::name() {
    const std::string_view word = m_walk.now().text;
    const bool isCalled = m_walk.following().kind == Token::Kind::Sign && m_walk.following().text == "(";
    if (isCalled && word == "range") return call(Kind::Range, 1, 3);
    if (isCalled && word == "super") return call(Kind::Super, 0, 0);
    Made made = make(Kind::Name);
    if (word == "true" || word == "True")
        made->kind = Kind::True;
    else if (word == "false" || word == "False")
        made->kind = Kind::False;
    else if (word == "none" || word == "None")
        made->kind = Kind::None;
    else if (isWord(word))
        m_walk.refuse("a value is missing before " + m_walk.shown());
    made->text = word;
    m_walk.take();
    return made;
}

Made ExpressionParser::call(Kind kind, std::size_t least, std::size_t most) {
    Made made = make(kind);
    const std::string name{m_walk.take().text};
    m_walk.take();
    while (!m_walk.isSign(")") && !m_walk.failed()) {
        if (!made->parts.empty()) m_walk.expectSign(",");
        if (m_walk.isSign(")")) break;
        made->parts.push_back(expression());
    }
    m_walk.expectSign(")");
    if (made->parts.size() < least || made->parts.size() > most)
        m_walk.refuse(made->place, name + "() takes " + (most == 0 ? "nothing" : "one to three numbers"));
    return made;
}

Made ExpressionParser::number() {
    Made made = make(m_walk.is(Token::Kind::Int) ? Kind::Int : Kind::Float);
    const Token& token = m_walk.take();
    Work work{false, false, {}};
    if (made->kind == Kind::Float)
        made->real = readReal(token.text).value_or(0);
    else
        made->integer = readInteger(work, token.text, 0).value_or(0);
    if (work.failed()) m_walk.refuse(made->place, "this integer is beyond 63 bits", BudgetReason);
    return made;
}

Made ExpressionParser::text() {
    Made made = make(Kind::Text);
    // Texts behind each other are one, as in C.
    while (m_walk.is(Token::Kind::Text)) {
        const Token& token = m_walk.take();
        const auto meaning = literalText(token.text);
        if (meaning)
            made->text += *meaning;
        else
            m_walk.refuse(token.place, "this text has a broken escape");
    }
    return made;
}

Made ExpressionParser::list() {
    Made made = make(Kind::List);
    m_walk.take();
    while (!m_walk.isSign("]") && !m_walk.failed()) {
        if (!made->parts.empty()) m_walk.expectSign(",");
        if (m_walk.isSign("]")) break;
        made->parts.push_back(expression());
    }
    m_walk.expectSign("]");
    return made;
}

Made ExpressionParser::map() {
    Made made = make(Kind::Map);
    m_walk.take();
    while (!m_walk.isSign("}") && !m_walk.failed()) {
        if (!made->parts.empty()) m_walk.expectSign(",");
        if (m_walk.isSign("}")) break;
        made->parts.push_back(expression());
        m_walk.expectSign(":");
        made->parts.push_back(expression());
    }
    m_walk.expectSign("}");
    return made;
}

Made ExpressionParser::tuple(bool isPlain, bool mayBeEmpty) {
    Made made = make(Kind::Tuple);
    const auto ends = [&] {
        return m_walk.is(Token::Kind::OutputEnd) || m_walk.is(Token::Kind::TagEnd) || m_walk.isSign(")") ||
               m_walk.failed();
    };
    bool isTuple = false;
    while (true) {
        if (!made->parts.empty()) m_walk.expectSign(",");
        if (ends()) break;
        made->parts.push_back(isPlain ? plainExpression() : expression());
        if (!m_walk.isSign(",")) break;
        isTuple = true;
    }
    if (isTuple || m_walk.failed()) return made;
    if (!made->parts.empty()) return std::move(made->parts[0]);
    if (!mayBeEmpty) m_walk.refuse("a value is missing before " + m_walk.shown());
    return made;
}

Target ExpressionParser::target() {
    const TokenWalk::Nesting nesting{m_walk};
    Target all;
    all.place = m_walk.now().place;
    bool isTuple = false;
    const auto ends = [&] {
        return m_walk.isName("in") || m_walk.isSign("=") || m_walk.isSign(")") || m_walk.is(Token::Kind::TagEnd);
    };
    while (!m_walk.failed()) {
        if (isTuple && ends()) break;
        if (m_walk.skipSign("(")) {
            all.parts.push_back(target());
            m_walk.expectSign(")");
        } else {
            Target one;
            one.place = m_walk.now().place;
            one.name = m_walk.now().text;
            constexpr std::array taken{"true", "false", "none", "True", "False", "None", "loop", "super", "range"};
            if (isWord(one.name) || std::find(taken.begin(), taken.end(), one.name) != taken.end())
                m_walk.refuse("'" + one.name + "' can't be given a value");
            m_walk.expect(Token::Kind::Name, "a name");
            all.parts.push_back(std::move(one));
        }
        if (!m_walk.skipSign(",")) break;
        isTuple = true;
    }
    if (!isTuple && all.parts.size() == 1) {
        Target only = std::move(all.parts[0]);
        return only;
    }
    return all;
}

}  // namespace postroom::content::templates
