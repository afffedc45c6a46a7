// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/choice.h"

#include <functional>
#include <map>
#include <QTest>

Q_DECLARE_METATYPE(postroom::policy::AccountView)

using namespace postroom;
using namespace postroom::policy;
using namespace std::chrono_literals;

namespace {

const TimePoint now{1'700'000'000'000ms};

Id idOf(std::uint8_t number) {
    Id id;
    id.bytes[15] = number;
    return id;
}

AccountView account(std::uint8_t number, int priority = 0) {
    AccountView view;
    view.id = idOf(number);
    view.email = "a" + std::to_string(number) + "@example.com";
    view.priority = priority;
    return view;
}

AccountView sandbox() {
    return {};
}

QByteArray text(const std::string& value) {
    return QByteArray::fromStdString(value);
}

const Wanted anyone{};

}  // namespace

class TestChoice : public QObject {
    Q_OBJECT

private slots:
    void matchesSendersByPattern_data() {
        QTest::addColumn<QByteArrayList>("patterns");
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<bool>("matches");
        const auto row = [](const char* name, QByteArrayList patterns, const char* from, bool matches) {
            QTest::newRow(name) << std::move(patterns) << QByteArray(from) << matches;
        };
        row("no pattern: its own", {}, "own@example.com", true);
        row("no pattern: another", {}, "other@example.com", false);
        row("a pattern replaces its own", {"b@example.com"}, "own@example.com", false);
        row("exact", {"b@example.com"}, "b@example.com", true);
        row("domain in any case", {"b@Example.COM"}, "b@example.com", true);
        row("local part in its case", {"B@example.com"}, "b@example.com", false);
        row("any local part", {"*@example.com"}, "x.y+z@example.com", true);
        row("not a subdomain", {"*@example.com"}, "x@sub.example.com", false);
        row("not a longer domain", {"*@example.com"}, "x@notexample.com", false);
        row("second pattern", {"q@w.example", "*@example.com"}, "x@example.com", true);
        row("a star alone is no pattern", {"*"}, "x@example.com", false);
        row("a star within is itself", {"x*@example.com"}, "xy@example.com", false);
        row("a star domain is none", {"x@*"}, "x@example.com", false);
        row("quoted local part with an at", {"\"a@b\"@example.com"}, "\"a@b\"@example.com", true);
        row("no sender asked for", {"b@example.com"}, "", true);
        row("sender without a domain", {"*@example.com"}, "postmaster", false);
        row("empty pattern", {""}, "x@example.com", false);
    }
    void matchesSendersByPattern() {
        QFETCH(QByteArrayList, patterns);
        QFETCH(QByteArray, from);
        QFETCH(bool, matches);
        std::vector<std::string> given;
        for (const QByteArray& pattern : patterns) given.push_back(pattern.toStdString());
        QCOMPARE(fromMatches(given, "own@example.com", from.toStdString()), matches);
    }

    void takesTheGreatestUsablePriority() {
        std::vector<AccountView> accounts{account(1, 1), account(2, 5), account(3, 5)};
        QCOMPARE(chooseAccount(anyone, now, accounts, 0).account, std::optional<std::size_t>{1});
        accounts[1].active = false;
        QCOMPARE(chooseAccount(anyone, now, accounts, 0).account, std::optional<std::size_t>{2});
        accounts[2].restsUntil = now + 1s;
        QCOMPARE(chooseAccount(anyone, now, accounts, 0).account, std::optional<std::size_t>{0});
        QVERIFY(chooseAccount(anyone, now, accounts, 0).waiting.code.empty());
    }

    void takesEqualsInTurn() {
        std::vector<AccountView> accounts{account(1, 2), account(2), account(3, 2), account(4, 2)};
        accounts[3].freeConnections = 0;
        std::map<std::size_t, int> taken;
        for (std::uint64_t turn = 0; turn < 100; ++turn)
            ++taken[chooseAccount(anyone, now, accounts, turn).account.value()];
        QCOMPARE(taken.size(), std::size_t{2});
        QCOMPARE(taken[0], 50);
        QCOMPARE(taken[2], 50);
    }

