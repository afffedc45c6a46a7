// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What is known of how mail servers word their refusals: one file, resources/reply-rules.json, compiled into the
// program, or the operator's own in its place.
//
// A value: cheap to copy, never changed once it is made, any thread.

#include "engine/base/result.h"
#include "engine/policy/verdict.h"

#include <memory>
#include <string>
#include <string_view>

namespace postroom::policy {

struct ReplyRule;

/// A negative reply, ready for the rules.
struct Refusal {
    Stage stage = Stage::MailFrom;
    int code = 0;               ///< 400..599
    std::string_view enhanced;  ///< "5.1.1" or empty
    std::string_view words;     ///< by foldReply()
};

class ReplyRules {
public:
    static constexpr std::size_t largest_bytes = 256 << 10;
    static constexpr std::size_t mostRows = 1024;

    /// The built-in rules: there is no state without any.
    ReplyRules();
    /// A file's text; the errors of readReplyRules().
    [[nodiscard]] static Result<ReplyRules> parse(std::string_view text);
    /// The built-in file.
    [[nodiscard]] static const std::string& builtInText();

    /// The first row that fits; there always is one. Lives as long as these rules or a copy of them.
    [[nodiscard]] const ReplyRule& ruleOn(const Refusal& refusal) const;
    [[nodiscard]] std::size_t size() const;

private:
    struct Table;
    explicit ReplyRules(std::shared_ptr<const Table> table) : m_table(std::move(table)) {}
    std::shared_ptr<const Table> m_table;  // shared: copies of the rules are copies of this pointer
};

}  // namespace postroom::policy
