// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/template/renderer.h"

#include "engine/base/text.h"
#include "engine/content/template/arithmetic.h"
#include "engine/content/template/filters.h"
#include "engine/content/template/show.h"

#include <algorithm>

namespace postroom::content::templates {

class Renderer::Inside {
public:
    explicit Inside(Renderer& renderer)
        : m_renderer(renderer), m_chain(renderer.m_chain), m_block(renderer.m_block), m_stored(renderer.m_stored) {
        if (++m_renderer.m_depth > Limits::Depth)
            m_renderer.m_work.fail(BudgetReason, "more than " + std::to_string(Limits::Depth) +
                                                     " includes, parents and blocks inside each other");
    }
    ~Inside() {
        --m_renderer.m_depth;
        m_renderer.m_chain = m_chain;
        m_renderer.m_block = m_block;
        m_renderer.m_stored = m_stored;
    }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

private:
    Renderer& m_renderer;
    Chain* const m_chain;
    const Current* const m_block;
    const std::string_view m_stored;
};

class Renderer::Capture {
public:
    explicit Capture(Renderer& renderer) : m_renderer(renderer), m_out(renderer.m_out) { m_renderer.m_out = &m_text; }
    ~Capture() { m_renderer.m_out = m_out; }
    Capture(const Capture&) = delete;
    Capture& operator=(const Capture&) = delete;
    [[nodiscard]] std::string take() { return std::move(m_text); }

private:
    Renderer& m_renderer;
    std::string* const m_out;
    std::string m_text;
};

Renderer::Renderer(const Template& root, const json::Object& variables, const Options& options)
    : m_root(root),
      m_options(options),
      m_work(root.mode() == Mode::Html, !options.allowUndefined, options.locale,
             options.steps ? std::clamp<std::int64_t>(*options.steps, 0, Limits::Steps) : Limits::Steps),
      m_names(variables),
      m_evaluator(m_work, m_names, *this) {}

Result<std::string> Renderer::render() {
    Chain chain{{&m_root, {}}};
    const Names::Scene scene{m_names, false};
    renderChain(chain);
    if (m_options.steps) *m_options.steps -= m_work.spent();
    if (m_work.spend(0)) return std::move(m_text);
    m_evaluator.locate({});
    return fail(m_work.takeError());
}

/// The first of the chain is there; its parents join as they are met.
void Renderer::renderChain(Chain& chain) {
    const Inside inside{*this};
    m_chain = &chain;
    m_block = nullptr;
    while (!m_work.failed()) {
        const Tree& tree = chain.back().source->tree();
        m_stored = chain.back().name;
        if (!tree.parent) return run(tree.body);
        run(tree.body, 0, tree.parentIndex);
        std::string name;
        const Template* parent = findAny(m_evaluator.valueOf(*tree.parent), name);
        if (!parent && !m_work.failed())
            m_work.fail(MissingReason, "there is no stored template '" + printable(name, 64) + "' to extend");
        if (chain.size() >= static_cast<std::size_t>(Limits::Depth))
            m_work.fail(BudgetReason, "more than " + std::to_string(Limits::Depth) + " parents");
        m_evaluator.locate(tree.parentPlace);
        runQuietly(tree.body, tree.parentIndex);
        if (!m_work.failed()) chain.push_back({parent, std::move(name)});
    }
}

void Renderer::run(const Body& body, std::size_t from, std::size_t to) {
    const Work::Call call{m_work};
    for (std::size_t i = from; i < to && m_work.spend(1); ++i) run(body[i]);
    if (m_work.failed() && from < body.size()) m_evaluator.locate(body[from].place);
}

void Renderer::run(const Statement& statement) {
    switch (statement.kind) {
        case Statement::Kind::Data: write(statement.text); break;
        case Statement::Kind::Output: output(m_evaluator.valueOf(*statement.expressions[0])); break;
        case Statement::Kind::If:
            if (const Body* body = chosen(statement)) run(*body);
            break;
        case Statement::Kind::For: loop(statement); break;
        case Statement::Kind::Set: assign(statement.target, m_evaluator.valueOf(*statement.expressions[0])); break;
        case Statement::Kind::SetBody: setBody(statement); break;
        case Statement::Kind::Include: include(statement); break;
        case Statement::Kind::Block: block(statement); break;
    }
    m_evaluator.locate(statement.place);
}

void Renderer::runQuietly(const Body& body, std::size_t from) {
    const Work::Call call{m_work};
    for (std::size_t i = from; i < body.size() && m_work.spend(1); ++i) {
        const Statement& statement = body[i];
        if (statement.kind == Statement::Kind::Set || statement.kind == Statement::Kind::SetBody) run(statement);
        if (statement.kind == Statement::Kind::If)
            if (const Body* inside = chosen(statement)) runQuietly(*inside);
    }
}

const Body* Renderer::chosen(const Statement& statement) {
    for (std::size_t i = 0; i < statement.expressions.size() && m_work.spend(1); ++i)
        if (m_evaluator.isTrue(*statement.expressions[i])) return m_work.failed() ? nullptr : &statement.bodies[i];
    const bool hasElse = statement.bodies.size() > statement.expressions.size();
    return hasElse && !m_work.failed() ? &statement.bodies.back() : nullptr;
}

void Renderer::write(std::string_view text) {
    if (m_work.hasRoom(m_out->size() + text.size()) && m_work.spend(static_cast<std::int64_t>(text.size() / 16)))
        m_out->append(text);
}

void Renderer::output(const Value& value) {
    const std::size_t before = m_out->size();
    if (m_work.escapes())
        appendEscapedText(m_work, *m_out, value);
    else
        appendText(m_work, *m_out, value);
    // Paid for at once: bodies inside each other, hundreds of them, keep what they have got so far.
    if (m_work.hasRoom(m_out->size())) m_work.spend(static_cast<std::int64_t>((m_out->size() - before) / 16));
}

void Renderer::loop(const Statement& statement) {
    const Expression& source = *statement.expressions[0];
    const Items items{m_work, m_evaluator.valueOf(source)};
    m_evaluator.locate(source.place);
    const Expression* condition = statement.expressions[1].get();
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; condition && i < items.size() && m_work.spendTurns(1); ++i) {
        const Names::Frame frame{m_names};
        assign(statement.target, items.at(i));
        if (!m_work.failed() && m_evaluator.isTrue(*condition)) kept.push_back(i);
    }
    const auto at = [&](std::size_t index) { return items.at(condition ? kept[index] : index); };
    const std::size_t count = condition ? kept.size() : items.size();
    if (m_work.failed()) return;
    if (count == 0) {
        const Names::Frame frame{m_names};
        if (statement.bodies.size() > 1) run(statement.bodies[1]);
        return;
    }
    Loop turn;
    turn.length = static_cast<std::int64_t>(count);
    turn.previous = Undefined{nullptr, 0, "loop.previtem of the first turn", false};
    Value current = at(0);
    // With a condition, the turns were taken when it was asked.
    for (std::size_t i = 0; i < count && (condition ? m_work.spend(1) : m_work.spendTurns(1)); ++i) {
        const Names::Frame frame{m_names};
        turn.index0 = static_cast<std::int64_t>(i);
        turn.next = i + 1 < count ? at(i + 1) : Undefined{nullptr, 0, "loop.nextitem of the last turn", false};
        m_names.set("loop", &turn, m_work.steps());
        assign(statement.target, current);
        run(statement.bodies[0]);
        turn.previous = std::move(current);
        current = turn.next;
    }
}