    void givesTheSandboxOnlyToWhoPinsIt() {
        const std::vector<AccountView> accounts{sandbox(), account(1)};
        QCOMPARE(chooseAccount(anyone, now, accounts, 0).account, std::optional<std::size_t>{1});
        const Wanted pinned{.from = "anybody@elsewhere.example", .pinned = "sandbox"};
        QCOMPARE(chooseAccount(pinned, now, accounts, 0).account, std::optional<std::size_t>{0});
        QCOMPARE(text(chooseAccount(anyone, now, std::span{accounts}.first(1), 0).waiting.code),
                 QByteArray("account.none"));
        QCOMPARE(text(chooseAccount(pinned, now, std::span{accounts}.last(1), 0).waiting.code),
                 QByteArray("account.unknown"));
    }

    void keepsToThePinnedAccount() {
        std::vector<AccountView> accounts{account(1, 9), account(2)};
        Wanted wanted{.from = {}, .pinned = idOf(2).text()};
        QCOMPARE(chooseAccount(wanted, now, accounts, 0).account, std::optional<std::size_t>{1});
        accounts[1].freeConnections = 0;
        QVERIFY(!chooseAccount(wanted, now, accounts, 0).account);
        wanted.pinned = "gone";
        QCOMPARE(text(chooseAccount(wanted, now, accounts, 0).waiting.code), QByteArray("account.unknown"));
        wanted.pinned = idOf(7).text();
        QCOMPARE(text(chooseAccount(wanted, now, accounts, 0).waiting.code), QByteArray("account.unknown"));
        wanted = {.from = "x@elsewhere.example", .pinned = idOf(1).text()};
        QCOMPARE(text(chooseAccount(wanted, now, accounts, 0).waiting.code), QByteArray("account.none_for_from"));
    }

