// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/message_change.h"

#include "engine/store/actions.h"
#include "engine/store/messages.h"

#include <algorithm>
#include <array>

namespace postroom::api {

using contract::State;

namespace {

constexpr std::array acts{MessageAct::Cancel, MessageAct::Retry, MessageAct::Release, MessageAct::Drop};

Result<int> cancelThoseIn(std::span<const State> states, store::Transaction& transaction, const Id& message,
                          const std::unordered_set<Id>& inFlight, TimePoint now) {
    const auto deliveries = store::messages::deliveries(transaction.connection(), message);
    if (!deliveries) return fail(deliveries.error());
    std::vector<Id> ids;
    for (const auto& delivery : *deliveries)
        if (std::find(states.begin(), states.end(), delivery.status) != states.end() && !inFlight.contains(delivery.id))
            ids.push_back(delivery.id);
    if (ids.empty()) return 0;
    return store::actions::moveTo(transaction, message, ids, State::Cancelled, "message.cancelled", now);
}

}  // namespace

std::string_view name(MessageAct act) {
    static constexpr std::array<std::string_view, acts.size()> names{"cancel", "retry", "release", "drop"};
    return names[static_cast<std::size_t>(act)];
}

std::optional<MessageAct> messageActNamed(std::string_view given) {
    for (const MessageAct act : acts)
        if (name(act) == given) return act;
    return std::nullopt;
}

std::span<const State> statesFor(MessageAct act) {
    static constexpr std::array cancelled{State::Queued, State::Scheduled, State::Held};
    // Not what is held: whether that is sent once more is a person's decision, and has an act of its own.
    static constexpr std::array retried{State::Queued, State::Failed, State::Expired};
    static constexpr std::array held{State::Held};
    if (act == MessageAct::Cancel) return cancelled;
    if (act == MessageAct::Retry) return retried;
    return held;
}

Result<int> change(MessageAct act, store::Transaction& transaction, const Id& message,
                   const std::unordered_set<Id>& inFlight, TimePoint now) {
    switch (act) {
        case MessageAct::Retry: return store::actions::retryNow(transaction, message, now);
        case MessageAct::Release: return store::actions::release(transaction, message, now);
        case MessageAct::Cancel:
        case MessageAct::Drop: break;
    }
    return cancelThoseIn(statesFor(act), transaction, message, inFlight, now);
}

}  // namespace postroom::api
