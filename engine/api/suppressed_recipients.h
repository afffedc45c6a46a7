// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Who of a submission's recipients is suppressed: these fail as the message is accepted, in the same commit, and its
// receipt says so.

#include "engine/api/services.h"

namespace postroom::api {

/// Marks them, then goes on with `then`: at once where nobody is suspected, else in the heavy thread when the database
/// has said. Where that can't say, nobody is marked: each is looked for again before the mail leaves. Not of the
/// sandbox, and not a suppression that will have ended when the message is due.
void markSuppressed(Services& services, std::vector<queue::Submission> submissions, const Reply& reply,
                    std::function<void(std::vector<queue::Submission>)> then);

/// A submission's recipients as its receipt shows them.
[[nodiscard]] std::vector<contract::Receipt::Recipient> recipientsOf(const queue::Submission& submission);

}  // namespace postroom::api
