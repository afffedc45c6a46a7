// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What people, and time, do to a message's deliveries apart from attempts. Each returns how many deliveries it changed.

#include "engine/store/records.h"
#include "engine/store/writer.h"

#include <string_view>
#include <vector>

namespace postroom::store::actions {

/// queued become due now; failed and expired become queued and due now, the message's end `extension` from now if it
/// has passed. What is held stays so: release() decides. NotFound if there is no such message.
[[nodiscard]] Result<int> retryNow(Transaction& transaction, const Id& messageId, TimePoint now,
                                   std::chrono::hours extension = std::chrono::hours{48});

/// held become queued and due now, the message's end `extension` from now if it has passed. NotFound.
[[nodiscard]] Result<int> release(Transaction& transaction, const Id& messageId, TimePoint now,
                                  std::chrono::hours extension = std::chrono::hours{48});

/// A queued delivery is due at another time, for this reason; no attempt was made.
[[nodiscard]] Result<void> putOff(Transaction& transaction, const Id& messageId, const Id& delivery, TimePoint dueAt,
                                  std::string_view reason, TimePoint now);

/// Moves those of these deliveries that have not ended to `to` with a reason: expired at its time, held by choice.
[[nodiscard]] Result<int> moveTo(Transaction& transaction, const Id& messageId, const std::vector<Id>& deliveries,
                                 contract::State to, std::string_view reason, TimePoint now);

}  // namespace postroom::store::actions
