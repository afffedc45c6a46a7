// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/windows.h"

#include "engine/store/dialect.h"
#include "engine/store/rows.h"

#include <algorithm>

namespace postroom::store::windows {

namespace {

bool isHour(std::string_view window) {
    return window.starts_with('h');
}

// Held to the end of the transaction: nobody else reserves of this account meanwhile.
Result<void> lockAccount(Transaction& transaction, const Id& accountId) {
    auto query = transaction.query("accounts.lock", transaction.connection().dialect().lockAccount);
    if (!query) return fail(query.error());
    query->bind(accountId);
    const auto found = collectOne<bool>(*query, [](const Query&) { return true; });
    if (!found) return fail(found.error());
    if (!*found) return fail(ErrorCode::NotFound, "no account " + accountId.text());
    return {};
}

Result<std::int64_t> reservedByAll(Transaction& transaction, const Id& accountId, const Cap& cap) {
    auto query = transaction.query("windows.sum",
                                   "SELECT CAST(coalesce(sum(reserved), 0) AS bigint) FROM account_windows "
                                   "WHERE account_id = ? AND \"window\" >= ? AND \"window\" <= ?");
    if (!query) return fail(query.error());
    query->bindAll(accountId, cap.first, cap.last);
    const auto sum = collectOne<std::int64_t>(*query, [](const Query& row) { return row.integer(0); });
    if (!sum) return fail(sum.error());
    return sum->value_or(0);
}

Result<void> add(Transaction& transaction, const Id& accountId, std::string_view window, std::string_view node,
                 std::int64_t count) {
    auto query = transaction.query(
        "windows.reserve",
        "INSERT INTO account_windows (account_id, \"window\", node, reserved, used) VALUES (?, ?, ?, ?, 0) "
        "ON CONFLICT (account_id, \"window\", node) DO UPDATE SET reserved = account_windows.reserved + "
        "excluded.reserved");
    if (!query) return fail(query.error());
    return query->bindAll(accountId, window, node, count).run();
}

// What no cap looks back to.
Result<void> forgetHours(Transaction& transaction, const Id& accountId, const std::vector<Cap>& caps) {
    std::string_view before;
    for (const Cap& cap : caps)
        if (isHour(cap.first) && (before.empty() || cap.first < before)) before = cap.first;
    return before.empty() ? Result<void>{} : windows::forgetHours(transaction, accountId, before);
}

}  // namespace

Result<Reservation> reserve(Transaction& transaction, const Id& accountId, const std::vector<std::string>& windows,
                            std::string_view node, std::int64_t wanted, const std::vector<Cap>& caps) {
    if (auto locked = lockAccount(transaction, accountId); !locked) return fail(locked.error());
    Reservation granted{.count = wanted};
    if (auto forgotten = forgetHours(transaction, accountId, caps); !forgotten) return fail(forgotten.error());
    for (std::size_t i = 0; i < caps.size(); ++i) {
        const auto reserved = reservedByAll(transaction, accountId, caps[i]);
        if (!reserved) return fail(reserved.error());
        const std::int64_t left = caps[i].limit - *reserved;
        if (left <= 0) return Reservation{.count = 0, .metBy = i};
        granted.count = std::min(granted.count, left);
    }
    for (const std::string& window : windows)
        if (auto added = add(transaction, accountId, window, node, granted.count); !added) return fail(added.error());
    return granted;
}

Result<void> use(Transaction& transaction, const Id& accountId, std::string_view window, std::string_view node,
                 std::int64_t count) {
    // What has left is recorded even if nobody reserved it: a refusal here would lose the result of a delivery.
    auto query = transaction.query(
        "windows.use",
        "INSERT INTO account_windows (account_id, \"window\", node, reserved, used) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (account_id, \"window\", node) DO UPDATE SET used = account_windows.used + excluded.used, "
        "reserved = CASE WHEN account_windows.used + excluded.used > account_windows.reserved "
        "THEN account_windows.used + excluded.used ELSE account_windows.reserved END");
    if (!query) return fail(query.error());
    if (auto ran = query->bindAll(accountId, window, node, count, count).run(); !ran || isHour(window)) return ran;

    // A result of yesterday that comes in late does not turn the day back.
    auto daily = transaction.query(
        "accounts.count_sent",
        "UPDATE email_accounts SET daily_sent_count = CASE WHEN daily_window = ? THEN daily_sent_count + ? ELSE ? END, "
        "daily_window = ? WHERE id = ? AND daily_window <= ?");
    if (!daily) return fail(daily.error());
    return daily->bindAll(window, count, count, window, accountId, window).run();
}

Result<void> forgetHours(Transaction& transaction, const Id& accountId, std::string_view before) {
    auto query = transaction.query("windows.forget",
                                   "DELETE FROM account_windows WHERE account_id = ? AND \"window\" >= 'h' "
                                   "AND \"window\" < ?");
    if (!query) return fail(query.error());
    return query->bindAll(accountId, before).run();
}

Result<void> giveBack(Transaction& transaction, const Id& accountId, std::string_view window, std::string_view node,
                      std::int64_t count) {
    auto query = transaction.query(
        "windows.give_back",
        "UPDATE account_windows SET reserved = CASE WHEN reserved - ? < used THEN used ELSE reserved - ? END "
        "WHERE account_id = ? AND \"window\" = ? AND node = ?");
    if (!query) return fail(query.error());
    return query->bindAll(count, count, accountId, window, node).run();
}

Result<void> settle(Transaction& transaction, const Id& accountId, std::string_view window, std::string_view node) {
    auto query = transaction.query("windows.settle",
                                   "UPDATE account_windows SET reserved = used "
                                   "WHERE account_id = ? AND \"window\" = ? AND node = ?");
    if (!query) return fail(query.error());
    return query->bindAll(accountId, window, node).run();
}

Result<std::vector<WindowRecord>> list(Connection& connection) {
    auto query = connection.query("windows.list",
                                  "SELECT account_id, \"window\", node, reserved, used FROM account_windows "
                                  "ORDER BY account_id, \"window\", node");
    if (!query) return fail(query.error());
    return collect<WindowRecord>(*query, [](const Query& row) {
        return WindowRecord{row.id(0), row.text(1), row.text(2), row.integer(3), row.integer(4)};
    });
}

}  // namespace postroom::store::windows
