// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/accounts.h"
#include "engine/store/audit.h"
#include "engine/store/history.h"
#include "engine/store/keys.h"
#include "engine/store/migrations.h"
#include "engine/store/readers.h"
#include "engine/store/settings.h"
#include "engine/store/token_families.h"
#include "engine/store/windows.h"
#include "tests/contract/store/fixture.h"

#include <thread>

using namespace postroom;
using namespace postroom::store;
using namespace postroom::store::test;
using namespace std::chrono_literals;

/// Accounts, windows, keys, audit and settings: the same on both databases.
class TestStoreAggregates : public QObject {
    Q_OBJECT

    BothDatabases m_databases;

    Connection& read() { return m_databases.store().read(); }
    Result<void> write(std::function<Result<void>(Transaction&)> apply) {
        return m_databases.store().write(std::move(apply));
    }

    static AccountRecord makeAccount(const std::string& email = "a@example.org") {
        AccountRecord account;
        account.id = makeId(noon);
        account.email = email;
        account.displayName = "通知";
        account.smtpHost = "smtp.example.org";
        account.smtpPort = 587;
        account.smtpUsername = "a";
        account.smtpPassword = "v1:token";
        account.security = contract::Security::StartTls;
        account.auth = contract::Auth::Password;
        account.dailyLimit = 500;
        account.limitRolls = true;
        account.timeZone = "Asia/Shanghai";
        account.hourlyLimit = 50;
        account.ratePerMinute = 30;
        account.maxMessages = 7;
        account.warmup = {{"2026-12-01", 50}, {"2026-12-08", std::nullopt}};
        account.sendHours = {{{"mon", "fri"}, "08:00", "24:00"}};
        account.priority = 3;
        account.fromAddresses = {"a@example.org", "*@example.com"};
        account.createdAt = noon;
        account.updatedAt = noon;
        return account;
    }
    Result<void> add(const AccountRecord& account) {
        return write([&](Transaction& transaction) { return accounts::insert(transaction, account); });
    }
    AccountRecord account(const Id& id) { return accounts::find(read(), id).value().value(); }
    Result<windows::Reservation> reserve(Writer& writer, const Id& id, std::string_view node, std::int64_t wanted,
                                         const std::vector<std::string>& windows,
                                         const std::vector<windows::Cap>& caps) {
        windows::Reservation granted;
        auto done = writer.wait([&](Transaction& transaction) -> Result<void> {
            auto result = windows::reserve(transaction, id, windows, node, wanted, caps);
            if (!result) return fail(result.error());
            granted = *result;
            return {};
        });
        if (!done) return fail(done.error());
        return granted;
    }
    Result<std::int64_t> reserve(Writer& writer, const Id& id, std::string_view node, std::int64_t wanted,
                                 std::optional<std::int64_t> limit) {
        std::vector<windows::Cap> caps;
        if (limit) caps.push_back({"2026-01-31", "2026-01-31", *limit});
        const auto granted = reserve(writer, id, node, wanted, {"2026-01-31"}, caps);
        if (!granted) return fail(granted.error());
        return granted->count;
    }

private slots:
    void initTestCase_data() { BothDatabases::addRows(); }
    void initTestCase() { VERIFY_OK(m_databases.start()); }
    void init() { VERIFY_OK(m_databases.open()); }
    void cleanup() { m_databases.close(); }
    void cleanupTestCase() { m_databases.stop(); }

