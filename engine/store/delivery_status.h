// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The one way a delivery changes state after it was written: rows, the message's status and the counters together.

#include "engine/store/records.h"
#include "engine/store/writer.h"

#include <optional>
#include <string_view>

namespace postroom::store {

/// "messages.queued" and so on.
[[nodiscard]] std::string_view messageCounter(contract::State status);

/// Counts one or more deliveries from one state to another.
void countMove(Transaction& transaction, contract::State from, contract::State to, std::int64_t deliveries = 1);

/// Brings the message's status in line with its deliveries. `only` is the move of one delivery, when that is all that
/// happened: a message of one recipient then needs no reading. NotFound.
struct Move {
    contract::State from;
    contract::State to;
};
[[nodiscard]] Result<void> refreshMessage(Transaction& transaction, const Id& messageId,
                                          const std::optional<Move>& only = {});

/// The status of a message, locked where others may write. NotFound.
[[nodiscard]] Result<contract::State> lockMessage(Transaction& transaction, const Id& messageId);

}  // namespace postroom::store
