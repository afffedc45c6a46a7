// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/accounts.h"

#include "engine/contract/codec.h"
#include "engine/contract/json.h"
#include "engine/store/rows.h"

namespace postroom::store::accounts {

using namespace contract;

namespace {

#define POSTROOM_ACCOUNT_COLUMNS                                                                                  \
    "id, email, display_name, smtp_host, smtp_port, smtp_username, smtp_password, security, auth, daily_limit, "  \
    "daily_sent_count, daily_window, priority, max_connections, max_recipients, from_addresses, ca_certificate, " \
    "fingerprint, is_active, problem_code, problem_detail, problem_at, rests_until, revision, created_at, "       \
    "updated_at, time_zone, limit_window, hourly_limit, rate_per_minute, max_messages, warmup, send_hours, "      \
    "oauth_provider, refresh_token, authorized_at"

constexpr std::string_view calendar = "calendar", rolling = "rolling";

template <typename Row>
std::string toJsonRows(const std::vector<Row>& rows) {
    return json::serialise(toJson(rows));
}

// What is no such list reads as none.
template <typename Row>
std::vector<Row> fromJsonRows(std::string_view text) {
    const auto value = json::parse(text);
    if (!value) return {};
    return fromJson<std::vector<Row>>(*value).value_or(std::vector<Row>{});
}

AccountRecord readAccount(const Query& row) {
    AccountRecord account;
    account.id = row.id(0);
    account.email = row.text(1);
    account.displayName = row.text(2);
    account.smtpHost = row.text(3);
    account.smtpPort = static_cast<int>(row.integer(4));
    account.smtpUsername = row.text(5);
    account.smtpPassword = row.text(6);
    // The strictest, for a word nobody knows: it can fail, it can't leak.
    account.security = securityNamed(row.text(7)).value_or(Security::Tls);
    account.auth = authNamed(row.text(8)).value_or(Auth::Password);
    if (!row.isNull(9)) account.dailyLimit = row.integer(9);
    account.dailySentCount = row.integer(10);
    account.dailyWindow = row.text(11);
    account.priority = static_cast<int>(row.integer(12));
    account.maxConnections = static_cast<int>(row.integer(13));
    account.maxRecipients = static_cast<int>(row.integer(14));
    account.fromAddresses = fromJsonList(row.text(15));
    account.caCertificate = row.text(16);
    account.fingerprint = row.text(17);
    account.isActive = row.boolean(18);
    account.problemCode = row.text(19);
    account.problemDetail = row.text(20);
    account.problemAt = row.time(21);
    account.restsUntil = row.time(22);
    account.revision = row.integer(23);
    account.createdAt = row.time(24);
    account.updatedAt = row.time(25);
    account.timeZone = row.text(26);
    account.limitRolls = row.text(27) == rolling;
    if (!row.isNull(28)) account.hourlyLimit = row.integer(28);
    if (!row.isNull(29)) account.ratePerMinute = row.integer(29);
    account.maxMessages = static_cast<int>(row.integer(30));
    account.warmup = fromJsonRows<WarmupStep>(row.text(31));
    account.sendHours = fromJsonRows<SendHours>(row.text(32));
    account.oauthProvider = row.text(33);
    account.refreshToken = row.text(34);
    if (!row.isNull(35)) account.authorizedAt = row.time(35);
    return account;
}

Error missing(const Id& id) {
    return Error{.code = ErrorCode::NotFound, .params = {}, .detail = "no account " + id.text(), .fields = {}};
}

Result<void> mustChange(Query& query, const Id& id) {
    const auto changed = query.runCounting();
    if (!changed) return fail(changed.error());
    if (*changed == 0) return fail(missing(id));
    return {};
}

}  // namespace

Result<void> insert(Transaction& transaction, const AccountRecord& account) {
    auto query = transaction.query(
        "accounts.insert", "INSERT INTO email_accounts (" POSTROOM_ACCOUNT_COLUMNS
                           ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                           "?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    if (!query) return fail(query.error());
    const std::string from = toJsonList(account.fromAddresses);
    query->bindAll(account.id, account.email, account.displayName, account.smtpHost, account.smtpPort,
                   account.smtpUsername, account.smtpPassword, name(account.security), name(account.auth),
                   account.dailyLimit, account.dailySentCount, account.dailyWindow, account.priority,
                   account.maxConnections, account.maxRecipients, from, account.caCertificate, account.fingerprint,
                   account.isActive, account.problemCode, account.problemDetail);
    query->bindOrNull(account.problemAt).bindOrNull(account.restsUntil);
    const std::string warmup = toJsonRows(account.warmup), sendHours = toJsonRows(account.sendHours);
    query->bindAll(account.revision, account.createdAt, account.updatedAt, account.timeZone,
                   account.limitRolls ? rolling : calendar, account.hourlyLimit, account.ratePerMinute,
                   account.maxMessages, warmup, sendHours, account.oauthProvider, account.refreshToken);
    query->bindOrNull(account.authorizedAt.value_or(TimePoint{}));
    return query->run();
}

Result<std::optional<AccountRecord>> find(Connection& connection, const Id& id) {
    auto query =
        connection.query("accounts.find", "SELECT " POSTROOM_ACCOUNT_COLUMNS " FROM email_accounts WHERE id = ?");
    if (!query) return fail(query.error());
    query->bind(id);
    return collectOne<AccountRecord>(*query, readAccount);
}

Result<std::optional<AccountRecord>> findByEmail(Connection& connection, std::string_view email) {
    auto query = connection.query("accounts.find_by_email",
                                  "SELECT " POSTROOM_ACCOUNT_COLUMNS " FROM email_accounts WHERE email = ?");
    if (!query) return fail(query.error());
    query->bind(email);
    return collectOne<AccountRecord>(*query, readAccount);
}

Result<std::vector<AccountRecord>> list(Connection& connection) {
    auto query = connection.query("accounts.list",
                                  "SELECT " POSTROOM_ACCOUNT_COLUMNS " FROM email_accounts ORDER BY priority DESC, id");
    if (!query) return fail(query.error());
    return collect<AccountRecord>(*query, readAccount);
}

Result<void> update(Transaction& transaction, const AccountRecord& account) {
    auto query = transaction.query(
        "accounts.update",
        "UPDATE email_accounts SET email = ?, display_name = ?, smtp_host = ?, smtp_port = ?, smtp_username = ?, "
        "smtp_password = ?, security = ?, auth = ?, daily_limit = ?, priority = ?, max_connections = ?, "
        "max_recipients = ?, from_addresses = ?, ca_certificate = ?, fingerprint = ?, is_active = ?, updated_at = ?, "
        "time_zone = ?, limit_window = ?, hourly_limit = ?, rate_per_minute = ?, max_messages = ?, warmup = ?, "
        "send_hours = ?, "
        // What one provider granted is nothing to another.
        "refresh_token = CASE WHEN oauth_provider = ? THEN refresh_token ELSE '' END, "
        "authorized_at = CASE WHEN oauth_provider = ? THEN authorized_at ELSE NULL END, oauth_provider = ?, "
        "revision = revision + 1 WHERE id = ? AND revision = ?");
    if (!query) return fail(query.error());
    const std::string from = toJsonList(account.fromAddresses);
    query->bindAll(account.email, account.displayName, account.smtpHost, account.smtpPort, account.smtpUsername,
                   account.smtpPassword, name(account.security), name(account.auth), account.dailyLimit,
                   account.priority, account.maxConnections, account.maxRecipients, from, account.caCertificate,
                   account.fingerprint, account.isActive, account.updatedAt);
    const std::string warmup = toJsonRows(account.warmup), sendHours = toJsonRows(account.sendHours);
    query->bindAll(account.timeZone, account.limitRolls ? rolling : calendar, account.hourlyLimit,
                   account.ratePerMinute, account.maxMessages, warmup, sendHours, account.oauthProvider,
                   account.oauthProvider, account.oauthProvider, account.id, account.revision);
    const auto changed = query->runCounting();
    if (!changed) return fail(changed.error());
    if (*changed > 0) return {};
    const auto now = find(transaction.connection(), account.id);
    if (!now) return fail(now.error());
    if (!*now) return fail(missing(account.id));
    return fail(ErrorCode::RevisionStale, "the account is at revision " + std::to_string((*now)->revision));
}

Result<void> remove(Transaction& transaction, const Id& id) {
    auto windows = transaction.query("windows.remove", "DELETE FROM account_windows WHERE account_id = ?");
    if (!windows) return fail(windows.error());
    if (auto ran = windows->bind(id).run(); !ran) return ran;
    auto query = transaction.query("accounts.remove", "DELETE FROM email_accounts WHERE id = ?");
    if (!query) return fail(query.error());
    query->bind(id);
    return mustChange(*query, id);
}

Result<void> setActive(Transaction& transaction, const Id& id, bool isActive, TimePoint now) {
    auto query = transaction.query("accounts.set_active",
                                   "UPDATE email_accounts SET is_active = ?, revision = revision + 1, updated_at = ? "
                                   "WHERE id = ? AND is_active <> ?");
    if (!query) return fail(query.error());
    const auto changed = query->bindAll(isActive, now, id, isActive).runCounting();
    if (!changed) return fail(changed.error());
    if (*changed > 0) return {};
    const auto there = find(transaction.connection(), id);
    if (!there) return fail(there.error());
    if (!*there) return fail(missing(id));
    return {};
}

Result<void> setProblem(Transaction& transaction, const Id& id, std::string_view code, std::string_view detail,
                        TimePoint at, TimePoint restsUntil) {
    auto query = transaction.query("accounts.set_problem",
                                   "UPDATE email_accounts SET problem_code = ?, problem_detail = ?, problem_at = ?, "
                                   "rests_until = ? WHERE id = ?");
    if (!query) return fail(query.error());
    query->bind(code).bind(detail).bindOrNull(at).bindOrNull(restsUntil).bind(id);
    return mustChange(*query, id);
}

Result<void> authorize(Transaction& transaction, const Id& id, std::string_view provider, std::string_view token,
                       TimePoint now) {
    auto query = transaction.query("accounts.authorize",
                                   "UPDATE email_accounts SET auth = 'xoauth2', oauth_provider = ?, refresh_token = ?, "
                                   "smtp_username = CASE WHEN smtp_username = '' THEN email ELSE smtp_username END, "
                                   "authorized_at = ?, updated_at = ?, problem_code = '', problem_detail = '', "
                                   "problem_at = NULL, rests_until = NULL, revision = revision + 1 WHERE id = ?");
    if (!query) return fail(query.error());
    query->bindAll(provider, token, now, now, id);
    return mustChange(*query, id);
}

Result<bool> replaceToken(Transaction& transaction, const Id& id, std::string_view before, std::string_view token) {
    auto query = transaction.query("accounts.replace_token",
                                   "UPDATE email_accounts SET refresh_token = ? WHERE id = ? AND refresh_token = ?");
    if (!query) return fail(query.error());
    const auto changed = query->bindAll(token, id, before).runCounting();
    if (!changed) return fail(changed.error());
    return *changed > 0;
}

Result<void> clearProblem(Transaction& transaction, const Id& id) {
    return setProblem(transaction, id, "", "", TimePoint{}, TimePoint{});
}

}  // namespace postroom::store::accounts