    void keepsWhatAProviderGave() {
        AccountRecord given = makeAccount();
        given.smtpUsername.clear();
        given.problemCode = "account.authorization_needed";
        VERIFY_OK(add(given));
        QVERIFY(account(given.id).refreshToken.empty() && !account(given.id).authorizedAt);
        const TimePoint later = noon + std::chrono::hours{1};
        VERIFY_OK(write([&](Transaction& transaction) {
            return accounts::authorize(transaction, given.id, "generic", "v1:first", later);
        }));
        AccountRecord kept = account(given.id);
        QVERIFY(kept.auth == contract::Auth::XOAuth2);
        QCOMPARE(kept.oauthProvider, std::string("generic"));
        QCOMPARE(kept.refreshToken, std::string("v1:first"));
        QVERIFY(kept.authorizedAt == later);
        QCOMPARE(kept.smtpUsername, given.email);
        QVERIFY(kept.problemCode.empty());
        QCOMPARE(kept.revision, given.revision + 1);

        // A token follows another, and nothing that is no longer there.
        bool replaced = false;
        const auto replace = [&](const char* before, const char* after) {
            return write([&](Transaction& transaction) -> Result<void> {
                auto done = accounts::replaceToken(transaction, given.id, before, after);
                if (!done) return fail(done.error());
                replaced = *done;
                return {};
            });
        };
        VERIFY_OK(replace("v1:first", "v1:second"));
        QVERIFY(replaced);
        VERIFY_OK(replace("v1:first", "v1:third"));
        QVERIFY(!replaced);
        QCOMPARE(account(given.id).refreshToken, std::string("v1:second"));
        QCOMPARE(account(given.id).revision, kept.revision);

        // What a person changes leaves it alone, but for the provider.
        kept.displayName = "another";
        VERIFY_OK(write([&](Transaction& transaction) { return accounts::update(transaction, kept); }));
        kept = account(given.id);
        QCOMPARE(kept.refreshToken, std::string("v1:second"));
        kept.oauthProvider = "google";
        VERIFY_OK(write([&](Transaction& transaction) { return accounts::update(transaction, kept); }));
        kept = account(given.id);
        QVERIFY(kept.refreshToken.empty() && !kept.authorizedAt);
        QCOMPARE(kept.oauthProvider, std::string("google"));
        QVERIFY(write([&](Transaction& transaction) {
                    return accounts::authorize(transaction, makeId(noon), "generic", "v1:t", noon);
                })
                    .error()
                    .code == ErrorCode::NotFound);
    }

    void keepsAnAccount() {
        const AccountRecord given = makeAccount();
        VERIFY_OK(add(given));
        const AccountRecord kept = account(given.id);
        QCOMPARE(kept.email, given.email);
        QCOMPARE(kept.displayName, given.displayName);
        QCOMPARE(kept.smtpPort, 587);
        QCOMPARE(kept.smtpPassword, given.smtpPassword);
        QVERIFY(kept.security == contract::Security::StartTls);
        QVERIFY(kept.auth == contract::Auth::Password);
        QCOMPARE(kept.dailyLimit.value(), std::int64_t{500});
        QCOMPARE(kept.fromAddresses, given.fromAddresses);
        QVERIFY(kept.limitRolls);
        QCOMPARE(kept.timeZone, given.timeZone);
        QCOMPARE(kept.hourlyLimit, given.hourlyLimit);
        QCOMPARE(kept.ratePerMinute, given.ratePerMinute);
        QCOMPARE(kept.maxMessages, 7);
        QVERIFY(kept.warmup == given.warmup);
        QVERIFY(kept.sendHours == given.sendHours);
        QVERIFY(kept.isActive);
        QVERIFY(kept.problemAt == TimePoint{});
        QVERIFY(kept.createdAt == noon);
        QVERIFY(accounts::findByEmail(read(), given.email).value()->id == given.id);
        QVERIFY(!accounts::findByEmail(read(), "b@example.org").value());
        QCOMPARE(add(makeAccount()).error().code, ErrorCode::AlreadyExists);
    }

    void updatesOnlyTheRevisionItSaw() {
        AccountRecord seen = makeAccount();
        VERIFY_OK(add(seen));
        VERIFY_OK(add(makeAccount("b@example.org")));
        const auto update = [&](const AccountRecord& changed) {
            return write([&](Transaction& transaction) { return accounts::update(transaction, changed); });
        };
        seen.dailyLimit.reset();
        seen.isActive = false;
        seen.limitRolls = false;
        seen.hourlyLimit.reset();
        seen.warmup.clear();
        VERIFY_OK(update(seen));
        QVERIFY(!account(seen.id).limitRolls && !account(seen.id).hourlyLimit && account(seen.id).warmup.empty());
        QCOMPARE(account(seen.id).sendHours, seen.sendHours);
        QCOMPARE(account(seen.id).revision, std::int64_t{2});
        QVERIFY(!account(seen.id).dailyLimit);
        QVERIFY(!account(seen.id).isActive);
        QCOMPARE(update(seen).error().code, ErrorCode::RevisionStale);
        seen.revision = 2;
        seen.email = "b@example.org";
        QCOMPARE(update(seen).error().code, ErrorCode::AlreadyExists);
        seen.id = makeId(noon);
        QCOMPARE(update(seen).error().code, ErrorCode::NotFound);
    }

