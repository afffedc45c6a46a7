// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What a template is once it is read: statements and expressions. Built by the parser, never changed after that.
//
// Whatever may be long is flat: a chain of operators, of steps behind a value, of elif. So only brackets, tags and
// signs make the tree deep, and the parser counts those (Depth, limits.h): no walk over a tree can run out of stack.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::content::templates {

struct Filter;
struct Trial;

/// Where something stands in the source, counted from 1; columns are characters.
struct Place {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
};

struct Expression;
using ExpressionPtr = std::unique_ptr<Expression>;

enum class Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Modulo,
    Power,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    In,
    NotIn
};

/// One thing done to a value: `.name`, `[item]`, `[from:to:by]`, `|filter(...)`, `is test(...)`, `loop.cycle(...)`.
struct Step {
    enum class Kind { Attribute, Item, Slice, Filter, Test, Cycle };
    Kind kind = Kind::Attribute;
    Place place{};
    std::string name{};                      ///< the attribute
    const Filter* filter = nullptr;          ///< with Filter
    const Trial* trial = nullptr;            ///< with Test
    bool negated = false;                    ///< `is not`
    std::vector<ExpressionPtr> arguments{};  ///< null where one was left out
};

struct Expression {
    enum class Kind {
        None,
        True,
        False,
        Int,
        Float,
        Text,
        Name,
        List,
        Tuple,
        Map,        ///< parts: key, value, key, value...
        Not,        ///< parts[0]
        Minus,      ///< parts[0]
        Plus,       ///< parts[0]
        Chain,      ///< parts joined by operators of one precedence, from the left
        Concat,     ///< parts
        Compare,    ///< parts joined by operators
        And,        ///< parts
        Or,         ///< parts
        Condition,  ///< parts: condition, value, other value (may be null)
        Path,       ///< steps behind parts[0]
        Range,      ///< range(parts...)
        Super       ///< super()
    };
    Kind kind = Kind::None;
    Place place{};
    std::int64_t integer = 0;
    double real = 0;
    std::string text{};  ///< of Text and Name
    std::vector<ExpressionPtr> parts{};
    std::vector<Operator> operators{};
    std::vector<Step> steps{};
};

/// A name, or names in a bracket that a list is taken apart into.
struct Target {
    Place place{};
    std::string name{};
    std::vector<Target> parts{};
};

struct Statement {
    enum class Kind {
        Data,     ///< text
        Output,   ///< expressions[0]
        If,       ///< bodies[i] where expressions[i] is true; one more body is the else
        For,      ///< target in expressions[0], if expressions[1] (may be null): bodies[0], else bodies[1]
        Set,      ///< target = expressions[0]
        SetBody,  ///< target = what bodies[0] gives, after steps
        Include,  ///< expressions[0]
        Block     ///< text is its name, bodies[0]
    };
    Kind kind = Kind::Data;
    Place place{};
    std::string text{};
    Target target{};
    std::vector<ExpressionPtr> expressions{};
    std::vector<std::vector<Statement>> bodies{};
    std::vector<Step> steps{};
    bool ignoresMissing = false;  ///< of Include
    bool hasContext = true;       ///< of Include
    bool isScoped = false;        ///< of Block
    bool isRequired = false;      ///< of Block
};
using Body = std::vector<Statement>;

struct Tree {
    Body body{};
    std::map<std::string, const Statement*, std::less<>> blocks{};
    ExpressionPtr parent{};       ///< of `extends`; null without
    Place parentPlace{};          ///< of `extends`
    std::size_t parentIndex = 0;  ///< the first statement behind `extends`
};

}  // namespace postroom::content::templates
