// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/suppressions.h"
#include "tests/contract/store/fixture.h"

using namespace postroom;
using namespace postroom::store;
using namespace postroom::store::test;
using namespace std::chrono_literals;

/// Who gets no mail: the same on both databases.
class TestStoreSuppressions : public QObject {
    Q_OBJECT

    BothDatabases m_databases;

    Connection& read() { return m_databases.store().read(); }
    Result<void> write(std::function<Result<void>(Transaction&)> apply) {
        return m_databases.store().write(std::move(apply));
    }

    static SuppressionRecord make(const std::string& address, const std::string& reason = "manual",
                                  std::optional<TimePoint> expiresAt = {}, const std::string& note = {}) {
        return {.id = makeId(noon),
                .address = address,
                .reason = reason,
                .note = note,
                .createdAt = noon,
                .expiresAt = expiresAt};
    }
    bool add(const SuppressionRecord& record, TimePoint now = noon) {
        bool added = false;
        const auto written = write([&](Transaction& transaction) -> Result<void> {
            auto done = suppressions::insert(transaction, record, now);
            if (!done) return fail(done.error());
            added = *done;
            return {};
        });
        if (!written) qFatal("%s", written.error().text().c_str());
        return added;
    }
    void note(const SuppressionRecord& record, TimePoint now = noon) {
        const auto written =
            write([&](Transaction& transaction) { return suppressions::note(transaction, record, now); });
        if (!written) qFatal("%s", written.error().text().c_str());
    }
    std::string inForce(const std::string& recipient, TimePoint at = noon) {
        const auto found = suppressions::inForce(read(), recipient, at).value();
        return found ? found->address + " " + found->reason : "";
    }
    std::vector<std::string> pageOf(const SuppressionSearch& search, int limit = 100) {
        const SuppressionPage page = suppressions::page(read(), search, limit).value();
        std::vector<std::string> out;
        for (const auto& row : page.rows) out.push_back(row.address);
        return out;
    }

private slots:
    void initTestCase_data() { BothDatabases::addRows(); }
    void initTestCase() { VERIFY_OK(m_databases.start()); }
    void init() { VERIFY_OK(m_databases.open()); }
    void cleanup() { m_databases.close(); }
    void cleanupTestCase() { m_databases.stop(); }

    void keepsWhatItIsTold() {
        SuppressionRecord record = make("ann@example.org", "hard_bounce", noon + 24h, "备注");
        record.reply = "550 5.1.1 'no' such user";
        record.messageId = makeId(noon);
        QVERIFY(add(record));
        for (const auto& found :
             {suppressions::find(read(), record.id).value(), suppressions::find(read(), "ann@example.org").value()}) {
            QVERIFY(found.has_value());
            QCOMPARE(found->id, record.id);
            QCOMPARE(found->address, record.address);
            QCOMPARE(found->reason, record.reason);
            QCOMPARE(found->reply, record.reply);
            QVERIFY(found->messageId == record.messageId);
            QCOMPARE(found->note, record.note);
            QCOMPARE(found->createdAt, noon);
            QVERIFY(found->expiresAt == noon + 24h);
        }
        QVERIFY(add(make("bob@example.org")));
        QVERIFY(!suppressions::find(read(), "bob@example.org").value()->expiresAt);
        QVERIFY(!suppressions::find(read(), "ann@example").value());
        QVERIFY(!suppressions::find(read(), makeId(noon)).value());
    }

    void keepsMailFromWhomItNames_data() {
        QTest::addColumn<std::string>("recipient");
        QTest::addColumn<std::string>("found");
        const auto row = [](const char* name, const char* recipient, const char* found) {
            QTest::newRow(name) << std::string(recipient) << std::string(found);
        };
        row("the address", "ann@example.org", "ann@example.org unsubscribed");
        row("in any case", "Ann@Example.ORG", "ann@example.org unsubscribed");
        row("another", "anna@example.org", "");
        row("a part of it", "nn@example.org", "");
        row("of the domain", "whoever@gone.test", "*@gone.test manual");
        row("its own before its domain's", "a@gone.test", "a@gone.test complaint");
        row("of a domain below", "a@mail.gone.test", "");
        row("with an at in quotes", "\"a@b\"@gone.test", "*@gone.test manual");
        row("nothing", "", "");
    }
    void keepsMailFromWhomItNames() {
        QFETCH(std::string, recipient);
        QFETCH(std::string, found);
        add(make("ann@example.org", "unsubscribed"));
        add(make("*@gone.test"));
        add(make("a@gone.test", "complaint"));
        QCOMPARE(inForce(recipient), found);
    }

    void endsInItsTime() {
        add(make("ann@example.org", "manual", noon + 1h));
        QCOMPARE(inForce("ann@example.org", noon + 59min), std::string("ann@example.org manual"));
        QCOMPARE(inForce("ann@example.org", noon + 1h), std::string());
        // One of its own that has ended does not hide its domain's.
        add(make("*@example.org", "complaint"));
        QCOMPARE(inForce("ann@example.org", noon + 1h), std::string("*@example.org complaint"));
    }

