// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A walk through the tokens of one source that keeps the first fault. After a fault it stands at the end, so that every
// loop over tokens stops; what the parsers return then is never used.

#include "engine/content/template/fault.h"
#include "engine/content/template/lexer.h"
#include "engine/content/template/limits.h"

#include <algorithm>
#include <optional>

namespace postroom::content::templates {

class TokenWalk {
public:
    /// The last token is an End.
    explicit TokenWalk(const std::vector<Token>& tokens) : m_tokens(tokens) {}

    [[nodiscard]] const Token& now() const { return m_tokens[m_at]; }
    [[nodiscard]] const Token& following() const { return m_tokens[std::min(m_at + 1, m_tokens.size() - 1)]; }
    [[nodiscard]] bool is(Token::Kind kind) const { return now().kind == kind; }
    [[nodiscard]] bool isSign(std::string_view sign) const { return is(Token::Kind::Sign) && now().text == sign; }
    [[nodiscard]] bool isName(std::string_view name) const { return is(Token::Kind::Name) && now().text == name; }

    const Token& take() {
        const Token& token = now();
        if (m_at + 1 < m_tokens.size()) ++m_at;
        return token;
    }
    bool skipSign(std::string_view sign) { return isSign(sign) && (take(), true); }
    bool skipName(std::string_view name) { return isName(name) && (take(), true); }
    void expectSign(std::string_view sign) {
        if (!skipSign(sign)) refuse("'" + std::string{sign} + "' is missing before " + shown());
    }
    void expect(Token::Kind kind, const char* what) {
        if (is(kind))
            take();
        else
            refuse(std::string{what} + " is missing before " + shown());
    }

    /// The token that stands here, for messages.
    [[nodiscard]] std::string shown() const;
    void refuse(const std::string& detail) { refuse(now().place, detail); }
    void refuse(const Place& place, const std::string& detail, std::string_view reason = SyntaxReason) {
        if (!m_fault) m_fault = templateFault(reason, place, detail);
        m_at = m_tokens.size() - 1;
    }
    [[nodiscard]] bool failed() const { return m_fault.has_value(); }
    [[nodiscard]] Error takeFault() { return std::move(*m_fault); }

    /// Counts one thing inside another as long as it lives.
    class Nesting {
    public:
        explicit Nesting(TokenWalk& walk) : m_walk(walk) {
            if (++m_walk.m_depth > Limits::Depth)
                m_walk.refuse(m_walk.now().place,
                              "more than " + std::to_string(Limits::Depth) + " brackets or tags inside each other",
                              BudgetReason);
        }
        ~Nesting() { --m_walk.m_depth; }
        Nesting(const Nesting&) = delete;
        Nesting& operator=(const Nesting&) = delete;

    private:
        TokenWalk& m_walk;
    };
    [[nodiscard]] int depth() const { return m_depth; }

private:
    const std::vector<Token>& m_tokens;
    std::size_t m_at = 0;
    int m_depth = 0;
    std::optional<Error> m_fault;
};

}  // namespace postroom::content::templates
