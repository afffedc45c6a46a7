// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Which account carries a delivery, and if none does now, why it waits and until when.
//
// Pure, any thread: the dispatcher asks on the way of a message, the API asks for `waiting_for` and explain. Both get
// their answer from the same lines, so that what is shown is what happens.

#include "engine/base/id.h"
#include "engine/contract/states.h"
#include "engine/policy/pauses.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postroom::policy {

/// What the choice needs to know of an account.
///
/// The sandbox, where it is offered, stands among the accounts under a null id. Only who pins it gets it.
struct AccountView {
    Id id;
    std::string email;
    std::vector<std::string> fromPatterns;  ///< `a@b`, `*@b`; empty: its own email
    int priority = 0;                       ///< greater goes first
    bool active = true;
    bool paused = false;      ///< by a person
    std::string problemCode;  ///< why it rests or was disabled, empty when well
    TimePoint restsUntil{};
    std::optional<std::int64_t> unitsLeft;  ///< none: no limit
    std::string_view limitCode;             ///< of the limit that is used up: account.daily_limit, account.hourly_limit
    TimePoint limitedUntil{};               ///< it is used up until then; before that, none left means some are coming
    TimePoint opensAt{};                    ///< outside its hours until then
    TimePoint nextAt{};                     ///< its rate a minute lets the next one go then
    bool unauthorized = false;              ///< nobody has allowed its provider to give us access, or it was taken back
    bool awaitsToken = false;               ///< its provider is being asked for an access token
    TimePoint tokenAt{};                    ///< the provider did not answer and is asked again then
    bool probing = false;                   ///< after a rest: one transaction shows whether it is well again
    double share = -1;                      ///< of its day's limit that is used or taken; -1 without one
    int freeConnections = 1;
};

/// What a message demands of its account.
struct Wanted {
    std::string from;    ///< address as given, its domain in lower case; empty: any
    std::string pinned;  ///< an account's id as text, "sandbox", or empty
};

/// Why something waits: a closed code, what a translator needs, and when it may be over if that is known.
///
/// Codes: account.connections_busy, account.probing, account.reserving, account.rate, account.hourly_limit,
/// account.daily_limit, account.resting, account.send_hours, account.token_awaited, account.authorization_needed,
/// account.paused, account.disabled, account.none_for_from, account.none, account.unknown, queue.paused,
/// template.paused, domain.paused, queue.turn, retry.scheduled, message.scheduled, message.held. An empty code: nothing
/// is in the way.
struct WaitingFor {
    std::string code;
    std::vector<std::pair<std::string, std::string>> params;
    std::optional<TimePoint> until;
};

/// True if an account with these patterns may send as `from`; an empty `from` leaves it to the account.
///
/// Patterns are `a@b` or `*@b`; no pattern means `ownEmail`. Domains compare without case, local parts with it
/// (RFC 5321 §2.4: only the owner of a domain knows whether A@b is a@b). A subdomain is another domain.
[[nodiscard]] bool fromMatches(const std::vector<std::string>& patterns, std::string_view ownEmail,
                               std::string_view from);

struct Choice {
    std::optional<std::size_t> account;  ///< index into the accounts given
    WaitingFor waiting;                  ///< its code is empty if an account was found
};

/// The account to use now: among the usable ones those of the greatest priority, of them those with the least share of
/// their day used (so one without a limit goes before one with), among equals by `turn`, round and round. If none is
/// usable, the most hopeful reason: a connection that gets free, units on their way, the limit or rest that ends first,
/// then what only a person can change.
[[nodiscard]] Choice chooseAccount(const Wanted& wanted, TimePoint now, std::span<const AccountView> accounts,
                                   std::uint64_t turn);

/// What keeps this account from sending now; an empty code if nothing does.
[[nodiscard]] WaitingFor whyNot(const AccountView& account, TimePoint now);

struct DeliveryView {
    contract::State state = contract::State::Queued;
    TimePoint dueAt{};
    int attempts = 0;
    std::string reason;     ///< closed word of the last outcome, empty before any
    bool inFlight = false;  ///< an attempt is under way
    std::optional<MailPause> pause = {};
};

/// What a delivery waits for; nothing if it is done or on its way.
[[nodiscard]] std::optional<WaitingFor> whyWaiting(const DeliveryView& delivery, const Wanted& wanted, TimePoint now,
                                                   bool paused, std::span<const AccountView> accounts);

}  // namespace postroom::policy
