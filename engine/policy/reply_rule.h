// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// One row of the reply rules, and the reader of the file they stand in.
//
// The words of the file are the operator's language: the handbook's page on replies lists them, change both together.

#include "engine/base/result.h"
#include "engine/policy/reply_pattern.h"
#include "engine/policy/verdict.h"

#include <string>
#include <vector>

namespace postroom::policy {

/// Whom a row concerns and what becomes of the mail.
enum class Outcome {
    AccountRests,    ///< Account, deferred
    RecipientFails,  ///< Recipient, failed; deferred for a 4xx
    RecipientWaits,  ///< Recipient, deferred whatever the code
    DomainWaits,     ///< Destination, deferred
    MessageFails,    ///< Message, failed; deferred for a 4xx
    MessageWaits,    ///< Message, deferred whatever the code
    Fails,           ///< Recipient at RCPT TO, else Message: failed; deferred for a 4xx
    Waits,           ///< the same, deferred whatever the code
};

inline constexpr int stageCount = static_cast<int>(Stage::Dot) + 1;
[[nodiscard]] constexpr unsigned bitOf(Stage stage) {
    return 1u << static_cast<unsigned>(stage);
}

/// A row fits if its stages, its codes, its enhanced codes and its words all do; an empty list of the last three always
/// does, else one of its entries must.
struct ReplyRule {
    std::string id;
    unsigned stages = 0;      ///< bits by bitOf()
    std::vector<Span> codes;  ///< "45" is 450 to 459
    std::vector<EnhancedPattern> enhanced;
    std::vector<std::string> words;  ///< as foldReply() writes them; a blank at an end anchors a word
    Outcome outcome = Outcome::AccountRests;
    std::string_view reason;  ///< one of allReasons()
    Deferral retry = Deferral::Other;
    std::optional<std::chrono::seconds> wait;  ///< where the reply names none
    bool isOwn = true;                         ///< of the file itself; false: of the rules it extends
};

/// Reads the file. Where it says `"extends": "built-in"` the rows of `extended` follow its own, but for those whose id
/// one of its own has.
///
/// JsonInvalid with line and column, or ValidationFailed with a FieldError a fault: its `field` is "rules[3].words[1]",
/// its detail names line, row and what is wrong. Refused are unknown members and words, ids given twice, outcomes that
/// can't be meant at a stage, rows that no reply reaches because an earlier one takes them all, and rules that leave a
/// reply to nobody.
[[nodiscard]] Result<std::vector<ReplyRule>> readReplyRules(std::string_view text,
                                                            const std::vector<ReplyRule>& extended);

}  // namespace postroom::policy
