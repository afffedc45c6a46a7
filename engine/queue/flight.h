// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A transaction under way, and what its outcome makes of it. Pure but for the shared message; queue thread.

#include "engine/policy/verdict.h"
#include "engine/queue/accounts.h"
#include "engine/queue/parcel.h"
#include "engine/smtp/transaction.h"
#include "engine/store/attempts.h"

#include <optional>
#include <string>
#include <vector>

namespace postroom::queue {

struct Flight {
    Id attempt;
    std::shared_ptr<Message> message;
    std::vector<Due> deliveries;  ///< in the order of the transaction's recipients
    Id account;                   ///< null: the sandbox
    std::string accountEmail;
    Accounts::Units units = {};      ///< what it took of the account's limits
    std::uint64_t tokenEdition = 0;  ///< of the account's access token as it began
    std::size_t slot = 0;
    TimePoint startedAt{};
    std::vector<bool> refusalRecorded = {};  ///< parallel to deliveries once the question before "." was recorded
};

/// A recipient whose server says that there is no such mailbox, or that it is disabled.
struct DeadMailbox {
    std::string address;
    std::string reply;
};

/// What became of a flight: everything that has to be written and done.
struct Settlement {
    store::AttemptRecord attempt;
    std::vector<store::DeliveryUpdate> updates;
    std::int64_t used = 0;  ///< recipients covered by a "."
    std::int64_t sent = 0;
    std::int64_t failed = 0;
    std::int64_t deferred = 0;                    ///< put off by a reply or a fault; not those broken off by us
    std::optional<policy::Verdict> accountFault;  ///< the account has to rest
    std::string accountDetail;                    ///< what to show on the account
    std::vector<policy::Verdict> verdicts;        ///< parallel to the flight's deliveries
    std::vector<Parcel> again;                    ///< to be tried again, one parcel per due time
    std::vector<Id> ended;                        ///< out of the window for good
    std::vector<DeadMailbox> dead;                ///< to be suppressed; not of the sandbox
};

/// Judges every recipient of the flight. `dice` in [0, 1) spreads retries.
[[nodiscard]] Settlement settle(const policy::ReplyRules& rules, const Flight& flight, const smtp::Outcome& outcome,
                                TimePoint now, double dice);

/// What has to be durable before the "." of a flight with refused recipients, or of one that must not be doubled.
struct DotIntent {
    store::AttemptRecord attempt;  ///< state "dot"
    std::vector<store::DeliveryUpdate> refused;
    std::vector<Id> accepted;
    std::vector<bool> isRefused;    ///< parallel to the flight's deliveries
    std::vector<DeadMailbox> dead;  ///< as in the settlement
};
[[nodiscard]] DotIntent intend(const policy::ReplyRules& rules, const Flight& flight,
                               const std::vector<smtp::Reply>& recipients, TimePoint now, double dice);

/// "452 4.2.2 mailbox full", for people.
[[nodiscard]] std::string replyText(const smtp::Reply& reply);

}  // namespace postroom::queue
