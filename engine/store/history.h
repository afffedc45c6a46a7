// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What each node did in each minute of the last day: the points of the charts.

#include "engine/store/writer.h"

#include <string>
#include <string_view>
#include <vector>

namespace postroom::store {

/// Recipients within a minute, and the queue's length at its end.
struct MinuteRecord {
    TimePoint at{};  ///< where the minute begins
    std::int64_t accepted = 0;
    std::int64_t sent = 0;
    std::int64_t failed = 0;
    std::int64_t deferred = 0;
    std::int64_t queued = 0;
};

namespace history {

/// Adds to the minute's counts, so that a minute with a restart in it keeps what happened before. The one write that
/// may not be repeated.
[[nodiscard]] Result<void> add(Transaction& transaction, std::string_view node, const MinuteRecord& minute);
/// Removes every node's minutes before this one.
[[nodiscard]] Result<void> trim(Transaction& transaction, TimePoint before);
/// Oldest first.
[[nodiscard]] Result<std::vector<MinuteRecord>> list(Connection& connection, std::string_view node, TimePoint from);

}  // namespace history
}  // namespace postroom::store
