// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/accounts.h"
#include "engine/store/ledger.h"
#include "engine/store/pauses.h"
#include "tests/contract/store/fixture.h"

using namespace postroom;
using namespace postroom::store;
using namespace postroom::store::test;
using namespace std::chrono_literals;

/// What is paused, where its mail stands meanwhile, and mail after a clock that was wrong: the same on both databases.
class TestStorePauses : public QObject {
    Q_OBJECT

    using Words = std::vector<std::string>;

    BothDatabases m_databases;

    Connection& read() { return m_databases.store().read(); }
    Result<void> write(std::function<Result<void>(Transaction&)> apply) {
        return m_databases.store().write(std::move(apply));
    }
    void keep(const Mail& mail) {
        const auto inserted = insert(m_databases.store(), mail);
        if (!inserted) qFatal("%s", inserted.error().text().c_str());
    }
    void park(const Mail& mail, std::size_t recipients, const std::string& lane) {
        std::vector<Id> ids;
        for (std::size_t i = 0; i < recipients; ++i) ids.push_back(mail.deliveries[i].id);
        const auto parked =
            write([&](Transaction& transaction) { return messages::park(transaction, mail.message.id, ids, lane); });
        if (!parked) qFatal("%s", parked.error().text().c_str());
    }
    Unparking unpark(const std::string& lane, TimePoint now, int limit) {
        Unparking unparking;
        const auto done = write([&](Transaction& transaction) -> Result<void> {
            auto moved = messages::unpark(
                transaction, lane, [](const MessageRecord& message) { return "home of " + message.subject; }, now,
                limit);
            if (!moved) return fail(moved.error());
            unparking = std::move(*moved);
            return {};
        });
        if (!done) qFatal("%s", done.error().text().c_str());
        return unparking;
    }
    // "to0@example.net paused +0s queued", in the order of the deliveries.
    std::vector<std::string> statesOf(const Mail& mail) {
        std::vector<std::string> out;
        const auto rows = messages::deliveries(read(), mail.message.id).value();
        for (const DeliveryRecord& row : rows) {
            const auto after = std::chrono::duration_cast<std::chrono::seconds>(row.dueAt - noon).count();
            out.push_back(row.recipient + " " + row.lane + " " + std::to_string(after) + "s " +
                          std::string(contract::name(row.status)));
        }
        return out;
    }
    std::vector<std::string> lanes() {
        std::vector<std::string> out;
        const auto found = messages::dueLanes(read()).value();
        for (const LaneDue& lane : found) out.push_back(lane.lane);
        std::sort(out.begin(), out.end());
        return out;
    }

private slots:
    void initTestCase_data() { BothDatabases::addRows(); }
    void initTestCase() { VERIFY_OK(m_databases.start()); }
    void init() { VERIFY_OK(m_databases.open()); }
    void cleanup() { m_databases.close(); }
    void cleanupTestCase() { m_databases.stop(); }

    void keepsAPauseUntilItEnds() {
        for (const char* kind : {"queue", "domain", "template"})
            VERIFY_OK(write([kind](Transaction& transaction) -> Result<void> {
                const PauseRecord pause{kind, "中文.test", noon, "local-admin", "it's \"down\""};
                if (!pauses::set(transaction, pause).value()) return fail(ErrorCode::Internal);
                // Twice is once.
                return pauses::set(transaction, pause).value() ? fail(ErrorCode::Internal) : Result<void>{};
            }));
        VERIFY_OK(m_databases.reopen());
        const auto rows = pauses::list(read()).value();
        QCOMPARE(rows.size(), std::size_t{3});
        QCOMPARE(rows[0].kind, std::string("domain"));
        QCOMPARE(rows[0].name, std::string("中文.test"));
        QCOMPARE(rows[0].note, std::string("it's \"down\""));
        QCOMPARE(rows[0].since, noon);
        VERIFY_OK(write([](Transaction& transaction) -> Result<void> {
            return pauses::clear(transaction, "domain", "中文.test").value() ? Result<void>{}
                                                                             : fail(ErrorCode::Internal);
        }));
        QCOMPARE(pauses::list(read()).value().size(), std::size_t{2});
    }