    void namesTheObstacleOfAnAccount_data() {
        QTest::addColumn<AccountView>("view");
        QTest::addColumn<QByteArray>("code");
        QTest::addColumn<int>("untilSeconds");  // 0: none
        const auto row = [](const char* name, const std::function<void(AccountView&)>& set, const char* code,
                            int until) {
            AccountView view = account(1);
            set(view);
            QTest::newRow(name) << view << QByteArray(code) << until;
        };
        const auto in = [](int seconds) { return now + std::chrono::seconds{seconds}; };
        const auto usedUp = [&](AccountView& view, int until, const char* code = "account.daily_limit") {
            view.unitsLeft = 0;
            view.limitCode = code;
            view.limitedUntil = in(until);
        };
        row(
            "well", [](AccountView&) {}, "", 0);
        row(
            "well with units", [](AccountView& view) { view.unitsLeft = 5; }, "", 0);
        row(
            "disabled, whatever else",
            [&](AccountView& view) {
                usedUp(view, 60);
                view.active = false;
                view.restsUntil = in(60);
                view.freeConnections = 0;
            },
            "account.disabled", 0);
        row(
            "resting", [&](AccountView& view) { view.restsUntil = in(60); }, "account.resting", 60);
        row(
            "rested", [&](AccountView& view) { view.restsUntil = in(-1); }, "", 0);
        row(
            "day used up", [&](AccountView& view) { usedUp(view, 60); }, "account.daily_limit", 60);
        row(
            "hour used up", [&](AccountView& view) { usedUp(view, 60, "account.hourly_limit"); },
            "account.hourly_limit", 60);
        row(
            "used up, of a day gone by", [&](AccountView& view) { usedUp(view, -60); }, "account.reserving", 0);
        row(
            "used up, and new units came",
            [&](AccountView& view) {
                usedUp(view, 60);
                view.unitsLeft = 3;
            },
            "", 0);
        row(
            "units on their way", [](AccountView& view) { view.unitsLeft = 0; }, "account.reserving", 0);
        row(
            "over its limit",
            [&](AccountView& view) {
                usedUp(view, 60);
                view.unitsLeft = -2;
            },
            "account.daily_limit", 60);
        row(
            "rest ends after the limit",
            [&](AccountView& view) {
                usedUp(view, 60);
                view.restsUntil = in(90);
            },
            "account.resting", 90);
        row(
            "limit ends after the rest",
            [&](AccountView& view) {
                usedUp(view, 60);
                view.restsUntil = in(30);
            },
            "account.daily_limit", 60);
        row(
            "nobody has authorized it", [](AccountView& view) { view.unauthorized = true; },
            "account.authorization_needed", 0);
        row(
            "nobody has authorized it, and it rests",
            [&](AccountView& view) {
                view.unauthorized = true;
                view.restsUntil = in(60);
            },
            "account.authorization_needed", 0);
        row(
            "its token is on its way", [](AccountView& view) { view.awaitsToken = true; }, "account.token_awaited", 0);
        row(
            "its provider does not answer",
            [&](AccountView& view) {
                view.awaitsToken = true;
                view.tokenAt = in(5);
            },
            "account.token_awaited", 5);
        row(
            "its provider is being asked again",
            [&](AccountView& view) {
                view.awaitsToken = true;
                view.tokenAt = in(-1);
            },
            "account.token_awaited", 0);
        row(
            "it rests for longer than its provider is away",
            [&](AccountView& view) {
                view.awaitsToken = true;
                view.tokenAt = in(5);
                view.restsUntil = in(60);
            },
            "account.resting", 60);
        row(
            "outside its hours", [&](AccountView& view) { view.opensAt = in(60); }, "account.send_hours", 60);
        row(
            "hours begin after the rest",
            [&](AccountView& view) {
                view.restsUntil = in(30);
                view.opensAt = in(60);
            },
            "account.send_hours", 60);
        row(
            "its rate", [&](AccountView& view) { view.nextAt = in(2); }, "account.rate", 2);
        row(
            "its rate, and no connection",
            [&](AccountView& view) {
                view.nextAt = in(2);
                view.freeConnections = 0;
            },
            "account.rate", 2);
        row(
            "connections busy", [](AccountView& view) { view.freeConnections = 0; }, "account.connections_busy", 0);
        row(
            "tried with one",
            [](AccountView& view) {
                view.freeConnections = 0;
                view.probing = true;
            },
            "account.probing", 0);
        row(
            "to be tried with one", [](AccountView& view) { view.probing = true; }, "", 0);
    }
    void namesTheObstacleOfAnAccount() {
        QFETCH(AccountView, view);
        QFETCH(QByteArray, code);
        QFETCH(int, untilSeconds);
        const WaitingFor waiting = whyNot(view, now);
        QCOMPARE(text(waiting.code), code);
        QCOMPARE(waiting.until.has_value(), untilSeconds != 0);
        if (waiting.until) QCOMPARE(*waiting.until, now + std::chrono::seconds{untilSeconds});
        QCOMPARE(chooseAccount(anyone, now, std::span{&view, 1}, 0).account.has_value(), code.isEmpty());
    }

    void takesTheLeastUsedOfThoseWithTheSamePriority() {
        std::vector<AccountView> accounts{account(1), account(2), account(3), account(4, 1)};
        const auto chosen = [&](std::uint64_t turn) { return chooseAccount(anyone, now, accounts, turn).account; };
        accounts[0].share = 0.5;
        accounts[1].share = 0.25;
        accounts[2].share = 0.75;
        accounts[3].share = 0.99;
        QCOMPARE(chosen(0), std::optional<std::size_t>{3});
        accounts[3].active = false;
        for (std::uint64_t turn = 0; turn < 3; ++turn) QCOMPARE(chosen(turn), std::optional<std::size_t>{1});
        // Equals take turns.
        accounts[2].share = 0.25;
        QCOMPARE(chosen(0), std::optional<std::size_t>{1});
        QCOMPARE(chosen(1), std::optional<std::size_t>{2});
        // One without a limit has used no share of it.
        accounts[1].share = accounts[2].share = 0;
        accounts[0].share = -1;
        QCOMPARE(chosen(5), std::optional<std::size_t>{0});
    }

