// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Limits as durable reservations: what a node may send of an account's window was committed before its first use.
//
// For every account and window: used <= reserved on each node, and the sum of reserved over the nodes <= the limit.

#include "engine/store/records.h"
#include "engine/store/writer.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::store::windows {

/// What all nodes together may have reserved in the windows from `first` to `last`, by name.
struct Cap {
    std::string first;
    std::string last;
    std::int64_t limit = 0;
};
struct Reservation {
    std::int64_t count = 0;              ///< units, in each of the windows
    std::optional<std::size_t> metBy{};  ///< which cap left nothing, where the count is 0
};

/// Reserves up to `wanted` units in each of the windows, never beyond what any cap leaves. Windows of hours that no cap
/// looks back to are forgotten. NotFound if there is no such account.
[[nodiscard]] Result<Reservation> reserve(Transaction& transaction, const Id& accountId,
                                          const std::vector<std::string>& windows, std::string_view node,
                                          std::int64_t wanted, const std::vector<Cap>& caps);
/// Units covered by a ".". Those of a day are counted in the account's daily_sent_count too, which restarts with a
/// later day.
[[nodiscard]] Result<void> use(Transaction& transaction, const Id& accountId, std::string_view window,
                               std::string_view node, std::int64_t count);
/// Returns unused units: at a clean stop, or when nothing is left to send. Never below what is used.
[[nodiscard]] Result<void> giveBack(Transaction& transaction, const Id& accountId, std::string_view window,
                                    std::string_view node, std::int64_t count);
/// Forgets the account's windows of hours before that one. Days are kept: a year has 365 of them, but 8,760 hours.
[[nodiscard]] Result<void> forgetHours(Transaction& transaction, const Id& accountId, std::string_view before);
/// Returns everything unused of this node: reserved = used.
[[nodiscard]] Result<void> settle(Transaction& transaction, const Id& accountId, std::string_view window,
                                  std::string_view node);
[[nodiscard]] Result<std::vector<WindowRecord>> list(Connection& connection);

}  // namespace postroom::store::windows
