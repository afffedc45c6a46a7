// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What one rendering carries with it: how it was asked for, how many steps it has left, and its first failure.
//
// After a failure everything goes on with values that mean nothing until the nearest loop or statement notices: nobody
// has to check each step, and nothing that comes out is ever shown.

#include "engine/content/template/fault.h"
#include "engine/content/template/limits.h"
#include "engine/content/template/value.h"

#include <optional>
#include <string>
#include <string_view>

namespace postroom::content::templates {

class Work {
public:
    /// `steps` below Limits::Steps: other renderings have taken the rest.
    Work(bool escapes, bool isStrict, std::string_view locale, std::int64_t steps = Limits::Steps)
        : m_escapes(escapes), m_isStrict(isStrict), m_locale(locale), m_given(steps) {}

    /// Whether what is put out is escaped for html.
    [[nodiscard]] bool escapes() const { return m_escapes; }
    /// Whether an undefined variable is an error.
    [[nodiscard]] bool isStrict() const { return m_isStrict; }
    [[nodiscard]] std::string_view locale() const { return m_locale; }

    [[nodiscard]] bool failed() const { return m_error.has_value(); }
    /// For what counts by itself; below 0 the next spend() fails.
    [[nodiscard]] std::int64_t& steps() { return m_steps; }
    /// False once a rendering has failed, this being the last step of it or not.
    bool spend(std::int64_t steps) {
        m_steps -= steps;
        if (m_steps < 0) runOut();
        return !failed();
    }
    [[nodiscard]] std::int64_t spent() const { return m_given - m_steps; }
    /// One turn of a loop, or an item of a range().
    bool spendTurns(std::int64_t turns);
    /// Whether a text may have this size; fails if not.
    bool hasRoom(std::size_t bytes);

    /// Counts one call inside another as long as it lives.
    class Call {
    public:
        explicit Call(Work& work) : m_work(work) {
            if (++m_work.m_calls > Limits::Calls) m_work.fail(BudgetReason, "the template is too deep in itself");
        }
        ~Call() { --m_work.m_calls; }
        Call(const Call&) = delete;
        Call& operator=(const Call&) = delete;

    private:
        Work& m_work;
    };

    /// Keeps the first failure.
    Value fail(std::string_view reason, std::string detail);
    Value failUndefined(const Undefined& undefined);
    /// What went wrong in reading a stored template: its own line and column stay.
    void failWith(Error error, std::string_view stored);
    /// Says where the failure was, unless that is known. `stored` is the name of the stored template, or empty.
    void locate(const Place& place, std::string_view stored);
    [[nodiscard]] Error takeError() { return std::move(*m_error); }

    [[nodiscard]] Value text(std::string made, bool isSafe = false);
    [[nodiscard]] Value list(std::vector<Value> items, Sequence::Form form = Sequence::Form::List);
    [[nodiscard]] Value map(std::vector<std::pair<Value, Value>> items);
    [[nodiscard]] Value range(std::int64_t start, std::int64_t stop, std::int64_t step);

private:
    [[nodiscard]] bool allowsDepth(int depth);
    void runOut();

    const bool m_escapes;
    const bool m_isStrict;
    const std::string_view m_locale;
    const std::int64_t m_given;
    std::int64_t m_steps = m_given;
    std::int64_t m_turns = Limits::LoopSteps;
    int m_calls = 0;
    std::string_view m_reason;
    std::string m_detail;
    std::string m_undefined;
    std::optional<Error> m_error;
    bool m_isLocated = false;
};

/// "order.items[0].price"
[[nodiscard]] std::string pathOf(const Undefined& undefined);

}  // namespace postroom::content::templates
