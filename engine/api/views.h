// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// From what the database and the dispatcher hold to what the API shows. Pure.

#include "engine/contract/resources.h"
#include "engine/queue/dispatcher.h"
#include "engine/store/ledger.h"
#include "engine/store/messages.h"
#include "engine/store/suppressions.h"

namespace postroom::api {

[[nodiscard]] std::optional<contract::WaitingFor> toContract(std::optional<policy::WaitingFor> waiting);
/// `look` says what is in flight and how the accounts stand.
[[nodiscard]] contract::Delivery toContract(const store::DeliveryRecord& delivery, const store::MessageRecord& message,
                                            const queue::Dispatcher::Look& look, TimePoint now);
/// Without deliveries: for lists.
[[nodiscard]] contract::Message toContract(const store::MessageRecord& message, const store::StateCounts& counts);
/// With deliveries, what is in flight shown as sending, and what it waits for.
[[nodiscard]] contract::Message toContract(const store::MessageRecord& message,
                                           const std::vector<store::DeliveryRecord>& deliveries,
                                           const queue::Dispatcher::Look& look, TimePoint now);
[[nodiscard]] Result<contract::Attempt> toContract(const store::AttemptRecord& attempt);
/// What an account that waits for this is called: limited, resting, paused, disabled; ready where nothing lasting is in
/// its way.
[[nodiscard]] std::string_view stateWord(std::string_view waitingCode);
[[nodiscard]] contract::Account toContract(const store::AccountRecord& account, const queue::Dispatcher::Look& look,
                                           TimePoint now);
[[nodiscard]] contract::AccountChance chanceOf(const policy::AccountView& view, const policy::Wanted* wanted,
                                               TimePoint now);
/// Recipients by state, with accepted and erased; none is missing.
[[nodiscard]] std::map<std::string, std::int64_t> recipientTotals(const store::ledger::Counters& counters);
[[nodiscard]] contract::ApiKey toContract(const store::ApiKeyRecord& key);
[[nodiscard]] contract::Suppression toContract(const store::SuppressionRecord& suppression);

}  // namespace postroom::api
