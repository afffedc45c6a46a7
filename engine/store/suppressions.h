// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Addresses, and domains as "*@b", that get no mail: one row each, in lower case throughout.
//
// Reads take a Connection of the calling thread, writes a Transaction. One that has expired is as good as gone: it is
// never in force, gives way to a new one, and is purged in its time.

#include "engine/store/writer.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::store {

struct SuppressionRecord {
    Id id{};
    std::string address{};          ///< "a@b", or "*@b" for a whole domain
    std::string reason{};           ///< one of contract::suppressionReasons
    std::string reply{};            ///< of the server, where it was one; printable, <= 1 KiB
    std::optional<Id> messageId{};  ///< whose delivery was refused
    std::string note{};             ///< a person's words
    TimePoint createdAt{};
    std::optional<TimePoint> expiresAt{};  ///< none: it stays until it is removed
};

struct SuppressionSearch {
    std::string part = {};    ///< of the address, in lower case; empty: any
    std::string reason = {};  ///< empty: any
    std::optional<Id> before = {};
};

struct SuppressionPage {
    std::vector<SuppressionRecord> rows;
    std::optional<Id> next;  ///< the last that was looked at, where there may be more
};

namespace suppressions {

/// True if it was added; false, and nothing is changed, where the address has one in force.
[[nodiscard]] Result<bool> insert(Transaction& transaction, const SuppressionRecord& record, TimePoint now);
/// What a server's reply says, as insert(); besides, a hard_bounce that ends sooner is moved on by it. What people
/// decided stays. The same again changes nothing.
[[nodiscard]] Result<void> note(Transaction& transaction, const SuppressionRecord& record, TimePoint now);
/// NotFound.
[[nodiscard]] Result<void> remove(Transaction& transaction, const Id& id);
/// Removes at most `limit` that ended before `now`. How many.
[[nodiscard]] Result<int> purge(Transaction& transaction, TimePoint now, int limit);

[[nodiscard]] Result<std::optional<SuppressionRecord>> find(Connection& connection, const Id& id);
/// By its address in lower case, or "*@b".
[[nodiscard]] Result<std::optional<SuppressionRecord>> find(Connection& connection, std::string_view address);
/// The one that keeps mail from this recipient at that time: its own, or its domain's.
[[nodiscard]] Result<std::optional<SuppressionRecord>> inForce(Connection& connection, std::string_view recipient,
                                                               TimePoint at);
/// Newest first. A search that finds little ends its page after 100 ms, and goes on from there: see `next`.
[[nodiscard]] Result<SuppressionPage> page(Connection& connection, const SuppressionSearch& filter, int limit);
/// Of all, in their order, those after this one.
[[nodiscard]] Result<std::vector<std::string>> addresses(Connection& connection, std::string_view after, int limit);

/// "Ann@Example.org" -> "ann@example.org", the form of the rows.
[[nodiscard]] std::string formOf(std::string_view recipient);
/// The row that speaks of its whole domain: "*@example.org".
[[nodiscard]] std::string domainFormOf(std::string_view recipient);

}  // namespace suppressions
}  // namespace postroom::store