    void showsAProblemAndForgetsIt() {
        const AccountRecord given = makeAccount();
        VERIFY_OK(add(given));
        VERIFY_OK(write([&](Transaction& transaction) {
            return accounts::setProblem(transaction, given.id, "smtp.auth_rejected", "535 5.7.8 no", noon, noon + 1h);
        }));
        QCOMPARE(account(given.id).problemCode, std::string("smtp.auth_rejected"));
        QVERIFY(account(given.id).problemAt == noon);
        QVERIFY(account(given.id).restsUntil == noon + 1h);
        VERIFY_OK(write([&](Transaction& transaction) { return accounts::clearProblem(transaction, given.id); }));
        QCOMPARE(account(given.id).problemCode, std::string());
        QVERIFY(account(given.id).restsUntil == TimePoint{});
        QCOMPARE(account(given.id).revision, std::int64_t{1});
        VERIFY_OK(
            write([&](Transaction& transaction) { return accounts::setActive(transaction, given.id, false, noon); }));
        VERIFY_OK(
            write([&](Transaction& transaction) { return accounts::setActive(transaction, given.id, false, noon); }));
        QCOMPARE(account(given.id).revision, std::int64_t{2});
        VERIFY_OK(write([&](Transaction& transaction) { return accounts::remove(transaction, given.id); }));
        for (const auto& gone : {
                 write([&](Transaction& transaction) { return accounts::remove(transaction, given.id); }),
                 write(
                     [&](Transaction& transaction) { return accounts::setActive(transaction, given.id, true, noon); }),
                 write([&](Transaction& transaction) { return accounts::clearProblem(transaction, given.id); }),
             })
            QCOMPARE(gone.error().code, ErrorCode::NotFound);
        QVERIFY(accounts::list(read()).value().empty());
    }

    void takesTheManualsSql() {
        VERIFY_OK(write([](Transaction& transaction) {
            return transaction.connection().run(
                "INSERT INTO email_accounts (email, smtp_host, smtp_port, smtp_username, smtp_password, display_name, "
                "daily_limit, priority) VALUES ('a@qq.com', 'smtp.qq.com', 465, 'a@qq.com', 'code', 'A', 500, 10), "
                "('b@163.com', 'smtp.163.com', 465, 'b@163.com', 'code', 'B', 200, 20)");
        }));
        const auto all = accounts::list(read()).value();
        QCOMPARE(all.size(), std::size_t{2});
        QCOMPARE(all[0].email, std::string("b@163.com"));
        QVERIFY(!all[0].id.isNull() && all[0].id != all[1].id);
        QCOMPARE(all[0].id.bytes[6] >> 4, 4);
        QCOMPARE(all[0].id.bytes[8] >> 6, 2);
        QVERIFY(all[0].isActive);
        QVERIFY(all[0].security == contract::Security::Tls);
        QVERIFY(all[0].auth == contract::Auth::Password);
        const auto age = SystemClock{}.now() - all[0].createdAt;
        QVERIFY(age > -5s && age < 60s);
    }

    void reservesUpToTheLimitAndNotBeyond() {
        const AccountRecord given = makeAccount();
        VERIFY_OK(add(given));
        Writer& writer = m_databases.store().writer;
        QCOMPARE(reserve(writer, given.id, "n1", 16, 20).value(), std::int64_t{16});
        QCOMPARE(reserve(writer, given.id, "n2", 16, 20).value(), std::int64_t{4});
        QCOMPARE(reserve(writer, given.id, "n2", 1, 20).value(), std::int64_t{0});
        QCOMPARE(reserve(writer, given.id, "n1", 5, std::nullopt).value(), std::int64_t{5});
        // The limit was lowered meanwhile.
        QCOMPARE(reserve(writer, given.id, "n1", 5, 10).value(), std::int64_t{0});
        QCOMPARE(reserve(writer, makeId(noon), "n1", 5, 10).error().code, ErrorCode::NotFound);

        const auto on = [&](const std::function<Result<void>(Transaction&)>& apply) { return write(apply); };
        VERIFY_OK(on([&](Transaction& t) { return windows::use(t, given.id, "2026-01-31", "n1", 7); }));
        VERIFY_OK(on([&](Transaction& t) { return windows::giveBack(t, given.id, "2026-01-31", "n1", 4); }));
        auto rows = windows::list(read()).value();
        QCOMPARE(rows.size(), std::size_t{2});
        QCOMPARE(rows[0].node, std::string("n1"));
        QCOMPARE(rows[0].reserved, std::int64_t{17});
        QCOMPARE(rows[0].used, std::int64_t{7});
        VERIFY_OK(on([&](Transaction& t) { return windows::giveBack(t, given.id, "2026-01-31", "n1", 999); }));
        QCOMPARE(windows::list(read()).value()[0].reserved, std::int64_t{7});
        VERIFY_OK(on([&](Transaction& t) { return windows::settle(t, given.id, "2026-01-31", "n2"); }));
        QCOMPARE(windows::list(read()).value()[1].reserved, std::int64_t{0});
        // What left without a reservation is still counted.
        VERIFY_OK(on([&](Transaction& t) { return windows::use(t, given.id, "2026-01-31", "n3", 2); }));
        QCOMPARE(windows::list(read()).value()[2].used, std::int64_t{2});
        VERIFY_OK(on([&](Transaction& t) { return accounts::remove(t, given.id); }));
        QVERIFY(windows::list(read()).value().empty());
    }

