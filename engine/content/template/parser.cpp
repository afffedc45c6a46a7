// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/template/parser.h"

#include "engine/base/text.h"
#include "engine/content/template/expression_parser.h"

#include <array>

namespace postroom::content::templates {

namespace {

using Kind = Statement::Kind;
using Words = std::initializer_list<std::string_view>;

class Parser {
public:
    explicit Parser(const std::vector<Token>& tokens) : m_walk(tokens), m_expressions(m_walk) {}

    Result<Tree> read() {
        m_tree.body = body({}, true);
        if (!m_walk.failed()) collectBlocks(m_tree.body);
        if (m_walk.failed()) return fail(m_walk.takeFault());
        return std::move(m_tree);
    }

private:
    /// Statements up to a tag that begins with one of the words; it stands at that word then. Without words: all.
    Body body(Words ends, bool isTop = false) {
        const Place start = m_walk.now().place;
        Body found;
        while (!m_walk.failed()) {
            switch (m_walk.now().kind) {
                case Token::Kind::End:
                    if (ends.size() > 0)
                        m_walk.refuse(start, "the tag '" + std::string{*(ends.end() - 1)} + "' is missing");
                    return found;
                case Token::Kind::Data: data(found); break;
                case Token::Kind::OutputBegin: output(found); break;
                default:
                    m_walk.take();
                    for (const std::string_view end : ends)
                        if (m_walk.isName(end)) return found;
                    tag(found, isTop);
            }
        }
        return found;
    }

    Statement& add(Body& to, Kind kind) {
        Statement& statement = to.emplace_back();
        statement.kind = kind;
        statement.place = m_walk.now().place;
        return statement;
    }

    void data(Body& to) { add(to, Kind::Data).text = m_walk.now().text, m_walk.take(); }

    void output(Body& to) {
        m_walk.take();
        Statement& statement = add(to, Kind::Output);
        statement.expressions.push_back(m_expressions.tuple());
        m_walk.expect(Token::Kind::OutputEnd, "'}}'");
    }

    void endTag() { m_walk.expect(Token::Kind::TagEnd, "'%}'"); }

    void tag(Body& to, bool isTop) {
        const TokenWalk::Nesting nesting{m_walk};
        if (m_walk.isName("if")) return branches(add(to, Kind::If));
        if (m_walk.isName("for")) return loop(add(to, Kind::For));
        if (m_walk.isName("set")) return assignment(add(to, Kind::Set));
        if (m_walk.isName("include")) return include(add(to, Kind::Include));
        if (m_walk.isName("block")) return block(add(to, Kind::Block));
        if (m_walk.isName("extends")) return extends(to.size(), isTop);
        if (!m_walk.is(Token::Kind::Name)) return m_walk.refuse("a tag's name is missing before " + m_walk.shown());
        m_walk.refuse("there is no tag " + m_walk.shown() +
                      (isJinja() ? " in this language, as there is in Jinja" : " here"));
    }

    /// Tags of Jinja that are left out on purpose: the message says so.
    [[nodiscard]] bool isJinja() const {
        constexpr std::array names{"macro", "call", "import", "from", "filter", "with", "autoescape", "do", "trans"};
        for (const std::string_view name : names)
            if (m_walk.isName(name)) return true;
        return false;
    }

    void branches(Statement& statement) {
        do {
            m_walk.take();
            statement.expressions.push_back(m_expressions.tuple(true));
            endTag();
            statement.bodies.push_back(body({"elif", "else", "endif"}));
        } while (m_walk.isName("elif"));
        if (m_walk.skipName("else")) {
            endTag();
            statement.bodies.push_back(body({"endif"}));
        }
        m_walk.take();
        endTag();
    }

    void loop(Statement& statement) {
        m_walk.take();
        statement.target = m_expressions.target();
        if (!m_walk.skipName("in")) m_walk.refuse("'in' is missing before " + m_walk.shown());
        statement.expressions.push_back(m_expressions.tuple(true));
        statement.expressions.push_back(m_walk.skipName("if") ? m_expressions.expression() : nullptr);
        if (m_walk.isName("recursive")) m_walk.refuse("loops can't be recursive in this language");
        endTag();
        statement.bodies.push_back(body({"else", "endfor"}));
        if (m_walk.skipName("else")) {
            endTag();
            statement.bodies.push_back(body({"endfor"}));
        }
        m_walk.take();
        endTag();
    }

    void assignment(Statement& statement) {
        m_walk.take();
        statement.target = m_expressions.target();
        if (m_walk.skipSign("=")) {
            statement.expressions.push_back(m_expressions.tuple());
            return endTag();
        }
        statement.kind = Kind::SetBody;
        if (statement.target.name.empty()) m_walk.refuse(statement.target.place, "a body is given to one name");
        statement.steps = m_expressions.filters();
        endTag();
        statement.bodies.push_back(body({"endset"}));
        m_walk.take();
        endTag();
    }

    void include(Statement& statement) {
        m_walk.take();
        statement.expressions.push_back(m_expressions.expression());
        const auto follows = [&](std::string_view word) {
            return m_walk.following().kind == Token::Kind::Name && m_walk.following().text == word;
        };
        if (m_walk.isName("ignore") && follows("missing")) {
            m_walk.take(), m_walk.take();
            statement.ignoresMissing = true;
        }
        if ((m_walk.isName("with") || m_walk.isName("without")) && follows("context")) {
            statement.hasContext = m_walk.isName("with");
            m_walk.take(), m_walk.take();
        }
        endTag();
    }

    void block(Statement& statement) {
        m_walk.take();
        statement.text = m_walk.now().text;
        m_walk.expect(Token::Kind::Name, "the block's name");
        statement.isScoped = m_walk.skipName("scoped");
        statement.isRequired = m_walk.skipName("required");
        endTag();
        const Place start = m_walk.now().place;
        statement.bodies.push_back(body({"endblock"}));
        if (statement.isRequired)
            for (const Statement& inside : statement.bodies[0])
                if (inside.kind != Kind::Data || !trimmed(inside.text).empty())
                    m_walk.refuse(start, "a required block has nothing in it but white space and comments");
        m_walk.take();
        m_walk.skipName(statement.text);
        endTag();
    }

    void extends(std::size_t index, bool isTop) {
        const Place place = m_walk.now().place;
        m_walk.take();
        if (!isTop) m_walk.refuse(place, "'extends' can't stand inside another tag");
        if (m_tree.parent) m_walk.refuse(place, "a template extends one other only");
        m_tree.parent = m_expressions.expression();
        m_tree.parentPlace = place;
        m_tree.parentIndex = index;
        endTag();
    }

    /// The tree is whole: its statements don't move any more.
    void collectBlocks(const Body& statements) {
        for (const Statement& statement : statements) {
            if (statement.kind == Kind::Block && !m_tree.blocks.emplace(statement.text, &statement).second)
                m_walk.refuse(statement.place, "the block '" + statement.text + "' is there twice");
            for (const Body& inside : statement.bodies) collectBlocks(inside);
        }
    }

    TokenWalk m_walk;
    ExpressionParser m_expressions;
    Tree m_tree;
};

}  // namespace

Result<Tree> parseTemplate(std::string_view source) {
    if (source.size() > Limits::Source_bytes)
        return fail(templateFault(BudgetReason, {}, "the template has more than 1 MiB"));
    if (!isValidUtf8(source)) return fail(templateFault(SyntaxReason, {}, "the template is not UTF-8"));
    const std::string text = normalised(source);
    const auto tokens = tokensOf(text);
    if (!tokens) return fail(tokens.error());
    return Parser{*tokens}.read();
}

}  // namespace postroom::content::templates
