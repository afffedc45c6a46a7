// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Messages with their bodies and deliveries. Reads take a Connection of the calling thread, writes a Transaction.

#include "engine/store/records.h"
#include "engine/store/writer.h"

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace postroom::store {

/// A lane with something queued in it.
struct LaneDue {
    std::string lane;
    std::int64_t queued = 0;  ///< counted up to 10,001
    TimePoint earliestDue{};
};

struct DueDelivery {
    DeliveryRecord delivery;
    MessageRecord message;
};

/// The earliest due time of each priority that has one.
using DueByPriority = std::array<std::optional<TimePoint>, contract::greatestPriority + 1>;

/// Scheduled messages that became queued.
struct Promotion {
    std::vector<Id> messages;
    std::vector<Id> strays;                      ///< of which only recipients are left: these are held now
    std::map<std::string, std::set<int>> lanes;  ///< those with something new in them, and its priorities
    std::optional<TimePoint> next;               ///< when there is more
};

/// Deliveries that were put back into the lanes they came from.
struct Unparking {
    std::map<std::string, std::set<int>> lanes;  ///< with the priorities
    std::set<Id> messages;
    bool isAll = true;  ///< nothing is left where they were
};

using StateCounts = std::map<contract::State, std::int64_t>;

namespace messages {

/// Writes a message whole. Its status becomes the first, in contract::State's order, of its deliveries'; `recipients`
/// becomes their number. Counters: accepted and each state by deliveries, messages.<state> by one.
[[nodiscard]] Result<void> insert(Transaction& transaction, const MessageRecord& message, const BodyRecord& body,
                                  const std::vector<DeliveryRecord>& deliveries);

[[nodiscard]] Result<std::optional<MessageRecord>> find(Connection& connection, const Id& id);
/// NotFound if there is none.
[[nodiscard]] Result<BodyRecord> body(Connection& connection, const Id& id);
/// Of its body; empty if there is none.
[[nodiscard]] Result<std::string> layout(Connection& connection, const Id& id);
/// In the order they were given (ids ascending).
[[nodiscard]] Result<std::vector<DeliveryRecord>> deliveries(Connection& connection, const Id& messageId);
/// Deliveries by state of each of these messages, in one query.
[[nodiscard]] Result<std::unordered_map<Id, StateCounts>> stateCounts(Connection& connection,
                                                                      const std::vector<Id>& messageIds);

/// Every lane with queued deliveries, due or not.
[[nodiscard]] Result<std::vector<LaneDue>> dueLanes(Connection& connection);
/// Queued deliveries of a lane due at `until` or before, greater priority first and then by (dueAt, messageId, id);
/// none of less priority than `least`.
[[nodiscard]] Result<std::vector<DueDelivery>> due(Connection& connection, std::string_view lane, TimePoint until,
                                                   int limit, int least = 0);
/// The earliest due times later than `after` in the lane.
[[nodiscard]] Result<DueByPriority> nextDue(Connection& connection, std::string_view lane, TimePoint after);

/// When the first of what is scheduled comes due; nothing: none is.
[[nodiscard]] Result<std::optional<TimePoint>> nextScheduled(Connection& connection);
/// Scheduled messages whose time has come, at most `limit`, become queued.
[[nodiscard]] Result<Promotion> promote(Transaction& transaction, TimePoint now, int limit);

/// Those of these deliveries that are queued stand in another lane from now on, due as they were.
[[nodiscard]] Result<void> park(Transaction& transaction, const Id& messageId, const std::vector<Id>& deliveries,
                                std::string_view lane);
/// At most `limit` of a lane's queued deliveries go to the lane that `laneOf` says, due now: they have not waited for
/// anything but this.
[[nodiscard]] Result<Unparking> unpark(Transaction& transaction, std::string_view lane,
                                       const std::function<std::string(const MessageRecord&)>& laneOf, TimePoint now,
                                       int limit);
/// The clock was set back: what waits for a time beyond `now` that was reckoned by it, which is all that is queued, is
/// due so much earlier, and an account's rest ends so much earlier. What is scheduled keeps the time it was given.
[[nodiscard]] Result<void> bringForward(Transaction& transaction, TimePoint now, Milliseconds by);

}  // namespace messages
}  // namespace postroom::store
