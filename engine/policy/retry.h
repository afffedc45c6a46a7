// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// When a delivery that was put off is tried again.
//
// Pure: the caller brings the time and the dice, so a table of rows can say everything there is to say about it.
// Any thread. Operators read these schedules in the handbook's page on retries: change both together.

#include "engine/base/clock.h"

#include <chrono>
#include <optional>
#include <string_view>

namespace postroom::policy {

/// What put the delivery off. Verdicts map SMTP replies to these.
enum class Deferral {
    Soon,         ///< nothing is wrong: the server took only some of the recipients, or we broke off ourselves
    Network,      ///< the other side could not be reached, or went away
    Greylisted,   ///< the server wants to see us again
    MailboxFull,  ///< a person has to delete something
    RateLimited,  ///< too much in too short a time
    Other,        ///< any other temporary refusal
    Unknown,      ///< the final "." may have been taken; nobody read the reply
};

[[nodiscard]] std::string_view name(Deferral deferral);  ///< "mailbox_full"
[[nodiscard]] std::optional<Deferral> deferralNamed(std::string_view name);

/// How a class of deferrals is spread over time.
struct RetrySchedule {
    std::chrono::seconds first;    ///< the first wait
    double factor = 1;             ///< every further wait is this many times the last; >= 1
    std::chrono::seconds longest;  ///< no wait is longer
    bool atOnceFirst = false;      ///< the first time there is no wait at all; the table begins with the second
};

struct RetryQuestion {
    Deferral deferral = Deferral::Other;
    int attempts = 1;  ///< made so far, >= 1
    TimePoint now{};
    TimePoint expiresAt{};                        ///< the message's own end
    std::optional<std::chrono::seconds> asked{};  ///< the server's "try again in ...", if its reply had one
    double dice = 0;                              ///< [0, 1): spreads what was put off together
    bool firstOfItsKind = false;                  ///< no earlier attempt of this delivery ended in this class
};

/// The schedule of a class of deferrals.
[[nodiscard]] RetrySchedule scheduleFor(Deferral deferral);

/// When to try again; nothing if that would not be before the message expires.
///
/// A wait the server asked for is never undercut, and never taken for longer than a day. Up to a fifth is added by
/// `dice`, so that a server that refused a thousand deliveries in one second does not get them back in one second.
/// Soon and Unknown are due at once on the first attempt, or later where the caller knows it to be the first of its
/// kind; asking without that knowledge can only lengthen a wait, never make a loop without one.
[[nodiscard]] std::optional<TimePoint> nextAttempt(const RetryQuestion& question);

}  // namespace postroom::policy