    void reservesOfAllItsWindowsAtOnce() {
        const AccountRecord given = makeAccount();
        VERIFY_OK(add(given));
        Writer& writer = m_databases.store().writer;
        const std::vector<windows::Cap> caps{{"2026-01-31", "2026-01-31", 20}, {"h2026-01-31T14", "h2026-01-31T14", 6}};
        const auto first = reserve(writer, given.id, "n1", 16, {"2026-01-31", "h2026-01-31T14"}, caps).value();
        QCOMPARE(first.count, std::int64_t{6});
        const auto none = reserve(writer, given.id, "n2", 1, {"2026-01-31", "h2026-01-31T14"}, caps).value();
        QCOMPARE(none.count, std::int64_t{0});
        QCOMPARE(none.metBy, std::optional<std::size_t>{1});
        auto rows = windows::list(read()).value();
        QCOMPARE(rows.size(), std::size_t{2});
        for (const auto& row : rows) QCOMPARE(row.reserved, std::int64_t{6});
        // Only what a day's counter holds is the day's count.
        VERIFY_OK(write([&](Transaction& t) { return windows::use(t, given.id, "h2026-01-31T14", "n1", 2); }));
        QCOMPARE(account(given.id).dailySentCount, std::int64_t{0});
    }

    void looksBackOverADayThatRolls() {
        const AccountRecord given = makeAccount();
        VERIFY_OK(add(given));
        Writer& writer = m_databases.store().writer;
        const auto at = [&](const char* first, const char* hour) {
            return reserve(writer, given.id, "n1", 16, {hour}, {{first, hour, 20}}).value().count;
        };
        QCOMPARE(at("h2026-01-30T14", "h2026-01-31T14"), std::int64_t{16});
        QCOMPARE(at("h2026-01-30T15", "h2026-01-31T15"), std::int64_t{4});
        QCOMPARE(at("h2026-01-31T14", "h2026-02-01T14"), std::int64_t{0});
        // The sixteen are more than a day ago, and forgotten; so is nothing of the day's.
        VERIFY_OK(write([&](Transaction& t) { return windows::use(t, given.id, "2026-01-31", "n1", 3); }));
        QCOMPARE(at("h2026-01-31T15", "h2026-02-01T15"), std::int64_t{16});
        std::vector<std::string> left;
        const auto listed = windows::list(read()).value();
        for (const auto& row : listed) left.push_back(row.window);
        QCOMPARE(left, (std::vector<std::string>{"2026-01-31", "h2026-01-31T15", "h2026-02-01T15"}));
    }

    void countsTheDayAndStartsAnew() {
        const AccountRecord given = makeAccount();
        VERIFY_OK(add(given));
        const auto use = [&](const char* window, int count) {
            return write([=, &given](Transaction& transaction) {
                return windows::use(transaction, given.id, window, "n", count);
            });
        };
        VERIFY_OK(use("2026-01-30", 5));
        VERIFY_OK(use("2026-01-30", 2));
        QCOMPARE(account(given.id).dailySentCount, std::int64_t{7});
        VERIFY_OK(use("2026-01-31", 3));
        VERIFY_OK(use("2026-01-30", 4));
        QCOMPARE(account(given.id).dailySentCount, std::int64_t{3});
        QCOMPARE(account(given.id).dailyWindow, std::string("2026-01-31"));
        QCOMPARE(account(given.id).revision, std::int64_t{1});
    }

