// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The recipients' domains that have asked for a pause, and what is under way to them. Queue thread.
//
// A domain that takes what it is sent is not in here and costs nothing. Kept in memory alone: after a restart the first
// refusal says it again.

#include "engine/policy/destination.h"
#include "engine/policy/verdict.h"
#include "engine/queue/parcel.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace postroom::queue {

class Destinations {
public:
    [[nodiscard]] bool none() const { return m_domains.empty(); }
    /// When this recipient's mail may go; nothing if it may now.
    [[nodiscard]] std::optional<TimePoint> waitsUntil(const Due& due, TimePoint now, double dice) const;
    /// A transaction with these recipients begins, ends.
    void begin(const std::vector<Due>& deliveries);
    void end(const std::vector<Due>& deliveries);
    /// The clock was set back.
    void setBack(Milliseconds by, TimePoint now);
    /// What became of one recipient's mail.
    void note(const Due& due, const policy::Verdict& verdict, TimePoint now, double dice);

private:
    struct Domain {
        policy::Destination state;
        int underWay = 0;  ///< transactions that began since it is known
    };
    std::unordered_map<std::string, Domain> m_domains;  ///< by name in lower case
};

}  // namespace postroom::queue
