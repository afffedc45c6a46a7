// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/reason.h"
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

const std::vector<std::string> today{"2026-01-01"};

// As if the database had granted so many units of what is wanted; none: the first cap leaves no more.
void grant(Accounts& accounts, std::int64_t count) {
    const auto wanted = accounts.blocksWanted();
    QCOMPARE(wanted.size(), std::size_t{1});
    accounts.granted(wanted.front(), count, count > 0 ? std::nullopt : std::optional<std::size_t>{0});
}

Accounts::Units beginOne(Accounts& accounts, std::size_t recipients, TimePoint now = noon) {
    return accounts.begin(accounts.choose({}, now).account.value(), recipients);
}

store::AccountRecord tokenAccount() {
    store::AccountRecord row = account();
    row.auth = contract::Auth::XOAuth2;
    row.oauthProvider = "generic";
    row.smtpUsername = row.email;
    return row;
}

Ticket ready(const std::string& token) {
    return {.state = Ticket::State::Ready, .token = Secret{token}};
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
        const auto first = beginOne(accounts, 1);
        QVERIFY(first.counters.empty());
        static_cast<void>(beginOne(accounts, 1));
        QVERIFY(!accounts.choose({}, noon).account);
        accounts.end(first, 0);
        QVERIFY(accounts.choose({}, noon).account.has_value());
    }

    void restsNoLongerWhenTheClockIsSetBack() {
        Accounts accounts{"UTC"};
        auto row = account();
        row.ratePerMinute = 60;
        accounts.apply({row}, noon);
        const TimePoint until = accounts.rest(row.id, fault("network.refused"), noon, 0);
        accounts.setBack(3h, noon - 3h);
        QVERIFY(accounts.view(row.id)->restsUntil == until - 3h);
        accounts.wake(row.id);
        // Three hours of its rate are not owed.
        accounts.end(beginOne(accounts, 1, noon - 3h), 0);
        QVERIFY(accounts.view(row.id)->nextAt < noon - 3h + 1min);
    }

    void sendsNothingBeforeItsUnitsAreReserved() {
        Accounts accounts{"UTC"};
        const auto row = account(100);
        accounts.apply({row}, noon);
        QCOMPARE(accounts.choose({}, noon).waiting.code, std::string("account.reserving"));
        const auto wanted = accounts.blocksWanted();
        QCOMPARE(wanted.size(), std::size_t{1});
        QCOMPARE(wanted.front().units.count, Accounts::blockSize);
        QCOMPARE(wanted.front().units.counters, today);
        QCOMPARE(wanted.front().caps.front().limit, std::int64_t{100});
        QVERIFY(accounts.blocksWanted().empty());
        accounts.granted(wanted.front(), 16, {});
        const auto choice = accounts.choose({}, noon);
        QVERIFY(choice.account.has_value());
        QCOMPARE(accounts.mayCarry(*choice.account), std::size_t{10});
    }

    void carriesNoMoreThanTheUnitsLeft() {
        Accounts accounts{"UTC"};
        const auto row = account(3);
        accounts.apply({row}, noon);
        grant(accounts, 3);
        const auto choice = accounts.choose({}, noon);
        QCOMPARE(accounts.mayCarry(*choice.account), std::size_t{3});
        QCOMPARE(accounts.begin(*choice.account, 3).counters, today);
        QVERIFY(!accounts.choose({}, noon).account);
    }

    void waitsForMidnightWhenTheDatabaseHasNoUnitLeft() {
        Accounts accounts{"UTC"};
        const auto row = account(5);
        accounts.apply({row}, noon);
        grant(accounts, 0);
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
        grant(accounts, 16);
        const auto taken = beginOne(accounts, 4);
        QCOMPARE(taken.counters, today);
        QVERIFY(accounts.unitsEndAt(0) == noon + 12h);
        accounts.refresh(noon + 13h);
        accounts.end(taken, 4);
        QCOMPARE(accounts.choose({}, noon + 13h).waiting.code, std::string("account.reserving"));
        const auto returned = accounts.takeReturns();
        QCOMPARE(returned.size(), std::size_t{2});
        QCOMPARE(returned[0].count, std::int64_t{12});
        QCOMPARE(returned[1].count, std::int64_t{4});
        QCOMPARE(returned[1].counters, today);
    }

    void givesBackTheRestWhenTheLimitChanges() {
        Accounts accounts{"UTC"};
        auto row = account(100);
        accounts.apply({row}, noon);
        grant(accounts, 16);
        row.dailyLimit = 1;
        row.revision = 2;
        accounts.apply({row}, noon);
        const auto back = accounts.takeReturns();
        QCOMPARE(back.size(), std::size_t{1});
        QCOMPARE(back.front().count, std::int64_t{16});
        QVERIFY(!accounts.choose({}, noon).account);
        QVERIFY(accounts.takeReturns().empty());
    }

    void givesBackABlockThatWasAskedForUnderAnotherLimit() {
        Accounts accounts{"UTC"};
        auto row = account(100);
        accounts.apply({row}, noon);
        const auto asked = accounts.blocksWanted().front();
        row.dailyLimit = 1;
        row.revision = 2;
        accounts.apply({row}, noon);
        accounts.granted(asked, 16, {});
        const auto back = accounts.takeReturns();
        QCOMPARE(back.size(), std::size_t{1});
        QVERIFY(back.front().count == 16 && back.front().counters == today);
        QVERIFY(!accounts.choose({}, noon).account);
        QCOMPARE(accounts.blocksWanted().front().caps.front().limit, std::int64_t{1});
    }

    void givesBackWhatWasNotUsedOfAnotherLimit() {
        Accounts accounts{"UTC"};
        auto row = account(100);
        accounts.apply({row}, noon);
        grant(accounts, 16);
        const auto taken = beginOne(accounts, 9);
        row.dailyLimit = 2;
        row.revision = 2;
        accounts.apply({row}, noon);
        QCOMPARE(accounts.takeReturns().front().count, std::int64_t{7});
        accounts.end(taken, 9);
        const auto back = accounts.takeReturns();
        QVERIFY(back.size() == 1 && back.front().count == 9 && back.front().counters == today);
        QVERIFY(!accounts.choose({}, noon).account);
    }

    void countsWhatLeftBeforeThereWasALimitBeforeItReserves() {
        Accounts accounts{"UTC"};
        auto row = account();
        accounts.apply({row}, noon);
        const auto taken = beginOne(accounts, 1);
        QVERIFY(taken.counters.empty());
        row.dailyLimit = 5;
        row.revision = 2;
        accounts.apply({row}, noon);
        QVERIFY(accounts.blocksWanted().empty());
        QCOMPARE(accounts.choose({}, noon).waiting.code, std::string("account.reserving"));
        accounts.end(taken, 0);
        QCOMPARE(accounts.blocksWanted().size(), std::size_t{1});
    }

    void takesUnitsOfTheHourToo() {
        Accounts accounts{"UTC"};
        auto row = account(100);
        row.hourlyLimit = 10;
        accounts.apply({row}, noon);
        const std::vector<std::string> both{"2026-01-01", "h2026-01-01T12"};
        const auto asked = accounts.blocksWanted().front();
        QCOMPARE(asked.units.counters, both);
        accounts.granted(asked, 10, {});
        QVERIFY(accounts.unitsEndAt(0) == noon + 1h);
        static_cast<void>(beginOne(accounts, 10));
        accounts.granted(accounts.blocksWanted().front(), 0, std::size_t{1});
        const auto choice = accounts.choose({}, noon);
        QCOMPARE(choice.waiting.code, std::string("account.hourly_limit"));
        QCOMPARE(choice.waiting.until, std::optional<TimePoint>{noon + 1h});
        QCOMPARE(accounts.refresh(noon + 1h), std::vector<Id>{row.id});
        QCOMPARE(accounts.blocksWanted().size(), std::size_t{1});
    }

    void countsWhereNoLimitLooksYet() {
        Accounts accounts{"Asia/Shanghai"};
        auto row = account();
        accounts.apply({row}, noon);
        Accounts::Units taken{.account = row.id, .counters = {}};
        QCOMPARE(accounts.countersBeside(taken, noon + 4h), (std::vector<std::string>{"2026-01-02", "h2026-01-01T16"}));
        taken.counters = today;
        QCOMPARE(accounts.countersBeside(taken, noon + 4h), (std::vector<std::string>{"h2026-01-01T16"}));
        taken.counters.emplace_back("h2026-01-01T12");
        QVERIFY(accounts.countersBeside(taken, noon + 4h).empty());
        row.timeZone = "UTC";
        row.revision = 2;
        accounts.apply({row}, noon);
        taken.counters.clear();
        QCOMPARE(accounts.countersBeside(taken, noon + 4h).front(), today.front());
    }

    void usesTheLeastUsedFirst() {
        Accounts accounts{"UTC"};
        auto one = account(100), two = account(10);
        one.dailyWindow = two.dailyWindow = today.front();
        one.dailySentCount = 50;
        two.dailySentCount = 4;
        accounts.apply({one, two}, noon);
        for (const auto& block : accounts.blocksWanted()) accounts.granted(block, 6, {});
        const auto next = [&] { return accounts.views()[accounts.choose({}, noon).account.value()].id; };
        QCOMPARE(next(), two.id);
        static_cast<void>(beginOne(accounts, 2));
        QCOMPARE(next(), one.id);
    }

    void keepsToItsRateAMinute() {
        Accounts accounts{"UTC"};
        auto row = account();
        row.ratePerMinute = 6;
        accounts.apply({row}, noon);
        QCOMPARE(accounts.mayCarry(0), std::size_t{1});
        accounts.end(beginOne(accounts, 1), 0);
        const auto waiting = accounts.choose({}, noon).waiting;
        QCOMPARE(waiting.code, std::string("account.rate"));
        accounts.refresh(*waiting.until);
        QVERIFY(accounts.choose({}, *waiting.until).account.has_value());
        QVERIFY(*waiting.until - noon > 5s && *waiting.until - noon < 11s);
    }

    void sendsInItsHours() {
        Accounts accounts{"UTC"};
        auto row = account();
        row.sendHours = {{{}, "13:00", "14:00"}};
        accounts.apply({row}, noon);
        QCOMPARE(accounts.choose({}, noon).waiting.code, std::string("account.send_hours"));
        QVERIFY(accounts.refresh(noon + 59min).empty());
        QCOMPARE(accounts.refresh(noon + 1h), std::vector<Id>{row.id});
        QVERIFY(accounts.choose({}, noon + 1h).account.has_value());
        QCOMPARE(accounts.refresh(noon + 2h), std::vector<Id>{row.id});
        QVERIFY(!accounts.choose({}, noon + 2h).account);
    }

    void followsItsPlanFromDayToDay() {
        Accounts accounts{"UTC"};
        auto row = account();
        row.warmup = {{"2026-01-02", 5}, {"2026-01-03", std::nullopt}};
        accounts.apply({row}, noon);
        QVERIFY(accounts.choose({}, noon).account.has_value());
        accounts.refresh(noon + 12h);
        QCOMPARE(accounts.blocksWanted().front().caps.front().limit, std::int64_t{5});
        accounts.refresh(noon + 36h);
        QVERIFY(accounts.choose({}, noon + 36h).account.has_value());
    }

    void triesAnAccountThatRestedWithOneMessage() {
        Accounts accounts{"UTC"};
        const auto row = account({}, 5);
        accounts.apply({row}, noon);
        const auto until = accounts.rest(row.id, fault("smtp.auth_rejected"), noon, 0);
        accounts.refresh(until);
        const auto probe = beginOne(accounts, 1, until);
        QCOMPARE(accounts.choose({}, until).waiting.code, std::string("account.probing"));
        QVERIFY(accounts.well(row.id));
        accounts.end(probe, 0);
        for (int i = 0; i < 5; ++i) static_cast<void>(beginOne(accounts, 1, until));
        QCOMPARE(accounts.choose({}, until).waiting.code, std::string("account.connections_busy"));
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

    void sendsNothingWithoutATicket() {
        Accounts accounts{"UTC"};
        auto row = tokenAccount();
        accounts.apply({row}, noon);
        QCOMPARE(accounts.choose({}, noon).waiting.code, std::string("account.token_awaited"));
        QVERIFY(!accounts.setTicket(row.id, ready("one")));
        QVERIFY(accounts.choose({}, noon).account.has_value());
        QCOMPARE(std::string(accounts.token(row.id).reveal()), std::string("one"));
        // Another kind of login asks for none.
        row.auth = contract::Auth::None;
        ++row.revision;
        accounts.apply({row}, noon);
        accounts.setTicket(row.id, {.state = Ticket::State::Unauthorized});
        QVERIFY(accounts.choose({}, noon).account.has_value());
    }

    void saysWhyItHasNoTicket() {
        Accounts accounts{"UTC"};
        const auto row = tokenAccount();
        accounts.apply({row}, noon);
        const Ticket away{.askedAgainAt = noon + 5s, .reason = policy::reason::tokenUnavailable, .detail = "refused"};
        QCOMPARE(accounts.setTicket(row.id, away), std::optional{policy::reason::tokenUnavailable});
        const auto waiting = accounts.choose({}, noon).waiting;
        QCOMPARE(waiting.code, std::string("account.token_awaited"));
        QVERIFY(waiting.until == noon + 5s);
        // The same once more is no news, another reason is.
        QVERIFY(!accounts.setTicket(row.id, away));
        QVERIFY(accounts.setTicket(row.id, {.reason = policy::reason::tokenUnavailable, .detail = "timed out"}));
        const Ticket gone{.state = Ticket::State::Unauthorized, .reason = policy::reason::authorizationNeeded};
        QCOMPARE(accounts.setTicket(row.id, gone), std::optional{policy::reason::authorizationNeeded});
        QCOMPARE(accounts.choose({}, noon).waiting.code, std::string("account.authorization_needed"));
        // With a ticket the problem is over, and all connections are used.
        QCOMPARE(accounts.setTicket(row.id, ready("one")), std::optional{std::string_view{}});
        static_cast<void>(beginOne(accounts, 1));
        static_cast<void>(beginOne(accounts, 1));
    }

    void forgetsAProblemOfTokensFromBeforeTheStart() {
        Accounts accounts{"UTC"};
        auto row = tokenAccount();
        row.problemCode = policy::reason::authorizationNeeded;
        accounts.apply({row}, noon);
        QCOMPARE(accounts.setTicket(row.id, ready("one")), std::optional{std::string_view{}});
        QVERIFY(!accounts.setTicket(row.id, ready("two")));
    }

    void keepsAProblemThatIsNoneOfTokens() {
        Accounts accounts{"UTC"};
        const auto row = tokenAccount();
        accounts.apply({row}, noon);
        accounts.setTicket(row.id, ready("one"));
        static_cast<void>(accounts.rest(row.id, fault("network.refused"), noon, 0));
        QVERIFY(!accounts.setTicket(row.id, ready("two")));
        QCOMPARE(accounts.choose({}, noon).waiting.code, std::string("account.resting"));
    }

    void asksForAnotherTokenOnceAndThenRests() {
        using Fault = Accounts::TokenFault;
        Accounts accounts{"UTC"};
        const auto row = tokenAccount();
        accounts.apply({row}, noon);
        accounts.setTicket(row.id, ready("one"));
        const auto one = accounts.tokenEdition(row.id);
        QCOMPARE(accounts.noteRefusedLogin(row.id, one), Fault::Renew);
        QCOMPARE(accounts.choose({}, noon).waiting.code, std::string("account.token_awaited"));
        // Connections that were under way fail together.
        QCOMPARE(accounts.noteRefusedLogin(row.id, one), Fault::Stale);
        accounts.setTicket(row.id, ready("two"));
        QCOMPARE(accounts.noteRefusedLogin(row.id, one), Fault::Stale);
        const auto two = accounts.tokenEdition(row.id);
        QVERIFY(two != one);
        QCOMPARE(accounts.noteRefusedLogin(row.id, two), Fault::None);
        accounts.wake(row.id);
        QCOMPARE(accounts.noteRefusedLogin(row.id, two), Fault::Renew);
        accounts.setTicket(row.id, ready("three"));
        QCOMPARE(accounts.noteRefusedLogin(row.id, accounts.tokenEdition(row.id)), Fault::None);
        // Let in once, it may be refused once.
        static_cast<void>(accounts.well(row.id));
        QCOMPARE(accounts.noteRefusedLogin(row.id, accounts.tokenEdition(row.id)), Fault::Renew);
    }

    void aRefusedPasswordIsNoMatterOfTokens() {
        Accounts accounts{"UTC"};
        const auto row = account();
        accounts.apply({row}, noon);
        QCOMPARE(accounts.noteRefusedLogin(row.id, 0), Accounts::TokenFault::None);
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
