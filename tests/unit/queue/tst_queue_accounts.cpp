// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/accounts.h"

#include <QTest>

using namespace postroom;
using namespace postroom::queue;
using namespace std::chrono_literals;

namespace {

const TimePoint noon{1'767'268'800s};  // 2026-01-01 12:00 UTC

store::AccountRecord account(std::optional<std::int64_t> limit = {}, int connections = 2) {
    store::AccountRecord row;
    row.id = makeId(noon);
    row.email = "a@example.com";
    row.dailyLimit = limit;
    row.maxConnections = connections;
    row.maxRecipients = 10;
    return row;
}

}  // namespace

class TestQueueAccounts : public QObject {
    Q_OBJECT

private slots:
    void neverCarriesMoreAtOnceThanItsConnections() {
        Accounts accounts{"UTC"};
        const auto row = account({}, 2);
        accounts.apply({row}, noon);
        for (int i = 0; i < 2; ++i) {
            const auto choice = accounts.choose({}, noon);
            QVERIFY(choice.account.has_value());
            accounts.begin(*choice.account, 1);
        }
        QVERIFY(!accounts.choose({}, noon).account);
        accounts.end(row.id, {}, 0);
        QVERIFY(accounts.choose({}, noon).account.has_value());
    }

    void sendsNothingBeforeItsUnitsAreReserved() {
        Accounts accounts{"UTC"};
        const auto row = account(100);
        accounts.apply({row}, noon);
        QCOMPARE(accounts.choose({}, noon).waiting.code, std::string("account.reserving"));
        const auto wanted = accounts.blocksWanted();
        QCOMPARE(wanted.size(), std::size_t{1});
        QCOMPARE(wanted.front().count, Accounts::blockSize);
        QCOMPARE(wanted.front().window, std::string("2026-01-01"));
        QVERIFY(accounts.blocksWanted().empty());
        accounts.granted(row.id, "2026-01-01", 16);
        const auto choice = accounts.choose({}, noon);
        QVERIFY(choice.account.has_value());
        QCOMPARE(accounts.mayCarry(*choice.account), std::size_t{10});
    }

    void carriesNoMoreThanTheUnitsLeft() {
        Accounts accounts{"UTC"};
        const auto row = account(3);
        accounts.apply({row}, noon);
        accounts.granted(row.id, "2026-01-01", 3);
        const auto choice = accounts.choose({}, noon);
        QCOMPARE(accounts.mayCarry(*choice.account), std::size_t{3});
        accounts.begin(*choice.account, 3);
        QVERIFY(!accounts.choose({}, noon).account);
    }

    void waitsForMidnightWhenTheDatabaseHasNoUnitLeft() {
        Accounts accounts{"UTC"};
        const auto row = account(5);
        accounts.apply({row}, noon);
        accounts.granted(row.id, "2026-01-01", 0);
        const auto choice = accounts.choose({}, noon);
        QCOMPARE(choice.waiting.code, std::string("account.daily_limit"));
        QCOMPARE(choice.waiting.until, std::optional<TimePoint>{noon + 12h});
        QVERIFY(accounts.blocksWanted().empty());
        QVERIFY(accounts.refresh(noon + 11h).empty());
        QCOMPARE(accounts.refresh(noon + 12h), std::vector<Id>{row.id});
        QVERIFY(accounts.refresh(noon + 12h).empty());
        QCOMPARE(accounts.blocksWanted().size(), std::size_t{1});
    }

    void doesNotCarryYesterdaysUnitsIntoToday() {
        Accounts accounts{"UTC"};
        const auto row = account(100);
        accounts.apply({row}, noon);
        accounts.granted(row.id, "2026-01-01", 16);
        const auto window = accounts.begin(*accounts.choose({}, noon).account, 4);
        QCOMPARE(window, std::string("2026-01-01"));
        accounts.refresh(noon + 13h);
        accounts.end(row.id, window, 4);
        QCOMPARE(accounts.choose({}, noon + 13h).waiting.code, std::string("account.reserving"));
    }

    void givesBackTheRestWhenTheLimitChanges() {
        Accounts accounts{"UTC"};
        auto row = account(100);
        accounts.apply({row}, noon);
        accounts.granted(row.id, "2026-01-01", 16);
        row.dailyLimit = 1;
        row.revision = 2;
        const auto back = accounts.apply({row}, noon);
        QCOMPARE(back.size(), std::size_t{1});
        QCOMPARE(back.front().count, std::int64_t{16});
        QVERIFY(!accounts.choose({}, noon).account);
    }

    void restsOnceHoweverManyConnectionsFailTogether() {
        Accounts accounts{"UTC"};
        const auto row = account({}, 4);
        accounts.apply({row}, noon);
        policy::Verdict verdict;
        verdict.level = policy::Level::Account;
        verdict.reason = "smtp.auth_rejected";
        const auto first = accounts.rest(row.id, verdict, noon, 0);
        QCOMPARE(accounts.rest(row.id, verdict, noon + 1s, 0), first);
        QCOMPARE(accounts.choose({}, noon + 1s).waiting.code, std::string("account.resting"));
        QVERIFY(accounts.refresh(noon + 1s).empty());
        QCOMPARE(accounts.refresh(first), std::vector<Id>{row.id});
        QVERIFY(accounts.choose({}, first).account.has_value());
        QVERIFY(accounts.rest(row.id, verdict, first, 0) - first > first - noon);
        QVERIFY(accounts.well(row.id));
        QVERIFY(!accounts.well(row.id));
    }

    void offersTheSandboxOnlyToWhoNamesIt() {
        Accounts accounts{"UTC"};
        accounts.offerSandbox(4);
        QVERIFY(!accounts.choose({}, noon).account);
        QVERIFY(accounts.choose({.from = {}, .pinned = "sandbox"}, noon).account.has_value());
        accounts.apply({account()}, noon);
        QVERIFY(accounts.choose({.from = {}, .pinned = "sandbox"}, noon).account.has_value());
        QCOMPARE(accounts.views()[*accounts.choose({}, noon).account].email, std::string("a@example.com"));
    }
};

QTEST_APPLESS_MAIN(TestQueueAccounts)
#include "tst_queue_accounts.moc"