    void saysTheMostHopefulReason() {
        std::vector<AccountView> accounts;
        const auto reason = [&] { return text(chooseAccount(anyone, now, accounts, 0).waiting.code); };
        QCOMPARE(reason(), QByteArray("account.none"));
        accounts.push_back(account(1));
        accounts.back().active = false;
        QCOMPARE(reason(), QByteArray("account.disabled"));
        accounts.push_back(account(2));
        accounts.back().restsUntil = now + 1h;
        accounts.back().problemCode = "smtp.auth_rejected";
        QCOMPARE(reason(), QByteArray("account.resting"));
        accounts.push_back(account(3));
        accounts.back().unitsLeft = 0;
        accounts.back().limitCode = "account.daily_limit";
        accounts.back().limitedUntil = now + 30min;
        QCOMPARE(reason(), QByteArray("account.daily_limit"));
        accounts.push_back(account(4));
        accounts.back().restsUntil = now + 10min;
        QCOMPARE(reason(), QByteArray("account.resting"));
        QCOMPARE(chooseAccount(anyone, now, accounts, 0).waiting.until, std::optional{now + 10min});
        accounts.push_back(account(5));
        accounts.back().unitsLeft = 0;
        QCOMPARE(reason(), QByteArray("account.reserving"));
        accounts.push_back(account(6));
        accounts.back().freeConnections = 0;
        QCOMPARE(reason(), QByteArray("account.connections_busy"));
    }

    void tellsWhichAccountAndWhatAilsIt() {
        AccountView view = account(1);
        view.restsUntil = now + 1h;
        view.problemCode = "smtp.auth_rejected";
        const WaitingFor waiting = whyNot(view, now);
        const std::map<std::string, std::string> params(waiting.params.begin(), waiting.params.end());
        QCOMPARE(text(params.at("account")), text(idOf(1).text()));
        QCOMPARE(text(params.at("email")), QByteArray("a1@example.com"));
        QCOMPARE(text(params.at("problem")), QByteArray("smtp.auth_rejected"));
    }

