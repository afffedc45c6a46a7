// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What an expression gives. One rendering.

#include "engine/content/template/names.h"
#include "engine/content/template/work.h"

namespace postroom::content::templates {

class Evaluator {
public:
    /// Renders the block above the one that is being rendered: Renderer does.
    class Port {
    public:
        virtual ~Port() = default;
        [[nodiscard]] virtual Value renderSuper() = 0;
        /// The stored template that is being rendered; empty for the one that was asked for.
        [[nodiscard]] virtual std::string_view storedName() const = 0;
    };

    Evaluator(Work& work, const Names& names, Port& port) : m_work(work), m_names(names), m_port(port) {}

    /// After a failure, some value: the failure is in Work, with its place.
    [[nodiscard]] Value valueOf(const Expression& expression);
    /// The value after the steps; `path` is the Path they belong to, if they do.
    [[nodiscard]] Value applied(Value value, const std::vector<Step>& steps, const Expression* path);
    [[nodiscard]] bool isTrue(const Expression& expression);
    /// Marks where a failure happened.
    void locate(const Place& place) {
        if (m_work.failed()) m_work.locate(place, m_port.storedName());
    }

private:
    [[nodiscard]] Value valueHere(const Expression& expression);
    [[nodiscard]] Value chain(const Expression& expression);
    [[nodiscard]] Value concatenation(const Expression& expression);
    [[nodiscard]] Value comparison(const Expression& expression);
    [[nodiscard]] Value choice(const Expression& expression, bool endsAt);
    [[nodiscard]] Value condition(const Expression& expression);
    [[nodiscard]] Value list(const Expression& expression, Sequence::Form form);
    [[nodiscard]] Value map(const Expression& expression);
    [[nodiscard]] Value range(const Expression& expression);
    void step(Value& value, const Step& step, const Undefined& missing);
    void item(Value& value, const Value& key, const Undefined& missing);
    void slice(Value& value, const Step& step);
    void filter(Value& value, const Step& step);
    void test(Value& value, const Step& step);
    void cycle(Value& value, const Step& step);

    Work& m_work;
    const Names& m_names;
    Port& m_port;
};

}  // namespace postroom::content::templates
