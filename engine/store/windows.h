// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Limits as durable reservations: what a node may send of an account's window was committed before its first use.
//
// For every account and window: used <= reserved on each node, and the sum of reserved over the nodes <= the limit.

#include "engine/store/records.h"
#include "engine/store/writer.h"

#include <optional>
#include <string_view>
#include <vector>

namespace postroom::store::windows {

/// Reserves up to `wanted` units, never beyond what all nodes together leave of `limit`; returns how many (0: used up).
/// NotFound if there is no such account.
[[nodiscard]] Result<std::int64_t> reserve(Transaction& transaction, const Id& accountId, std::string_view window,
                                           std::string_view node, std::int64_t wanted,
                                           std::optional<std::int64_t> limit);
/// Units covered by a "."; also counts them in the account's daily_sent_count, which restarts with a later window.
[[nodiscard]] Result<void> use(Transaction& transaction, const Id& accountId, std::string_view window,
                               std::string_view node, std::int64_t count);
/// Returns unused units: at a clean stop, or when nothing is left to send. Never below what is used.
[[nodiscard]] Result<void> giveBack(Transaction& transaction, const Id& accountId, std::string_view window,
                                    std::string_view node, std::int64_t count);
/// Returns everything unused of this node: reserved = used.
[[nodiscard]] Result<void> settle(Transaction& transaction, const Id& accountId, std::string_view window,
                                  std::string_view node);
[[nodiscard]] Result<std::vector<WindowRecord>> list(Connection& connection);

}  // namespace postroom::store::windows
