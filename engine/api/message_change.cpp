// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/message_change.h"

#include "engine/queue/parcel.h"
#include "engine/store/actions.h"
#include "engine/store/files.h"
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

// What is sent again needs its files again, which the sweep may have forgotten since it ended. A sweep removes a file
// in the writer's thread too, so none goes between here and the commit.
Result<void> needFiles(store::Transaction& transaction, queue::StoredFiles& files, const Id& message) {
    const auto layout = store::messages::layout(transaction.connection(), message);
    if (!layout) return fail(layout.error());
    const auto names = queue::filesIn(*layout);
    for (const std::string& name : names)
        if (!files.hold(name)) return fail(ErrorCode::Conflict, "an attachment of it is not kept any more");
    return store::files::use(transaction, message, names);
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

Result<int> change(MessageAct act, store::Transaction& transaction, queue::StoredFiles& files, const Id& message,
                   const std::unordered_set<Id>& inFlight, TimePoint now) {
    if (act == MessageAct::Retry || act == MessageAct::Release)
        if (auto kept = needFiles(transaction, files, message); !kept) return fail(kept.error());
    switch (act) {
        case MessageAct::Retry: return store::actions::retryNow(transaction, message, now);
        case MessageAct::Release: return store::actions::release(transaction, message, now);
        case MessageAct::Cancel:
        case MessageAct::Drop: break;
    }
    return cancelThoseIn(statesFor(act), transaction, message, inFlight, now);
}

}  // namespace postroom::api