    void neverReservesTooMuchOnTwoNodes() {
        QFETCH_GLOBAL(bool, postgres);
        // SQLite has one writer by design.
        if (!postgres) return;
        const AccountRecord given = makeAccount();
        VERIFY_OK(add(given));
        Store second(m_databases.place().location());
        VERIFY_OK(second.open());
        std::atomic<std::int64_t> granted = 0;
        std::atomic<int> failed = 0;
        const auto drain = [&](Writer& writer, const char* node) {
            for (int i = 0; i < 60; ++i) {
                const auto got = reserve(writer, given.id, node, 7, 500);
                if (got)
                    granted += *got;
                else
                    ++failed;
            }
        };
        std::thread one([&] { drain(m_databases.store().writer, "n1"); });
        std::thread two([&] { drain(second.writer, "n2"); });
        one.join();
        two.join();
        QCOMPARE(failed.load(), 0);
        QCOMPARE(granted.load(), std::int64_t{500});
        std::int64_t reserved = 0;
        const auto rows = windows::list(read()).value();
        for (const auto& row : rows) reserved += row.reserved;
        QCOMPARE(reserved, std::int64_t{500});
    }

    void keepsWhatLimitsAKey() {
        ApiKeyRecord key;
        key.id = makeId(noon);
        key.key = "noti_limited";
        key.secretHash = "00ff";
        key.name = "ops";
        key.scopes = {"send"};
        key.createdAt = noon;
        key.expiresAt = noon + 24h;
        key.allowedIps = {"10.0.0.0/8", "::1"};
        key.allowedFrom = {"*@example.org"};
        key.allowedAccounts = {"a@example.org"};
        VERIFY_OK(write([&](Transaction& transaction) { return keys::insert(transaction, key); }));
        auto found = keys::find(read(), key.id).value().value();
        QVERIFY(found.expiresAt == key.expiresAt);
        QCOMPARE(found.allowedIps, key.allowedIps);
        QCOMPARE(found.allowedFrom, key.allowedFrom);
        QCOMPARE(found.allowedAccounts, key.allowedAccounts);
        QCOMPARE(found.secretVersion, std::int64_t{1});
        QVERIFY(found.oldSecretHash.empty() && !found.oldSecretUntil);

        found.name = "'new'";
        found.description = "d";
        found.scopes = {"read"};
        found.expiresAt.reset();
        found.allowedIps.clear();
        VERIFY_OK(write([&](Transaction& transaction) { return keys::update(transaction, found); }));
        QCOMPARE(write([&](Transaction& transaction) { return keys::update(transaction, found); }).error().code,
                 ErrorCode::RevisionStale);
        const auto changed = keys::find(read(), key.id).value().value();
        QCOMPARE(changed.name, found.name);
        QCOMPARE(changed.description, found.description);
        QCOMPARE(changed.scopes, found.scopes);
        QVERIFY(!changed.expiresAt && changed.allowedIps.empty());
        QCOMPARE(changed.secretHash, key.secretHash);
        QCOMPARE(changed.revision, found.revision + 1);

        auto rotated = changed;
        rotated.oldSecretHash = changed.secretHash;
        rotated.oldSecretUntil = noon + 1h;
        rotated.secretHash = "ff00";
        rotated.secretVersion = 2;
        rotated.name = "not by this";
        VERIFY_OK(write([&](Transaction& transaction) { return keys::setSecrets(transaction, rotated); }));
        QCOMPARE(write([&](Transaction& transaction) { return keys::setSecrets(transaction, rotated); }).error().code,
                 ErrorCode::RevisionStale);
        const auto after = keys::find(read(), key.id).value().value();
        QCOMPARE(after.secretHash, rotated.secretHash);
        QCOMPARE(after.oldSecretHash, key.secretHash);
        QVERIFY(after.oldSecretUntil == noon + 1h);
        QCOMPARE(after.secretVersion, std::int64_t{2});
        QCOMPARE(after.name, found.name);
        QCOMPARE(after.revision, changed.revision + 1);
        rotated.id = makeId(noon);
        QCOMPARE(write([&](Transaction& transaction) { return keys::setSecrets(transaction, rotated); }).error().code,
                 ErrorCode::NotFound);
        QCOMPARE(write([&](Transaction& transaction) { return keys::update(transaction, rotated); }).error().code,
                 ErrorCode::NotFound);
    }

