// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Messages as they are looked for: pages by keyset, newest first, each within a time it is given.
//
// One index drives a search, the most telling that its terms have; the rows it gives, in chunks, are then held against
// all the terms here and not in SQL: that way both databases agree on what a letter in two cases is, and a search for
// something rare ends a page early, saying how far back it looked, and not a statement.

#include "engine/contract/search.h"
#include "engine/store/messages.h"

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace postroom::store {

/// What is looked for; empty: everything.
struct MessageFilter {
    contract::Search search = {};
    std::optional<Id> keyId = {};      ///< only what came by this key
    std::optional<Id> accountId = {};  ///< whom `search.account` means, where it is no sandbox; none: nobody's
    std::optional<Id> before = {};     ///< where the page before ended
};

struct FoundMessage {
    MessageRecord message;
    std::vector<std::string> tags;
    std::string templateName;
};

struct MessagePage {
    std::vector<FoundMessage> rows;
    std::optional<Id> next;                   ///< MessageFilter::before of the next page; none: that was all
    std::optional<TimePoint> searchedBackTo;  ///< the time ran out here, before the page was full
};

/// `more`: there are more, or time ran out.
struct MessageCount {
    std::int64_t count = 0;
    bool more = false;
};

namespace search {

inline constexpr Milliseconds pageTime{50}, countTime{200};
inline constexpr std::int64_t mostCounted = 10'000;

/// At most `limit` messages; at least one chunk is looked at, however little the time.
[[nodiscard]] Result<MessagePage> page(Connection& connection, const MessageFilter& filter, int limit,
                                       Milliseconds time = pageTime);
/// All of them, whatever `before` says: from the persisted counters where they know, else counted up to mostCounted.
[[nodiscard]] Result<MessageCount> count(Connection& connection, const MessageFilter& filter,
                                         Milliseconds time = countTime);
/// The deliveries of these messages, each in the order they were given, in one query.
[[nodiscard]] Result<std::unordered_map<Id, std::vector<DeliveryRecord>>> deliveriesOf(
    Connection& connection, const std::vector<Id>& messageIds);

}  // namespace search
}  // namespace postroom::store