void Renderer::assign(const Target& target, const Value& value) {
    if (m_work.failed()) return;
    if (target.parts.empty()) return m_names.set(target.name, value, m_work.steps());
    const Items items{m_work, value};
    if (!m_work.failed() && items.size() != target.parts.size())
        m_work.fail(ValueReason, std::to_string(target.parts.size()) + " names are given " +
                                     std::to_string(items.size()) + " values");
    m_evaluator.locate(target.place);
    for (std::size_t i = 0; i < target.parts.size() && m_work.spend(1); ++i) assign(target.parts[i], items.at(i));
}

void Renderer::setBody(const Statement& statement) {
    Value value;
    {
        Capture capture{*this};
        const Names::Frame frame{m_names};
        run(statement.bodies[0]);
        value = m_work.text(capture.take(), m_work.escapes());
    }
    assign(statement.target, m_evaluator.applied(std::move(value), statement.steps, nullptr));
}

const Template* Renderer::find(std::string_view name) {
    if (!m_options.port || m_work.failed()) return nullptr;
    auto found = m_options.port->find(name, m_root.mode());
    if (!found) return m_work.failWith(std::move(found.error()), name), nullptr;
    if (!*found) return nullptr;
    m_kept.push_back(std::move(*found));
    return m_kept.back().get();
}