    void parksThoseThatAreNamedAndAreQueued() {
        const Mail mail = makeMail(3), done = makeMail(1, contract::State::Sent);
        keep(mail);
        keep(done);
        park(mail, 2, "paused:domain:slow.test");
        park(done, 1, "paused:domain:slow.test");
        QCOMPARE(statesOf(mail),
                 (Words{"to0@example.net paused:domain:slow.test 0s queued",
                        "to1@example.net paused:domain:slow.test 0s queued", "to2@example.net any 0s queued"}));
        QCOMPARE(statesOf(done), Words{"to0@example.net any 0s sent"});
        const std::vector<std::string> both{"any", "paused:domain:slow.test"};
        QCOMPARE(lanes(), both);
        QCOMPARE(messages::due(read(), "any", noon, 10).value().size(), std::size_t{1});
        QCOMPARE(ledger::imbalance(read()).value(), std::int64_t{0});
    }

    void bringsThemBackAPartAtATimeAndDueNow() {
        std::vector<Mail> mails;
        for (int i = 0; i < 5; ++i) {
            mails.push_back(makeMail());
            mails.back().message.subject = i == 4 ? "b" : "a";
            mails.back().message.priority = i == 4 ? 7 : 0;
            // A person asked for one anew, by a clock that was wrong.
            if (i == 3) mails.back().deliveries[0].dueAt = noon + 1000h;
            keep(mails.back());
            park(mails.back(), 1, "paused:template:x");
        }
        Mail other = makeMail();
        keep(other);
        park(other, 1, "paused:template:y");

        Unparking first = unpark("paused:template:x", noon + 60s, 3);
        QVERIFY(!first.isAll);
        QCOMPARE(first.messages.size(), std::size_t{3});
        // The greatest priority first.
        QVERIFY(first.messages.contains(mails[4].message.id));
        const std::map<std::string, std::set<int>> moved{{"home of a", {0}}, {"home of b", {7}}};
        QVERIFY(first.lanes == moved);
        QCOMPARE(statesOf(mails[4]), Words{"to0@example.net home of b 60s queued"});

        const Unparking last = unpark("paused:template:x", noon + 61s, 3);
        QVERIFY(last.isAll);
        QCOMPARE(last.messages.size(), std::size_t{2});
        QCOMPARE(statesOf(mails[3]), Words{"to0@example.net home of a 61s queued"});
        const Unparking none = unpark("paused:template:x", noon, 3);
        QVERIFY(none.isAll && none.messages.empty() && none.lanes.empty());
        const std::vector<std::string> left{"home of a", "home of b", "paused:template:y"};
        QCOMPARE(lanes(), left);
    }

    void bringsForwardWhatWasReckonedByAWrongClock() {
        Mail due = makeMail(), retry = makeMail(2), scheduled = makeMail(1, contract::State::Scheduled);
        Mail done = makeMail(1, contract::State::Failed);
        retry.deliveries[0].dueAt = noon + 3h + 60s;
        retry.deliveries[1].dueAt = noon + 2h;
        scheduled.deliveries[0].dueAt = noon + 5h;
        done.deliveries[0].dueAt = noon + 5h;
        for (const Mail& mail : {due, retry, scheduled, done}) keep(mail);
        AccountRecord resting;
        resting.id = makeId(noon);
        resting.email = "sender@example.org";
        resting.smtpHost = "127.0.0.1";
        resting.createdAt = resting.updatedAt = noon;
        VERIFY_OK(write([&](Transaction& transaction) -> Result<void> {
            if (auto done = accounts::insert(transaction, resting); !done) return done;
            return accounts::setProblem(transaction, resting.id, "network.refused", "", noon, noon + 3h + 30s);
        }));
        VERIFY_OK(write([](Transaction& transaction) { return messages::bringForward(transaction, noon, 3h); }));
        QVERIFY(accounts::find(read(), resting.id).value()->restsUntil == noon + 30s);
        QCOMPARE(statesOf(due), Words{"to0@example.net any 0s queued"});
        QCOMPARE(statesOf(retry), (Words{"to0@example.net any 60s queued", "to1@example.net any -3600s queued"}));
        QCOMPARE(statesOf(scheduled), Words{"to0@example.net any 18000s scheduled"});
        QCOMPARE(statesOf(done), Words{"to0@example.net any 18000s failed"});
    }
};

QTEST_GUILESS_MAIN(TestStorePauses)
#include "tst_store_pauses.moc"