    void saysWhatADeliveryWaitsFor_data() {
        using contract::State;
        QTest::addColumn<State>("state");
        QTest::addColumn<int>("dueSeconds");
        QTest::addColumn<int>("attempts");
        QTest::addColumn<QByteArray>("reason");
        QTest::addColumn<bool>("inFlight");
        QTest::addColumn<bool>("paused");
        QTest::addColumn<bool>("usable");
        QTest::addColumn<QByteArray>("code");  // empty: for nothing
        const auto row = [](const char* name, State state, int due, int attempts, const char* reason, bool inFlight,
                            bool paused, bool usable, const char* code) {
            QTest::newRow(name) << state << due << attempts << QByteArray(reason) << inFlight << paused << usable
                                << QByteArray(code);
        };
        row("sent", State::Sent, 0, 1, "", false, true, true, "");
        row("failed", State::Failed, 0, 1, "smtp.recipient_unknown", false, false, true, "");
        row("expired", State::Expired, 0, 1, "", false, false, true, "");
        row("cancelled", State::Cancelled, 60, 0, "", false, false, true, "");
        row("on its way", State::Queued, 0, 0, "", true, false, true, "");
        row("sending", State::Sending, 0, 0, "", false, false, true, "");
        row("held", State::Held, 0, 1, "network.closed", false, true, true, "message.held");
        row("paused", State::Queued, 60, 1, "smtp.greylisted", false, true, true, "queue.paused");
        row("put off", State::Queued, 60, 1, "smtp.greylisted", false, false, true, "retry.scheduled");
        row("put off after an abort", State::Queued, 60, 0, "engine.aborted", false, false, true, "retry.scheduled");
        row("for tomorrow", State::Scheduled, 60, 0, "", false, false, true, "message.scheduled");
        row("for tomorrow, and paused", State::Scheduled, 60, 0, "", false, true, true, "message.scheduled");
        row("its turn", State::Queued, 0, 0, "", false, false, true, "queue.turn");
        row("due in the past", State::Scheduled, -60, 2, "smtp.deferred", false, false, true, "queue.turn");
        row("no account", State::Queued, 0, 0, "", false, false, false, "account.disabled");
    }
    void saysWhatADeliveryWaitsFor() {
        QFETCH(contract::State, state);
        QFETCH(int, dueSeconds);
        QFETCH(int, attempts);
        QFETCH(QByteArray, reason);
        QFETCH(bool, inFlight);
        QFETCH(bool, paused);
        QFETCH(bool, usable);
        QFETCH(QByteArray, code);
        AccountView view = account(1);
        view.active = usable;
        const DeliveryView delivery{.state = state,
                                    .dueAt = now + std::chrono::seconds{dueSeconds},
                                    .attempts = attempts,
                                    .reason = reason.toStdString(),
                                    .inFlight = inFlight};
        const auto waiting = whyWaiting(delivery, anyone, now, paused, std::span{&view, 1});
        QCOMPARE(waiting.has_value(), !code.isEmpty());
        if (!waiting) return;
        QCOMPARE(text(waiting->code), code);
        QCOMPARE(waiting->until == delivery.dueAt, code == "retry.scheduled" || code == "message.scheduled");
    }

    void saysWhichPauseKeepsItBack_data() {
        using contract::State;
        QTest::addColumn<State>("state");
        QTest::addColumn<int>("dueSeconds");
        QTest::addColumn<bool>("paused");
        QTest::addColumn<QByteArray>("code");
        QTest::newRow("due") << State::Queued << 0 << false << QByteArray("domain.paused");
        QTest::newRow("put off") << State::Queued << 60 << false << QByteArray("domain.paused");
        QTest::newRow("for tomorrow") << State::Scheduled << 60 << false << QByteArray("message.scheduled");
        QTest::newRow("everything is") << State::Queued << 0 << true << QByteArray("queue.paused");
        QTest::newRow("held") << State::Held << 0 << false << QByteArray("message.held");
        QTest::newRow("done") << State::Sent << 0 << false << QByteArray();
    }
    void saysWhichPauseKeepsItBack() {
        QFETCH(contract::State, state);
        QFETCH(int, dueSeconds);
        QFETCH(bool, paused);
        QFETCH(QByteArray, code);
        const AccountView view = account(1);
        DeliveryView delivery{.state = state,
                              .dueAt = now + std::chrono::seconds{dueSeconds},
                              .attempts = 0,
                              .reason = {},
                              .pause = MailPause{MailPause::Of::Domain, "slow.test"}};
        const auto waiting = whyWaiting(delivery, anyone, now, paused, std::span{&view, 1});
        QCOMPARE(waiting ? text(waiting->code) : QByteArray(), code);
        if (code != "domain.paused") return;
        QCOMPARE(waiting->params.front().second, std::string("slow.test"));
        delivery.pause = MailPause{MailPause::Of::Template, "invoice"};
        const auto other = whyWaiting(delivery, anyone, now, paused, std::span{&view, 1});
        QCOMPARE(text(other->code), QByteArray("template.paused"));
        const std::pair<std::string, std::string> named{"template", "invoice"};
        QVERIFY(other->params.front() == named);
    }
};

QTEST_APPLESS_MAIN(TestChoice)
#include "tst_choice.moc"
