// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The promise in numbers: accepted = scheduled + queued + sending + sent + failed + held + expired + cancelled +
// erased.
//
// Counter names: "accepted", "erased", a state's name (deliveries), "messages.<state>" (messages).

#include "engine/store/connection.h"

#include <map>
#include <string>

namespace postroom::store::ledger {

using Counters = std::map<std::string, std::int64_t>;

/// The persisted counters; those never moved are absent.
[[nodiscard]] Result<Counters> readCounters(Connection& connection);
/// accepted minus everything it must equal: 0, or something vanished or was counted twice.
[[nodiscard]] std::int64_t imbalance(const Counters& counters);
[[nodiscard]] Result<std::int64_t> imbalance(Connection& connection);
/// The same counters from the rows themselves (`erased` is taken over: it has none). Zeros are left out.
/// Reads every row: for the audit and for tests.
[[nodiscard]] Result<Counters> recount(Connection& connection);

}  // namespace postroom::store::ledger
