// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What people do to messages, written once for one message and for all that a search finds.

#include "engine/base/id.h"
#include "engine/contract/states.h"
#include "engine/queue/stored_files.h"
#include "engine/store/writer.h"

#include <optional>
#include <span>
#include <string_view>
#include <unordered_set>

namespace postroom::api {

enum class MessageAct {
    Cancel,   ///< queued, scheduled and held recipients are cancelled
    Retry,    ///< queued, failed and expired ones are tried now
    Release,  ///< held ones are sent
    Drop      ///< held ones are cancelled
};

/// "cancel", "retry", "release", "drop".
[[nodiscard]] std::string_view name(MessageAct act);
[[nodiscard]] std::optional<MessageAct> messageActNamed(std::string_view name);
/// The states of the recipients it is for.
[[nodiscard]] std::span<const contract::State> statesFor(MessageAct act);

/// How many recipients changed; those in flight are left alone. The dispatcher must have let go of the message
/// (Dispatcher::withdraw) and be told to look again. NotFound; Conflict, and nothing is changed, where it is to be sent
/// again and an attachment of it is not kept any more.
[[nodiscard]] Result<int> change(MessageAct act, store::Transaction& transaction, queue::StoredFiles& files,
                                 const Id& message, const std::unordered_set<Id>& inFlight, TimePoint now);

}  // namespace postroom::api
