// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/account_rest.h"

#include <algorithm>
#include <cmath>

namespace postroom::policy {

using namespace std::chrono_literals;

TimePoint restsUntil(const RestQuestion& question) {
    const bool login = question.reason == "smtp.auth_rejected";
    const std::chrono::seconds first = login ? 5min : 30s;
    const std::chrono::seconds longest = login ? 6h : 1h;
    const int doublings = std::clamp(question.faults - 1, 0, 32);
    const double grown = static_cast<double>(first.count()) * std::pow(2.0, doublings);
    const double ours = std::min(grown, static_cast<double>(longest.count()));
    const auto asked = std::clamp<std::chrono::seconds>(question.asked.value_or(0s), 0s, 24h);
    const double rest = std::max(ours, static_cast<double>(asked.count()));
    return question.now + Milliseconds{std::llround(rest * 1000 * (1 + 0.2 * question.dice))};
}

}  // namespace postroom::policy
