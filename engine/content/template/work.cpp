// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/template/work.h"

#include "engine/base/text.h"

#include <algorithm>

namespace postroom::content::templates {

namespace {

/// An index as it is shown in a path: literals and names as they are.
std::string indexText(const Expression* index) {
    if (!index) return "...";
    switch (index->kind) {
        case Expression::Kind::Int: return std::to_string(index->integer);
        case Expression::Kind::Text: return "'" + printable(index->text, 64) + "'";
        case Expression::Kind::Name: return printable(index->text, 64);
        default: return "...";
    }
}

}  // namespace

std::string pathOf(const Undefined& undefined) {
    if (!undefined.source) return {};
    const Expression& source = *undefined.source;
    const Expression& base = source.kind == Expression::Kind::Path ? *source.parts[0] : source;
    std::string path = base.kind == Expression::Kind::Name ? printable(base.text, 64) : "(...)";
    for (std::size_t i = 0; i < undefined.steps && i < source.steps.size() && path.size() < 256; ++i) {
        const Step& step = source.steps[i];
        if (step.kind == Step::Kind::Attribute)
            path += "." + printable(step.name, 64);
        else if (step.kind == Step::Kind::Item)
            path += "[" + indexText(step.arguments[0].get()) + "]";
        else
            path = "(...)";
    }
    return path;
}

void Work::runOut() {
    fail(BudgetReason, m_given < Limits::Steps ? "the templates of this request take too many steps together"
                                               : "the template takes too many steps");
}

bool Work::spendTurns(std::int64_t turns) {
    m_turns -= turns;
    if (m_turns < 0)
        fail(BudgetReason, "the template's loops take more than " + std::to_string(Limits::LoopSteps) + " turns");
    return !failed();
}

bool Work::hasRoom(std::size_t bytes) {
    if (bytes > Limits::Text_bytes) fail(BudgetReason, "the text grows beyond 2 MiB");
    return !failed();
}

Value Work::fail(std::string_view reason, std::string detail) {
    if (!m_error) m_error = templateFault(reason, {}, detail), m_reason = reason, m_detail = std::move(detail);
    return {};
}

Value Work::failUndefined(const Undefined& undefined) {
    if (failed()) return {};
    m_undefined = pathOf(undefined);
    return fail(UndefinedReason, undefined.source ? m_undefined + " is undefined" : undefined.hint);
}

void Work::failWith(Error error, std::string_view stored) {
    if (failed()) return;
    m_error = std::move(error);
    m_error->params.emplace_back("template", stored);
    m_isLocated = true;
}

void Work::locate(const Place& place, std::string_view stored) {
    if (!m_error || m_isLocated) return;
    m_isLocated = true;
    m_error = templateFault(m_reason, place, m_detail);
    if (!stored.empty()) m_error->params.emplace_back("template", stored);
    if (!m_undefined.empty()) m_error->params.emplace_back("name", m_undefined);
}

Value Work::text(std::string made, bool isSafe) {
    if (!hasRoom(made.size()) || !spend(static_cast<std::int64_t>(made.size() / 16))) return {};
    auto owner = std::make_shared<const std::string>(std::move(made));
    const std::string_view view = *owner;
    return Text{view, std::move(owner), isSafe};
}

bool Work::allowsDepth(int depth) {
    if (depth > Limits::Depth)
        fail(BudgetReason, "lists are more than " + std::to_string(Limits::Depth) + " deep in each other");
    return !failed();
}

Value Work::list(std::vector<Value> items, Sequence::Form form) {
    Sequence list;
    for (const Value& item : items) list.depth = std::max(list.depth, item.depth() + 1);
    if (!allowsDepth(list.depth) || !spend(static_cast<std::int64_t>(items.size()) * 2)) return {};
    list.form = form;
    list.isKey = form == Sequence::Form::Tuple && std::all_of(items.begin(), items.end(), isKey);
    list.items = std::move(items);
    return std::make_shared<const Sequence>(std::move(list));
}

Value Work::map(std::vector<std::pair<Value, Value>> items) {
    Mapping map;
    for (const auto& [key, value] : items) map.depth = std::max({map.depth, key.depth() + 1, value.depth() + 1});
    if (!allowsDepth(map.depth) || !spend(static_cast<std::int64_t>(items.size()) * 4)) return {};
    map.items = std::move(items);
    return std::make_shared<const Mapping>(std::move(map));
}

Value Work::range(std::int64_t start, std::int64_t stop, std::int64_t step) {
    if (step == 0) return fail(ValueReason, "range() takes no step of 0");
    const auto distance = step > 0 ? static_cast<std::uint64_t>(stop) - static_cast<std::uint64_t>(start)
                                   : static_cast<std::uint64_t>(start) - static_cast<std::uint64_t>(stop);
    const std::uint64_t stride = step > 0 ? static_cast<std::uint64_t>(step) : 0 - static_cast<std::uint64_t>(step);
    const bool isEmpty = step > 0 ? start >= stop : start <= stop;
    const std::uint64_t size = isEmpty ? 0 : (distance - 1) / stride + 1;
    if (size > static_cast<std::uint64_t>(Limits::LoopSteps))
        return fail(BudgetReason, "range() gives more than " + std::to_string(Limits::LoopSteps) + " numbers");
    if (!spend(static_cast<std::int64_t>(size) * 2)) return {};
    Sequence list;
    list.form = Sequence::Form::Range;
    list.isKey = true;
    list.start = start, list.stop = stop, list.step = step;
    list.items.reserve(size);
    for (std::uint64_t i = 0; i < size; ++i)
        list.items.emplace_back(
            static_cast<std::int64_t>(static_cast<std::uint64_t>(start) + i * static_cast<std::uint64_t>(step)));
    return std::make_shared<const Sequence>(std::move(list));
}

}  // namespace postroom::content::templates