    void leavesOneThatIsInForce() {
        QVERIFY(add(make("ann@example.org", "unsubscribed")));
        QVERIFY(!add(make("ann@example.org", "manual")));
        QCOMPARE(inForce("ann@example.org"), std::string("ann@example.org unsubscribed"));
        QVERIFY(add(make("bob@example.org", "manual", noon + 1h)));
        QVERIFY(!add(make("bob@example.org", "complaint"), noon + 59min));
        QVERIFY(add(make("bob@example.org", "complaint"), noon + 1h));
        QCOMPARE(inForce("bob@example.org", noon + 400h), std::string("bob@example.org complaint"));
    }

    // What a server says moves on what a server said, and never what people decided.
    void isNotedAgain_data() {
        QTest::addColumn<std::string>("before");
        QTest::addColumn<int>("endsInHours");  // 0: never
        QTest::addColumn<std::string>("after");
        QTest::addColumn<int>("thenInHours");
        const auto row = [](const char* name, const char* before, int ends, const char* after, int then) {
            QTest::newRow(name) << std::string(before) << ends << std::string(after) << then;
        };
        row("nothing", "", 0, "hard_bounce", 50);
        row("one that ends sooner", "hard_bounce", 10, "hard_bounce", 50);
        row("one that ends later", "hard_bounce", 60, "hard_bounce", 60);
        row("one for good", "hard_bounce", 0, "hard_bounce", 0);
        row("a person's", "unsubscribed", 10, "unsubscribed", 10);
        row("a person's for good", "manual", 0, "manual", 0);
        row("a person's that has ended", "manual", -1, "hard_bounce", 50);
    }
    void isNotedAgain() {
        QFETCH(std::string, before);
        QFETCH(int, endsInHours);
        QFETCH(std::string, after);
        QFETCH(int, thenInHours);
        const auto at = [](int hours) {
            return hours == 0 ? std::nullopt : std::optional<TimePoint>{noon + std::chrono::hours{hours}};
        };
        if (!before.empty()) add(make("ann@example.org", before, at(endsInHours)), noon - 2h);
        const SuppressionRecord heard = make("ann@example.org", "hard_bounce", noon + 50h);
        note(heard);
        note(heard);
        const auto found = suppressions::find(read(), "ann@example.org").value();
        QCOMPARE(found->reason, after);
        QVERIFY(found->expiresAt == at(thenInHours));
    }

    void isRemoved() {
        const SuppressionRecord record = make("ann@example.org");
        add(record);
        VERIFY_OK(write([&](Transaction& transaction) { return suppressions::remove(transaction, record.id); }));
        QCOMPARE(inForce("ann@example.org"), std::string());
        const auto again =
            write([&](Transaction& transaction) { return suppressions::remove(transaction, record.id); });
        QVERIFY(!again && again.error().code == ErrorCode::NotFound);
    }

    void isPurgedOnceItHasEnded() {
        for (int i = 0; i < 5; ++i)
            add(make("a" + std::to_string(i) + "@b", "manual", noon + std::chrono::hours{i + 1}));
        add(make("good@b"));
        std::vector<int> removed;
        VERIFY_OK(write([&](Transaction& transaction) -> Result<void> {
            for (int i = 0; i < 3; ++i) removed.push_back(suppressions::purge(transaction, noon + 3h, 2).value());
            return {};
        }));
        QCOMPARE(removed, (std::vector<int>{2, 1, 0}));
        QCOMPARE(pageOf({}), (std::vector<std::string>{"good@b", "a4@b", "a3@b"}));
    }

    void isListedNewestFirstPageByPage() {
        for (const char* address : {"ann@one.test", "bob@two.test", "cid@one.test", "*@three.test", "dan@one.test"})
            add(make(address, address[0] == 'b' ? "complaint" : "manual"));
        QCOMPARE(pageOf({}), (std::vector<std::string>{"dan@one.test", "*@three.test", "cid@one.test", "bob@two.test",
                                                       "ann@one.test"}));
        QCOMPARE(pageOf({.part = "one.t"}), (std::vector<std::string>{"dan@one.test", "cid@one.test", "ann@one.test"}));
        QCOMPARE(pageOf({.part = "%"}), std::vector<std::string>{});
        QCOMPARE(pageOf({.reason = "complaint"}), std::vector<std::string>{"bob@two.test"});
        // In pages of two, none twice and none left out.
        std::vector<std::string> all;
        SuppressionSearch search{.part = "one.test"};
        for (int pages = 0; pages < 5; ++pages) {
            const SuppressionPage page = suppressions::page(read(), search, 2).value();
            for (const auto& row : page.rows) all.push_back(row.address);
            if (!page.next) break;
            search.before = page.next;
        }
        QCOMPARE(all, (std::vector<std::string>{"dan@one.test", "cid@one.test", "ann@one.test"}));
    }

    void givesAllAddressesInTheirOrder() {
        for (const char* address : {"b@x", "*@y", "a@x", "!@x"}) add(make(address));
        QCOMPARE(suppressions::addresses(read(), "", 3).value(), (std::vector<std::string>{"!@x", "*@y", "a@x"}));
        QCOMPARE(suppressions::addresses(read(), "a@x", 3).value(), (std::vector<std::string>{"b@x"}));
    }
};

QTEST_GUILESS_MAIN(TestStoreSuppressions)
#include "tst_store_suppressions.moc"
