// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Attempts and what they make of deliveries.

#include "engine/store/records.h"
#include "engine/store/writer.h"

#include <string>
#include <vector>

namespace postroom::store {

/// What an attempt means for one delivery.
struct DeliveryUpdate {
    Id delivery{};
    contract::State status = contract::State::Queued;  ///< Queued again when put off
    bool countAttempt = true;
    TimePoint dueAt{};
    std::string reason = {};
    std::string lastReply = {};
    std::optional<Id> accountId = {};
};

namespace attempts {

/// Commits the intent of a final ".": the attempt's row in state "dot", its deliveries `sending`, and what became of
/// recipients that were `refused` already. Conflict if a delivery is not queued any more: then "." must not be sent.
[[nodiscard]] Result<void> recordDot(Transaction& transaction, const AttemptRecord& attempt,
                                     const std::vector<Id>& deliveries, const std::vector<DeliveryUpdate>& refused,
                                     TimePoint now);

/// Commits an attempt's outcome: its row in state "done", its deliveries, the message's status, the counters by what
/// the rows really changed from. Recording the same attempt again changes nothing. A delivery that has ended meanwhile
/// stays as it is, except that `sent` beats failed, expired and cancelled: what has left can't be called back.
/// `now` is the time of the change (deliveries.updated_at).
[[nodiscard]] Result<void> record(Transaction& transaction, const AttemptRecord& attempt,
                                  const std::vector<DeliveryUpdate>& updates, TimePoint now);

/// Oldest first.
[[nodiscard]] Result<std::vector<AttemptRecord>> list(Connection& connection, const Id& messageId);
/// Attempts in state "dot": after a crash their outcome is unknown.
[[nodiscard]] Result<std::vector<AttemptRecord>> openDots(Connection& connection);

}  // namespace attempts
}  // namespace postroom::store