    void keepsFamiliesOfTokens() {
        using namespace token_families;
        TokenFamilyRecord family{.id = makeId(noon),
                                 .keyId = makeId(noon),
                                 .jti = makeId(noon),
                                 .accessUntil = noon + 1h,
                                 .expiresAt = noon + 48h,
                                 .revokedAt = {}};
        VERIFY_OK(write([&](Transaction& transaction) { return insert(transaction, family); }));
        QCOMPARE(write([&](Transaction& transaction) { return insert(transaction, family); }).error().code,
                 ErrorCode::AlreadyExists);
        const Id first = family.jti;
        const auto rotateTo = [&](const Id& next, const Id& used) {
            family.jti = next;
            family.accessUntil = noon + 2h;
            family.expiresAt = noon + 72h;
            bool rotated = false;
            const auto written = write([&](Transaction& transaction) -> Result<void> {
                auto done = rotate(transaction, family, used);
                if (!done) return fail(done.error());
                rotated = *done;
                return {};
            });
            return written && rotated;
        };
        const Id second = makeId(noon), third = makeId(noon);
        QVERIFY(rotateTo(second, first));
        QVERIFY(!rotateTo(third, first));
        auto found = find(read(), family.id).value().value();
        QVERIFY(found.jti == second && found.keyId == family.keyId && !found.revokedAt);
        QVERIFY(found.accessUntil == noon + 2h && found.expiresAt == noon + 72h);
        QVERIFY(token_families::revoked(read(), noon).value().empty());

        const auto end = [&](const Id& id, TimePoint at) {
            return write([&, id, at](Transaction& transaction) { return token_families::revoke(transaction, id, at); });
        };
        VERIFY_OK(end(family.id, noon + 1min));
        VERIFY_OK(end(family.id, noon + 5min));
        VERIFY_OK(end(makeId(noon), noon));
        QVERIFY(!rotateTo(third, second));
        found = find(read(), family.id).value().value();
        QVERIFY(found.revokedAt == noon + 1min && found.expiresAt == noon + 2h);
        QCOMPARE(token_families::revoked(read(), noon + 119min).value().size(), std::size_t{1});
        QVERIFY(token_families::revoked(read(), noon + 2h).value().empty());

        TokenFamilyRecord living = family;
        living.id = makeId(noon);
        living.expiresAt = noon + 48h;
        VERIFY_OK(write([&](Transaction& transaction) { return insert(transaction, living); }));
        const auto clear = [&](TimePoint now) {
            return write([&, now](Transaction& transaction) { return purge(transaction, now, 10); });
        };
        VERIFY_OK(clear(noon + 119min));
        QVERIFY(find(read(), family.id).value());
        VERIFY_OK(clear(noon + 2h));
        QVERIFY(!find(read(), family.id).value());
        QVERIFY(find(read(), living.id).value());
    }

    void keepsKeys() {
        ApiKeyRecord key;
        key.id = makeId(noon);
        key.key = "noti_abc";
        key.secretHash = "00ff";
        key.name = "ops";
        key.scopes = {"send", "read"};
        key.isTest = true;
        key.createdAt = noon;
        VERIFY_OK(write([&](Transaction& transaction) { return keys::insert(transaction, key); }));
        const auto found = keys::find(read(), key.id).value().value();
        QCOMPARE(found.key, key.key);
        QCOMPARE(found.scopes, key.scopes);
        QVERIFY(found.isTest && found.isActive && !found.revokedAt && !found.lastUsedAt);
        QVERIFY(!keys::find(read(), makeId(noon)).value());
        key.id = makeId(noon);
        QCOMPARE(write([&](Transaction& transaction) { return keys::insert(transaction, key); }).error().code,
                 ErrorCode::AlreadyExists);

        VERIFY_OK(write([&](Transaction& transaction) { return keys::touch(transaction, found.id, noon + 2s); }));
        VERIFY_OK(write([&](Transaction& transaction) { return keys::touch(transaction, found.id, noon + 1s); }));
        QVERIFY(keys::find(read(), found.id).value()->lastUsedAt == noon + 2s);
        VERIFY_OK(write([&](Transaction& transaction) { return keys::revoke(transaction, found.id, noon); }));
        VERIFY_OK(write([&](Transaction& transaction) { return keys::revoke(transaction, found.id, noon + 1h); }));
        QCOMPARE(keys::list(read()).value().size(), std::size_t{1});
        QVERIFY(!keys::list(read()).value()[0].isActive);
        QVERIFY(keys::list(read()).value()[0].revokedAt == noon);
        QCOMPARE(write([&](Transaction& transaction) { return keys::revoke(transaction, key.id, noon); }).error().code,
                 ErrorCode::NotFound);
    }

