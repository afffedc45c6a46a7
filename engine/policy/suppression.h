// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Which refusals say that a mailbox takes no mail at all, so that nothing more is sent there. Pure, any thread.

#include "engine/policy/verdict.h"

namespace postroom::policy {

/// True for a recipient that failed for good since there is no such mailbox or it is disabled. Not for a full mailbox
/// (it is emptied), a recipient who refuses us (another sender or another mail may pass), a domain that a resolver did
/// not find (it may be the resolver), and nothing that concerns the message, the destination or the account.
[[nodiscard]] bool endsMailbox(const Verdict& verdict);

}  // namespace postroom::policy
