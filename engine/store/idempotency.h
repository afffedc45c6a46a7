// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Answers that are given again when a request is repeated under its Idempotency-Key.

#include "engine/store/records.h"
#include "engine/store/writer.h"

#include <optional>
#include <string_view>

namespace postroom::store::idempotency {

/// In the transaction of the messages it speaks of. AlreadyExists: the same key was used meanwhile, by another node.
[[nodiscard]] Result<void> insert(Transaction& transaction, const IdempotencyRecord& record);
[[nodiscard]] Result<std::optional<IdempotencyRecord>> find(Connection& connection, std::string_view owner,
                                                            std::string_view key);
/// Removes records whose time is over and whose messages are all terminal or gone. Looks at a few records, at no
/// more once they speak of `limit` messages together; true if there may be more. One that is still needed is looked at
/// again after `patience`, or an eighth of its age where that is longer: scheduled mail may wait for years.
[[nodiscard]] Result<bool> purge(Transaction& transaction, TimePoint now, Milliseconds patience, int limit);

}  // namespace postroom::store::idempotency