    void remembersWhoDidWhat() {
        for (int i = 0; i < 5; ++i) {
            const AuditRecord record{makeId(noon), noon, "local-admin", "account.create", std::to_string(i), ""};
            VERIFY_OK(write([&](Transaction& transaction) { return audit::append(transaction, record); }));
        }
        const auto page = audit::list(read(), 3).value();
        QCOMPARE(page.size(), std::size_t{3});
        QCOMPARE(page[0].target, std::string("4"));
        QCOMPARE(page[0].detail, std::string("{}"));
        QVERIFY(page[0].at == noon);
        const auto rest = audit::list(read(), 3, page[2].id).value();
        QCOMPARE(rest.size(), std::size_t{2});
        QCOMPARE(rest[1].target, std::string("0"));
    }

    void keepsSettingsAndNotes() {
        const auto set = [&](const char* value) {
            return write(
                [=](Transaction& transaction) { return settings::set(transaction, "queue.paused", value, noon); });
        };
        QVERIFY(!settings::get(read(), "queue.paused").value());
        VERIFY_OK(set("true"));
        VERIFY_OK(set("[1,\"二\"]"));
        QVERIFY(settings::get(read(), "queue.paused").value()->find("二") != std::string::npos);
        QCOMPARE(settings::all(read()).value().size(), std::size_t{1});
        VERIFY_OK(write([](Transaction& transaction) { return settings::remove(transaction, "queue.paused"); }));
        QVERIFY(settings::all(read()).value().empty());

        QCOMPARE(meta::get(read(), "application").value().value(), std::string("postroom"));
        VERIFY_OK(write([](Transaction& transaction) { return meta::set(transaction, "boot", "x"); }));
        VERIFY_OK(write([](Transaction& transaction) { return meta::set(transaction, "boot", "y"); }));
        QCOMPARE(meta::get(read(), "boot").value().value(), std::string("y"));
    }

