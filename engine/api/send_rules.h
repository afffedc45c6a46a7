// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// As whom a key may send, and through which accounts. Pure.

#include "engine/base/error.h"
#include "engine/content/address.h"
#include "engine/store/records.h"

#include <optional>
#include <string>
#include <vector>

namespace postroom::api {

struct SendRules {
    std::vector<std::string> from;      ///< patterns a@b or *@b; empty: any
    std::vector<std::string> accounts;  ///< ids or addresses; empty: any
};

[[nodiscard]] bool maySendAs(const SendRules& rules, std::string_view address);

/// Holds a message against the rules of the key it came by, and fills in what only one answer is left for.
///
/// `pinned` is the id of the account the sender named, or empty; where none is named and the key may use one account
/// only, it is that one, and where it may use several the sender has to say which. `from` is what the sender gave.
/// Where none is given, the mail goes out as the pinned account's own address if the key may send as that, else as the
/// first address (no pattern) of the key's list, else the sender has to give one. In the sandbox accounts don't matter.
[[nodiscard]] std::vector<FieldError> applyRules(const SendRules& rules,
                                                 const std::vector<store::AccountRecord>& accounts, bool isSandbox,
                                                 std::string& pinned, std::optional<content::Mailbox>& from);

}  // namespace postroom::api
