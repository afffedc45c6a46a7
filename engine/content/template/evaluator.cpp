// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/template/evaluator.h"

#include "engine/content/template/arithmetic.h"
#include "engine/content/template/filters.h"
#include "engine/content/template/letters.h"
#include "engine/content/template/show.h"

#include <algorithm>

namespace postroom::content::templates {

namespace {

using Kind = Expression::Kind;

/// Python's slice.indices(): where a slice begins and ends in something of this size.
struct Range {
    std::int64_t start, stop, step;
};
Range within(std::optional<std::int64_t> start, std::optional<std::int64_t> stop, std::int64_t step,
             std::int64_t size) {
    const std::int64_t least = step > 0 ? 0 : -1, most = step > 0 ? size : size - 1;
    const auto bound = [&](std::int64_t index) {
        return index < 0 ? std::max(index < -size ? least : index + size, least) : std::min(index, most);
    };
    return {start ? bound(*start) : (step > 0 ? least : most), stop ? bound(*stop) : (step > 0 ? most : least), step};
}

}  // namespace

Value Evaluator::valueOf(const Expression& expression) {
    const Work::Call call{m_work};
    if (!m_work.spend(1)) return locate(expression.place), Value{};
    Value value = valueHere(expression);
    // What counts its own steps may have gone below 0.
    m_work.spend(0);
    locate(expression.place);
    return value;
}

bool Evaluator::isTrue(const Expression& expression) {
    const bool truth = holds(m_work, valueOf(expression));
    locate(expression.place);
    return truth;
}

Value Evaluator::valueHere(const Expression& expression) {
    switch (expression.kind) {
        case Kind::None: return {};
        case Kind::True: return true;
        case Kind::False: return false;
        case Kind::Int: return expression.integer;
        case Kind::Float: return expression.real;
        case Kind::Text: return Value::borrowed(expression.text);
        case Kind::Name: {
            Value found;
            if (m_names.find(expression.text, found, m_work.steps())) return found;
            return Undefined{&expression, 0, nullptr, false};
        }
        case Kind::Path: return applied(valueOf(*expression.parts[0]), expression.steps, &expression);
        case Kind::List: return list(expression, Sequence::Form::List);
        case Kind::Tuple: return list(expression, Sequence::Form::Tuple);
        case Kind::Map: return map(expression);
        case Kind::Not: return !isTrue(*expression.parts[0]);
        case Kind::Minus: return negated(m_work, valueOf(*expression.parts[0]));
        case Kind::Plus: {
            // Only what has a sign may have a plus.
            const Value value = valueOf(*expression.parts[0]);
            if (value.isNumber() && !value.isIntegral()) return value;
            return value.isIntegral() ? Value{value.integer()} : negated(m_work, value);
        }
        case Kind::Chain: return chain(expression);
        case Kind::Concat: return concatenation(expression);
        case Kind::Compare: return comparison(expression);
        case Kind::And: return choice(expression, false);
        case Kind::Or: return choice(expression, true);
        case Kind::Condition: return condition(expression);
        case Kind::Range: return range(expression);
        case Kind::Super: return m_port.renderSuper();
    }
    return {};
}

Value Evaluator::chain(const Expression& expression) {
    Value value = valueOf(*expression.parts[0]);
    for (std::size_t i = 0; i < expression.operators.size() && !m_work.failed(); ++i)
        value = combine(m_work, expression.operators[i], value, valueOf(*expression.parts[i + 1]));
    return value;
}

Value Evaluator::concatenation(const Expression& expression) {
    std::vector<Value> values;
    bool isMarkup = false;
    for (const ExpressionPtr& part : expression.parts) {
        values.push_back(valueOf(*part));
        isMarkup = isMarkup || (m_work.escapes() && values.back().isSafe());
    }
    std::string out;
    for (const Value& value : values) {
        isMarkup ? appendEscapedText(m_work, out, value) : appendText(m_work, out, value);
        if (!m_work.hasRoom(out.size())) return {};
    }
    return m_work.text(std::move(out), isMarkup);
}

Value Evaluator::comparison(const Expression& expression) {
    Value left = valueOf(*expression.parts[0]);
    for (std::size_t i = 0; i < expression.operators.size() && !m_work.failed(); ++i) {
        Value right = valueOf(*expression.parts[i + 1]);
        if (m_work.failed() || !relates(m_work, expression.operators[i], left, right)) return false;
        left = std::move(right);
    }
    return true;
}

/// `and` and `or` give the operand that decides, which is the first whose truth is `endsAt`, or the last.
Value Evaluator::choice(const Expression& expression, bool endsAt) {
    Value value;
    for (std::size_t i = 0; i < expression.parts.size(); ++i) {
        value = valueOf(*expression.parts[i]);
        if (m_work.failed() || (i + 1 < expression.parts.size() && holds(m_work, value) == endsAt)) break;
    }
    return value;
}

Value Evaluator::condition(const Expression& expression) {
    if (isTrue(*expression.parts[0])) return valueOf(*expression.parts[1]);
    if (expression.parts[2]) return valueOf(*expression.parts[2]);
    return Undefined{nullptr, 0, "what stands before an if without else", true};
}

Value Evaluator::list(const Expression& expression, Sequence::Form form) {
    std::vector<Value> items;
    items.reserve(expression.parts.size());
    for (const ExpressionPtr& part : expression.parts) {
        items.push_back(valueOf(*part));
        if (m_work.failed()) return {};
    }
    return m_work.list(std::move(items), form);
}

Value Evaluator::map(const Expression& expression) {
    std::vector<std::pair<Value, Value>> items;
    for (std::size_t i = 0; i + 1 < expression.parts.size(); i += 2) {
        Value key = valueOf(*expression.parts[i]), value = valueOf(*expression.parts[i + 1]);
        if (!isKey(key)) m_work.fail(ValueReason, std::string{kindName(key)} + " can't be a key");
        if (key.isUndefined() && m_work.isStrict()) m_work.failUndefined(key.undefined());
        // The last of two equal keys counts, in the first one's place.
        const auto same = std::find_if(items.begin(), items.end(),
                                       [&](const auto& item) { return areEqual(item.first, key, m_work.steps()); });
        if (!m_work.spend(1)) return {};
        if (same != items.end())
            same->second = std::move(value);
        else
            items.emplace_back(std::move(key), std::move(value));
    }
    return m_work.map(std::move(items));
}

Value Evaluator::range(const Expression& expression) {
    std::array<std::int64_t, 3> numbers{0, 0, 1};
    const std::size_t first = expression.parts.size() == 1 ? 1 : 0;
    for (std::size_t i = 0; i < expression.parts.size(); ++i) {
        const Value value = valueOf(*expression.parts[i]);
        numbers[first + i] = integerOr(m_work, &value, 0);
    }
    return m_work.failed() ? Value{} : m_work.range(numbers[0], numbers[1], numbers[2]);
}

Value Evaluator::applied(Value value, const std::vector<Step>& steps, const Expression* path) {
    for (std::size_t i = 0; i < steps.size() && m_work.spend(1); ++i) {
        step(value, steps[i], Undefined{path, i + 1, nullptr, false});
        locate(steps[i].place);
    }
    return value;
}

void Evaluator::step(Value& value, const Step& step, const Undefined& missing) {
    switch (step.kind) {
        case Step::Kind::Attribute: {
            if (value.isUndefined()) return void(m_work.failUndefined(value.undefined()));
            Value found;
            const bool isThere = value.kind() == Value::Kind::Map    ? value.find(step.name, found, m_work.steps())
                                 : value.kind() == Value::Kind::Loop ? value.loop().find(step.name, found)
                                                                     : false;
            value = isThere ? std::move(found) : Value{missing};
            return;
        }
        case Step::Kind::Item: return item(value, valueOf(*step.arguments[0]), missing);
        case Step::Kind::Slice: return slice(value, step);
        case Step::Kind::Filter: return filter(value, step);
        case Step::Kind::Test: return test(value, step);
        case Step::Kind::Cycle: return cycle(value, step);
    }
}

void Evaluator::item(Value& value, const Value& key, const Undefined& missing) {
    if (value.isUndefined()) return void(m_work.failUndefined(value.undefined()));
    if (key.isUndefined() && m_work.isStrict() && value.kind() == Value::Kind::Map)
        return void(m_work.failUndefined(key.undefined()));
    Value found;
    value = findItem(m_work, value, key, found) ? std::move(found) : Value{missing};
}

void Evaluator::slice(Value& value, const Step& step) {
    std::array<std::optional<std::int64_t>, 3> bounds;
    bool isWhole = true;
    for (std::size_t i = 0; i < 3; ++i) {
        if (!step.arguments[i]) continue;
        const Value bound = valueOf(*step.arguments[i]);
        if (bound.isIntegral()) bounds[i] = bound.integer();
        isWhole = isWhole && (bound.isIntegral() || bound.kind() == Value::Kind::None);
    }
    if (m_work.failed()) return;
    if (value.isUndefined()) return void(m_work.failUndefined(value.undefined()));
    const bool isText = value.isText();
    if (!isWhole) return void(m_work.fail(ValueReason, "the bounds of a slice are integers"));
    if (!isText && value.kind() != Value::Kind::List)
        return void(m_work.fail(ValueReason, std::string{kindName(value)} + " has no slices"));
    if (bounds[2] == 0) return void(m_work.fail(ValueReason, "a slice takes no step of 0"));
    if (!m_work.spend(static_cast<std::int64_t>(isText ? value.view().size() / 16 : value.size()))) return;
    const auto size = static_cast<std::int64_t>(isText ? letterCount(value.view()) : value.size());
    // A longer step than the whole is as good as any: no sum below can overflow.
    const std::int64_t by = std::clamp<std::int64_t>(bounds[2].value_or(1), -size - 1, size + 1);
    const Range range = within(bounds[0], bounds[1], by, size);
    if (isText && range.step == 1) {
        const std::size_t from = letterOffset(value.view(), static_cast<std::size_t>(range.start));
        const std::int64_t count = std::max<std::int64_t>(range.stop - range.start, 0);
        Text text = value.text();
        text.view.remove_prefix(from);
        text.view = text.view.substr(0, letterOffset(text.view, static_cast<std::size_t>(count)));
        return void(value = Value{std::move(text)});
    }
    const Items items{m_work, value};
    std::vector<Value> taken;
    std::string letters;
    for (std::int64_t i = range.start; range.step > 0 ? i < range.stop : i > range.stop; i += range.step) {
        if (!m_work.spend(1)) return;
        Value one = items.at(static_cast<std::size_t>(i));
        if (isText)
            letters += one.view();
        else
            taken.push_back(std::move(one));
    }
    if (isText) return void(value = m_work.text(std::move(letters), value.isSafe()));
    const Sequence* sequence = value.sequence();
    if (!sequence || sequence->form != Sequence::Form::Range)
        return void(value = m_work.list(std::move(taken), sequence ? sequence->form : Sequence::Form::List));
    // A slice of a range is the range of its numbers. The one it stops before may be beyond 63 bits, as may its step.
    const auto times = [&](std::int64_t factor) { return combine(m_work, Operator::Multiply, sequence->step, factor); };
    const auto numberAt = [&](std::int64_t index) {
        return combine(m_work, Operator::Add, sequence->start, times(index));
    };
    const Value from = numberAt(range.start), to = numberAt(range.stop), stride = times(range.step);
    if (!m_work.failed()) value = m_work.range(from.integer(), to.integer(), stride.integer());
}

void Evaluator::filter(Value& value, const Step& step) {
    Arguments arguments;
    const bool mayBeUndefined = step.filter->parameters[0] == "default_value";
    for (std::size_t i = 0; i < step.arguments.size(); ++i) {
        if (!step.arguments[i]) continue;
        arguments.values[i] = valueOf(*step.arguments[i]);
        arguments.given[i] = true;
        const Value& argument = arguments.values[i];
        if (argument.isUndefined() && !mayBeUndefined && m_work.isStrict() && !argument.undefined().isMild)
            m_work.failUndefined(argument.undefined());
    }
    if (!m_work.failed()) value = step.filter->apply(m_work, value, arguments);
}

void Evaluator::test(Value& value, const Step& step) {
    const Value argument = step.arguments.empty() ? Value{} : valueOf(*step.arguments[0]);
    if (!m_work.failed()) value = step.trial->holds(m_work, value, argument) != step.negated;
}

void Evaluator::cycle(Value& value, const Step& step) {
    if (value.kind() != Value::Kind::Loop)
        return void(m_work.fail(ValueReason, "loop.cycle() is there only inside a loop"));
    const auto index = static_cast<std::size_t>(value.loop().index0) % step.arguments.size();
    value = valueOf(*step.arguments[index]);
}

}  // namespace postroom::content::templates