    void migratesOnceAndRefusesANewerSchema() {
        QCOMPARE(schemaVersion(read()).value(), newestSchema());
        VERIFY_OK(write([](Transaction& transaction) {
            return transaction.connection().run("INSERT INTO schema_migrations (version, name) VALUES (9999, 'later')");
        }));
        Worker worker("writer");
        Writer second(worker, m_databases.place().location());
        const auto opened = second.open();
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, ErrorCode::StorageForeign);
        second.stop();
    }

    void leavesAForeignDatabaseAlone() {
        QFETCH_GLOBAL(bool, postgres);
        // A SQLite file tells by its application_id: tst_sqlite.
        if (!postgres) return;
        const std::string url = m_databases.cluster().freshDatabase().value();
        VERIFY_OK(m_databases.cluster().psql(
            url, "CREATE TABLE email_accounts (id int); CREATE TABLE alembic_version (v text)"));
        Worker worker("writer");
        Writer writer(worker, Location::parse(url, "").value());
        const auto opened = writer.open();
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, ErrorCode::StorageForeign);
        QVERIFY(opened.error().detail.find("email_accounts") != std::string::npos);
        QCOMPARE(m_databases.cluster().psql(url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").value(),
                 std::string("2\n"));
        writer.stop();
    }

    void knowsEveryTableOfItsOwn() {
        QFETCH_GLOBAL(bool, postgres);
        if (!postgres) return;
        VERIFY_OK(m_databases.cluster().psql(m_databases.place().url(), "DROP TABLE schema_migrations"));
        const auto version = schemaVersion(read());
        QVERIFY(!version);
        const std::string tables =
            m_databases.cluster()
                .psql(m_databases.place().url(),
                      "SELECT string_agg(tablename, ', ' ORDER BY tablename COLLATE \"C\") FROM pg_tables "
                      "WHERE schemaname = 'public'")
                .value();
        QVERIFY2(version.error().detail.find('(' + tables.substr(0, tables.size() - 1) + ')') != std::string::npos,
                 (version.error().detail + "\n" + tables).c_str());
    }

    void refusesAServerThatDoesNotKeepItsPromises() {
        QFETCH_GLOBAL(bool, postgres);
        if (!postgres) return;
        const std::string url = m_databases.cluster().freshDatabase().value();
        VERIFY_OK(m_databases.cluster().psql(url, "ALTER ROLE postgres SET synchronous_commit = off"));
        const auto opened = Connection::open(Location::parse(url, "").value(), Access::Write);
        const auto restored = m_databases.cluster().psql(url, "ALTER ROLE postgres RESET synchronous_commit");
        VERIFY_OK(restored);
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, ErrorCode::StorageFailed);
        QVERIFY(opened.error().detail.find("synchronous_commit") != std::string::npos);
    }

    void connectsAgainWhenTheServerWasGone() {
        QFETCH_GLOBAL(bool, postgres);
        if (!postgres) return;
        Readers readers(m_databases.place().location(), 1);
        VERIFY_OK(readers.open());
        VERIFY_OK(m_databases.cluster().dropConnections(m_databases.place().url()));
        const auto note = [&] {
            return write([](Transaction& transaction) { return meta::set(transaction, "after", "crash"); }).has_value();
        };
        // The first writes find the connection gone.
        QVERIFY(QTest::qWaitFor(note, 20'000));
        QVERIFY(m_databases.store().writer.healthy());
        std::atomic<bool> read = false;
        QVERIFY(QTest::qWaitFor(
            [&] {
                readers.submit(
                    [&](Connection& connection) { read = read || meta::get(connection, "after").has_value(); });
                return read.load();
            },
            20'000));
        readers.stop();
    }

    void asksEachNewConnectionWhetherItMayBeUsed() {
        QFETCH_GLOBAL(bool, postgres);
        if (!postgres) return;
        std::atomic<bool> allowed = true;
        std::atomic<int> asked = 0;
        Store owned(m_databases.place().location(), WriterSettings{.connected = [&](Connection&) -> Result<void> {
                        ++asked;
                        if (!allowed) return fail(ErrorCode::StorageOwned, "another's");
                        return {};
                    }});
        VERIFY_OK(owned.open());
        QCOMPARE(asked.load(), 1);
        const auto note = [&] {
            return owned.write([](Transaction& transaction) { return meta::set(transaction, "a", "b"); });
        };
        VERIFY_OK(note());
        // Somebody else took it while the server was away: nothing is written until it is ours again.
        allowed = false;
        VERIFY_OK(m_databases.cluster().dropConnections(m_databases.place().url()));
        QVERIFY(QTest::qWaitFor([&] { return !note() && asked > 1; }, 20'000));
        QVERIFY(!note());
        allowed = true;
        QVERIFY(QTest::qWaitFor([&] { return note().has_value(); }, 20'000));
    }

    void keepsTheMinutesOfEachNode() {
        const TimePoint minute{28'333'334min};
        const auto add = [&](std::string_view node, TimePoint at, std::int64_t sent) {
            return write([&](Transaction& transaction) {
                return history::add(
                    transaction, node,
                    {.at = at, .accepted = 1, .sent = sent, .failed = 2, .deferred = 3, .queued = sent});
            });
        };
        VERIFY_OK(add("a", minute, 5));
        VERIFY_OK(add("a", minute + 1min, 6));
        VERIFY_OK(add("b", minute, 7));
        VERIFY_OK(add("a", minute, 10));
        const auto rows = history::list(read(), "a", minute).value();
        QCOMPARE(rows.size(), std::size_t(2));
        QCOMPARE(rows[0].at, minute);
        QCOMPARE(rows[0].accepted, std::int64_t(2));
        QCOMPARE(rows[0].sent, std::int64_t(15));
        QCOMPARE(rows[0].failed, std::int64_t(4));
        QCOMPARE(rows[0].deferred, std::int64_t(6));
        // Counts add up; the length of the queue is what it was last.
        QCOMPARE(rows[0].queued, std::int64_t(10));
        QCOMPARE(history::list(read(), "a", minute + 1min).value().size(), std::size_t(1));
        VERIFY_OK(write([&](Transaction& transaction) { return history::trim(transaction, minute + 1min); }));
        QCOMPARE(history::list(read(), "a", TimePoint{}).value().size(), std::size_t(1));
        QVERIFY(history::list(read(), "b", TimePoint{}).value().empty());
    }
};

QTEST_GUILESS_MAIN(TestStoreAggregates)
#include "tst_store_aggregates.moc"
