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

Accounts::Units askedFor(const store::AccountRecord& row) {
    return {.account = row.id, .window = "2026-01-01", .count = Accounts::blockSize, .limit = row.dailyLimit};
}

policy::Verdict fault(std::string_view reason) {
    policy::Verdict verdict;
    verdict.level = policy::Level::Account;
    verdict.reason = reason;
    return verdict;
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
        QVERIFY(!accounts.end({.account = row.id, .window = {}, .count = 0, .limit = {}}));
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
        QVERIFY(!accounts.granted(askedFor(row), 16));
        const auto choice = accounts.choose({}, noon);
        QVERIFY(choice.account.has_value());
        QCOMPARE(accounts.mayCarry(*choice.account), std::size_t{10});
    }

    void carriesNoMoreThanTheUnitsLeft() {
        Accounts accounts{"UTC"};
        const auto row = account(3);
        accounts.apply({row}, noon);
        QVERIFY(!accounts.granted(askedFor(row), 3));
        const auto choice = accounts.choose({}, noon);
        QCOMPARE(accounts.mayCarry(*choice.account), std::size_t{3});
        accounts.begin(*choice.account, 3);
        QVERIFY(!accounts.choose({}, noon).account);
    }

    void waitsForMidnightWhenTheDatabaseHasNoUnitLeft() {
        Accounts accounts{"UTC"};
        const auto row = account(5);
        accounts.apply({row}, noon);
        QVERIFY(!accounts.granted(askedFor(row), 0));
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
        QVERIFY(!accounts.granted(askedFor(row), 16));
        const auto window = accounts.begin(*accounts.choose({}, noon).account, 4);
        QCOMPARE(window, std::string("2026-01-01"));
        accounts.refresh(noon + 13h);
        QVERIFY(!accounts.end({.account = row.id, .window = window, .count = 4, .limit = row.dailyLimit}));
        QCOMPARE(accounts.choose({}, noon + 13h).waiting.code, std::string("account.reserving"));
    }

    void givesBackTheRestWhenTheLimitChanges() {
        Accounts accounts{"UTC"};
        auto row = account(100);
        accounts.apply({row}, noon);
        QVERIFY(!accounts.granted(askedFor(row), 16));
        row.dailyLimit = 1;
        row.revision = 2;
        const auto back = accounts.apply({row}, noon);
        QCOMPARE(back.size(), std::size_t{1});
        QCOMPARE(back.front().count, std::int64_t{16});
        QVERIFY(!accounts.choose({}, noon).account);
    }

    void givesBackABlockThatWasAskedForUnderAnotherLimit() {
        Accounts accounts{"UTC"};
        auto row = account(100);
        accounts.apply({row}, noon);
        const auto asked = accounts.blocksWanted().front();
        row.dailyLimit = 1;
        row.revision = 2;
        QVERIFY(accounts.apply({row}, noon).empty());
        const auto back = accounts.granted(asked, 16);
        QVERIFY(back && back->count == 16 && back->window == asked.window);
        QVERIFY(!accounts.choose({}, noon).account);
        QCOMPARE(accounts.blocksWanted().front().limit, std::optional<std::int64_t>{1});
    }

    void givesBackWhatWasNotUsedOfAnotherLimit() {
        Accounts accounts{"UTC"};
        auto row = account(100);
        accounts.apply({row}, noon);
        QVERIFY(!accounts.granted(askedFor(row), 16));
        const auto window = accounts.begin(*accounts.choose({}, noon).account, 9);
        const auto before = row.dailyLimit;
        row.dailyLimit = 2;
        row.revision = 2;
        QCOMPARE(accounts.apply({row}, noon).front().count, std::int64_t{7});
        const auto back = accounts.end({.account = row.id, .window = window, .count = 9, .limit = before});
        QVERIFY(back && back->count == 9 && back->window == window);
        QVERIFY(!accounts.choose({}, noon).account);
    }

    void countsWhatLeftBeforeThereWasALimitBeforeItReserves() {
        Accounts accounts{"UTC"};
        auto row = account();
        accounts.apply({row}, noon);
        QCOMPARE(accounts.begin(*accounts.choose({}, noon).account, 1), std::string());
        row.dailyLimit = 5;
        row.revision = 2;
        accounts.apply({row}, noon);
        QVERIFY(accounts.blocksWanted().empty());
        QCOMPARE(accounts.choose({}, noon).waiting.code, std::string("account.reserving"));
        QVERIFY(!accounts.end({.account = row.id, .window = {}, .count = 0, .limit = {}}));
        QCOMPARE(accounts.blocksWanted().size(), std::size_t{1});
    }

    void givesNothingToAnAccountWhoseSecretCantBeReadUntilItChanges() {
        Accounts accounts{"UTC"};
        auto row = account();
        accounts.noteReadable(row.id, false);
        accounts.apply({row}, noon);
        QVERIFY(!accounts.choose({}, noon).account);
        QCOMPARE(accounts.views().front().problemCode, std::string("account.secret_unreadable"));
        // Read again as it was, for another account's sake.
        accounts.apply({row}, noon);
        QVERIFY(!accounts.choose({}, noon).account);
        row.revision = 2;
        accounts.noteReadable(row.id, true);
        accounts.apply({row}, noon);
        QVERIFY(accounts.choose({}, noon).account.has_value());
        QVERIFY(accounts.views().front().problemCode.empty());
    }

    void reservesNothingForAnAccountWhoseSecretCantBeRead() {
        Accounts accounts{"UTC"};
        const auto row = account(100);
        accounts.noteReadable(row.id, false);
        accounts.apply({row}, noon);
        QVERIFY(accounts.blocksWanted().empty());
    }

    void restsTheSandboxTooButNeverLonger() {
        Accounts accounts{"UTC"};
        accounts.offerSandbox(4);
        const policy::Wanted wanted{.from = {}, .pinned = "sandbox"};
        const policy::Verdict verdict = fault("smtp.service_unavailable");
        const auto first = accounts.rest({}, verdict, noon, 0);
        QCOMPARE(accounts.choose(wanted, noon).waiting.code, std::string("account.resting"));
        QVERIFY(accounts.refresh(first).empty());
        QVERIFY(accounts.choose(wanted, first).account.has_value());
        QCOMPARE(accounts.rest({}, verdict, first, 0) - first, first - noon);
    }

    void restsOnceHoweverManyConnectionsFailTogether() {
        Accounts accounts{"UTC"};
        const auto row = account({}, 4);
        accounts.apply({row}, noon);
        const policy::Verdict verdict = fault("smtp.auth_rejected");
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