/// `names` is a name, or a list of which the first that exists is taken.
const Template* Renderer::findAny(const Value& names, std::string& found) {
    const bool isList = names.kind() == Value::Kind::List;
    if (names.isUndefined()) return m_work.failUndefined(names.undefined()), nullptr;
    for (std::size_t i = 0; i < (isList ? names.size() : 1) && m_work.spend(1); ++i) {
        const Value name = isList ? names.at(i) : names;
        if (!name.isText())
            return m_work.fail(ValueReason, std::string{kindName(name)} + " is no template's name"), nullptr;
        if (!m_work.spend(static_cast<std::int64_t>(name.view().size() / 16))) return nullptr;
        found = name.view();
        if (const Template* source = find(found)) return source;
    }
    return nullptr;
}

void Renderer::include(const Statement& statement) {
    std::string name;
    const Template* source = findAny(m_evaluator.valueOf(*statement.expressions[0]), name);
    if (!source) {
        if (!m_work.failed() && !statement.ignoresMissing)
            m_work.fail(MissingReason, "there is no stored template '" + printable(name, 64) + "' to include");
        return m_evaluator.locate(statement.place);
    }
    Chain chain{{source, std::move(name)}};
    const Names::Scene scene{m_names, !statement.hasContext};
    renderChain(chain);
}

void Renderer::block(const Statement& statement) {
    Current block{statement.text, 0, 0, 0};
    if (statement.isScoped) block.keptFrom = m_names.base(), block.keptTo = m_names.size();
    renderBlock(block);
}

/// The block's body in the nearest template, from its level on, that has one.
void Renderer::renderBlock(const Current& wanted) {
    const Inside inside{*this};
    Current block = wanted;
    for (; block.level < m_chain->size(); ++block.level) {
        const Link& link = (*m_chain)[block.level];
        const auto found = link.source->tree().blocks.find(block.name);
        if (found == link.source->tree().blocks.end()) continue;
        m_stored = link.name;
        m_block = &block;
        if (found->second->isRequired)
            m_work.fail(ValueReason, "the block '" + std::string{block.name} + "' must be given by who extends this");
        if (!m_work.spend(static_cast<std::int64_t>(block.keptTo - block.keptFrom))) return;
        const Names::Room room{m_names, block.keptFrom, block.keptTo};
        return run(found->second->bodies[0]);
    }
    m_work.fail(ValueReason, "super() has no block '" + std::string{block.name} + "' above this one");
}

Value Renderer::renderSuper() {
    if (!m_block) return m_work.fail(ValueReason, "super() is there only inside a block");
    Current above = *m_block;
    ++above.level;
    Capture capture{*this};
    renderBlock(above);
    return m_work.text(capture.take(), m_work.escapes());
}

}  // namespace postroom::content::templates
