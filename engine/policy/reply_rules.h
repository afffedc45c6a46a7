// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The table that knows how mail servers word their refusals.

#include "engine/policy/verdict.h"

#include <string_view>

namespace postroom::policy {

/// A negative reply, ready for the rules.
struct Refusal {
    Stage stage = Stage::MailFrom;
    int code = 0;               ///< 400..599
    std::string_view enhanced;  ///< "5.1.1" or empty
    std::string_view words;     ///< by foldReply()
};

/// The first row that fits. The verdict's `asked` is left to the caller.
[[nodiscard]] Verdict ruleOn(const Refusal& refusal);

}  // namespace postroom::policy
