// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What a restart makes of the transactions that were open when the last run ended.
//
// Pure; the table of cases is the specification (tests/unit/queue/tst_recovery.cpp), the reasons are in
// ARCHITECTURE.md, "After a crash". The host reads slots and rows, writes what this decides, and only then lets the
// dispatcher begin.

#include "engine/queue/sent_log.h"
#include "engine/queue/slots.h"
#include "engine/store/attempts.h"
#include "engine/store/messages.h"

#include <functional>
#include <vector>

namespace postroom::queue {

struct Recovery {
    store::AttemptRecord attempt;  ///< state "done"
    std::vector<store::DeliveryUpdate> updates;
    std::int64_t used = 0;            ///< units of the account's window that are known to be used
    TimePoint takenAt{};              ///< names the window
    std::vector<SentNote> sent = {};  ///< for sent.log: the end may have come before they were in it
};

/// What is asked of the database about a message that was under way: its record and its deliveries.
struct Known {
    store::MessageRecord message;
    std::vector<store::DeliveryRecord> deliveries;
    int crashes = 0;  ///< how often the engine ended at work on it: crashesIn() its attempts
};

/// So many times the engine may end at work on a message; then it is held.
inline constexpr int crashesToHold = 3;
/// How many of a message's attempts say that the engine ended at work on it.
[[nodiscard]] int crashesIn(const std::vector<store::AttemptRecord>& attempts);

/// `trusted`: the slots are of this boot. `openDots`: attempts whose row says "dot". Without trust only those rows
/// speak, and all of them are in doubt; with it a row whose slot never reached the "." is simply queued again. Whoever
/// was only waiting for a server is not blamed for the end of the engine, whoever was in hand is.
[[nodiscard]] std::vector<Recovery> recover(bool trusted, const std::vector<Slots::Entry>& entries,
                                            const std::vector<store::AttemptRecord>& openDots,
                                            const std::function<std::optional<Known>(const Id& message)>& ask,
                                            TimePoint now);

}  // namespace postroom::queue
