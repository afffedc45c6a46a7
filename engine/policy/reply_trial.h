// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What one reply would mean, shown to whoever writes rules.

#include "engine/contract/resources.h"
#include "engine/policy/reply_rules.h"
#include "engine/policy/reply_text.h"

namespace postroom::policy {

/// At Dot the "." counts as sent.
[[nodiscard]] contract::ReplyVerdict tryReply(const ReplyRules& rules, Stage stage, const WireReply& reply);

}  // namespace postroom::policy
