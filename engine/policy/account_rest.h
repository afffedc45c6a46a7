// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// How long an account rests after a fault of its own.
//
// Pure, any thread. The rest ends by time alone; the next message is the probe. Wrong passwords rest far longer than
// anything else: providers lock an account that keeps trying them.

#include "engine/base/clock.h"

#include <chrono>
#include <optional>
#include <string_view>

namespace postroom::policy {

struct RestQuestion {
    std::string_view reason;  ///< the verdict's, "smtp.auth_rejected"
    int faults = 1;           ///< account-level faults in a row, this one included; a success sets the count back to 0
    TimePoint now{};
    std::optional<std::chrono::seconds> asked{};  ///< the server's own wish, never undercut, at most 24 h
    double dice = 0;                              ///< [0, 1): adds up to a fifth
};

/// 30 s doubling to 1 h; after a rejected login 5 min doubling to 6 h.
[[nodiscard]] TimePoint restsUntil(const RestQuestion& question);

}  // namespace postroom::policy
