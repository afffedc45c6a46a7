// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/search.h"

#include "tests/contract/store/fixture.h"

using namespace postroom;
using namespace postroom::store;
using namespace postroom::store::test;
using namespace std::chrono_literals;
using contract::State;

namespace {

// Of this moment; `number` tells those of one moment apart and sorts them.
Id idAt(TimePoint at, int number) {
    Id id;
    const auto millis = static_cast<std::uint64_t>(at.time_since_epoch().count());
    for (std::size_t i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(millis >> (40 - 8 * i));
    id.bytes[6] = 0x70;
    id.bytes[8] = 0x80;
    id.bytes[14] = static_cast<std::uint8_t>(number >> 8);
    id.bytes[15] = static_cast<std::uint8_t>(number);
    return id;
}

}  // namespace

/// Messages as they are looked for: the same on both databases.
class TestStoreSearch : public QObject {
    Q_OBJECT

    BothDatabases m_databases;
    std::vector<Id> m_ids;  // by number
    Id m_key = makeId(noon), m_account = makeId(noon);

    Store& store() { return m_databases.store(); }
    Connection& read() { return m_databases.store().read(); }

    // A message a day, the first at noon; what a test needs else is set in `change`.
    Result<void> add(const std::string& subject, const std::function<void(Mail&)>& change = {},
                     const std::vector<std::string>& tags = {}, const std::string& templateName = {}) {
        Mail mail = makeMail();
        const TimePoint at = noon + 24h * m_ids.size();
        mail.message.id = idAt(at, static_cast<int>(m_ids.size()));
        mail.message.createdAt = at;
        mail.message.subject = subject;
        mail.message.fromAddress.clear();
        mail.message.tags = tags;
        mail.message.templateName = templateName;
        if (change) change(mail);
        for (DeliveryRecord& delivery : mail.deliveries) delivery.messageId = mail.message.id;
        m_ids.push_back(mail.message.id);
        return insert(store(), mail);
    }
    [[nodiscard]] MessageFilter filter(const std::string& text) const {
        MessageFilter filter{.search = contract::Search::parse(text).value()};
        if (filter.search.account && *filter.search.account == "sender@example.org") filter.accountId = m_account;
        return filter;
    }
    // The numbers of what is found, newest first, as "3 1 0".
    std::string found(const MessageFilter& filter) {
        const auto page = search::page(read(), filter, 100, 60s);
        if (!page) return page.error().text();
        std::string out;
        for (const auto& row : page->rows) {
            const auto at = std::find(m_ids.begin(), m_ids.end(), row.message.id);
            out += (out.empty() ? "" : " ") + std::to_string(at - m_ids.begin());
        }
        return out;
    }
    // Nine messages that differ in everything that can be looked for.
    Result<void> fill() {
        m_ids.clear();
        const auto to = [](const char* address) {
            return [address](Mail& mail) { mail.deliveries[0].recipient = address; };
        };
        Result<void> done = add("Your order 1", to("ann@example.com"), {"order", "shop"}, "order");
        const auto then = [&](Result<void> next) {
            if (done) done = std::move(next);
        };
        then(add("your ORDER 2", to("Bob@Example.com"), {"order"}, "order"));
        then(add("订单 Größe ÄÖÜ", to("ann@example.net"), {"Zahlung"}));
        then(add("From a shop", [](Mail& mail) { mail.message.fromAddress = "Shop@example.org"; }));
        then(add("Held", [](Mail& mail) {
            mail.deliveries[0].status = State::Held;
            mail.deliveries[0].recipient = "ann@example.com";
        }));
        then(add("By a key", [this](Mail& mail) { mail.message.keyId = m_key; }, {"order"}));
        then(add("Pinned", [this](Mail& mail) { mail.message.pinnedAccount = m_account.text(); }));
        then(add("Carried", [this](Mail& mail) {
            mail.deliveries[0].accountId = m_account;
            DeliveryRecord second = mail.deliveries[0];
            second.id = makeId(noon);
            second.recipient = "ann@example.com";
            second.kind = contract::RecipientKind::Cc;
            DeliveryRecord third = second;
            third.id = makeId(noon);
            mail.deliveries.push_back(second);
            mail.deliveries.push_back(third);
        }));
        then(add("Sandboxed", [](Mail& mail) { mail.message.sandbox = true; }));
        return done;
    }

private slots:
    void initTestCase_data() { BothDatabases::addRows(); }
    void initTestCase() { VERIFY_OK(m_databases.start()); }
    void init() {
        m_ids.clear();
        VERIFY_OK(m_databases.open());
    }
    void cleanup() { m_databases.close(); }
    void cleanupTestCase() { m_databases.stop(); }

    void findsWhatFitsEveryTerm() {
        VERIFY_OK(fill());
        const std::string day = "2023-11-16";  // the third: noon is 2023-11-14T22:13:20.123Z
        const std::vector<std::pair<std::string, std::string>> rows{
            {"", "8 7 6 5 4 3 2 1 0"},
            {"to:ann@example.com", "7 4 0"},
            {"to:BOB@example.com", "1"},
            {"to:*@example.com", "7 4 1 0"},
            {"to:ann*", "7 4 2 0"},
            {"to:*xample.n*", "8 7 6 5 3 2"},
            {"to:ann@example.com to:to0@example.net", "7"},
            {"to:nobody@example.com", ""},
            {"to:\"' OR 1=1 --\"", ""},
            {"from:shop@example.org", "3"},
            {"from:*@example.org", "3"},
            {"from:shop@example.org from:*.org", "3"},
            {"from:other@example.org", ""},
            {"subject:order", "1 0"},
            {"subject:\"your order\"", "1 0"},
            {"subject:\"größe äöü\"", "2"},
            {"subject:order subject:2", "1"},
            {"status:held", "4"},
            {"status:queued to:ann@example.com", "7 0"},
            {"status:sent", ""},
            {"tag:order", "5 1 0"},
            {"tag:order tag:shop", "0"},
            {"tag:Order", ""},
            {"template:order", "1 0"},
            {"template:order subject:2", "1"},
            {"template:other", ""},
            {"account:sender@example.org", "7 6"},
            {"account:sandbox", "8"},
            {"account:nobody@example.org", ""},
            {"order", "5 1 0"},
            {"shop", "3 0"},
            {"ANN@EXAMPLE", "7 4 2 0"},
            {"订单", "2"},
            {"ann order", "0"},
            {"50% _", ""},
            {"before:" + day, "1 0"},
            {"after:" + day, "8 7 6 5 4 3 2"},
            {"after:2023-11-15 before:" + day, "1"},
            {"after:2023-11-16T22:13:20.123Z before:2023-11-16T22:13:20.124Z", "2"},
            {"after:2023-11-16T22:13:20.124Z before:2023-11-17", ""},
            {"after:2023-11-19 tag:order", "5"},
            {"before:2023-11-19 to:ann@example.com", "4 0"},
            {"before:2023-11-19 status:held", "4"},
            {"after:2024-01-01", ""},
            {"id:" + m_ids[3].text(), "3"},
            {"id:" + m_ids[3].text() + " status:held", ""},
            {"id:" + makeId(noon).text(), ""},
        };
        for (const auto& [text, expected] : rows)
            QVERIFY2(found(filter(text)) == expected, (text + ": " + found(filter(text))).c_str());
    }

    void findsOnlyWhatCameByAKey() {
        VERIFY_OK(fill());
        for (const auto& [text, expected] :
             std::vector<std::pair<std::string, std::string>>{{"", "5"},
                                                              {"tag:order", "5"},
                                                              {"status:queued", "5"},
                                                              {"status:held", ""},
                                                              {"to:ann@example.com", ""}}) {
            MessageFilter mine = filter(text);
            mine.keyId = m_key;
            QVERIFY2(found(mine) == expected, text.c_str());
        }
    }

    void givesTagsAndTemplate() {
        VERIFY_OK(fill());
        const auto page = search::page(read(), filter("tag:shop"), 10).value();
        QCOMPARE(page.rows.at(0).tags, (std::vector<std::string>{"order", "shop"}));
        QCOMPARE(page.rows.at(0).templateName, std::string("order"));
    }

    void pagesNewestFirstWithoutGapOrDouble_data() {
        QTest::addColumn<QByteArray>("text");
        for (const char* text : {"", "status:queued", "to:to0@example.net", "tag:even", "subject:even", "e"})
            QTest::newRow(text) << QByteArray(text);
    }
    void pagesNewestFirstWithoutGapOrDouble() {
        QFETCH(QByteArray, text);
        for (int i = 0; i < 150; ++i)
            VERIFY_OK(add(i % 2 == 0 ? "even" : "odd", {},
                          i % 2 == 0 ? std::vector<std::string>{"even"} : std::vector<std::string>{}));
        const bool half = text == "tag:even" || text == "subject:even";
        // Not even a millisecond: each page ends after its first chunk, and together they are whole all the same.
        for (const Milliseconds time : {Milliseconds{0}, Milliseconds{60'000}}) {
            MessageFilter wanted = filter(text.toStdString());
            std::vector<Id> seen;
            for (int pages = 0; pages < 100; ++pages) {
                const auto page = search::page(read(), wanted, 7, time);
                VERIFY_OK(page);
                QVERIFY(page->rows.size() <= 7);
                QVERIFY(!page->searchedBackTo || page->next);
                for (const auto& row : page->rows) seen.push_back(row.message.id);
                if (!page->next) break;
                wanted.before = page->next;
            }
            QCOMPARE(seen.size(), half ? std::size_t{75} : std::size_t{150});
            QVERIFY(std::is_sorted(seen.rbegin(), seen.rend()));
            QVERIFY(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
        }
    }

    void aPageThatIsExactlyFullIsTheLastOne() {
        for (int i = 0; i < 4; ++i) VERIFY_OK(add("x"));
        QVERIFY(!search::page(read(), {}, 4).value().next);
        QVERIFY(search::page(read(), {}, 3).value().next == m_ids[1]);
    }

    void saysHowFarBackItLookedWhenTimeRanOut() {
        VERIFY_OK(add("needle"));
        for (int i = 0; i < 200; ++i) VERIFY_OK(add("hay"));
        MessageFilter wanted = filter("subject:needle");
        const auto first = search::page(read(), wanted, 10, 0ms).value();
        QVERIFY(first.rows.empty() && first.next);
        QCOMPARE(*first.searchedBackTo, first.next->bornAt());
        int pages = 1;
        for (auto page = first; page.next; ++pages) {
            wanted.before = page.next;
            page = search::page(read(), wanted, 10, 0ms).value();
            if (!page.next) QCOMPARE(page.rows.size(), std::size_t{1});
        }
        QVERIFY(pages > 2);
        // With time enough it is there at once, and nothing is said of how far.
        const auto whole = search::page(read(), filter("subject:needle"), 10, 60s).value();
        QCOMPARE(whole.rows.size(), std::size_t{1});
        QVERIFY(!whole.searchedBackTo && !whole.next);
    }

    // To a Turkish database a small "I" is no "i".
    void readsAddressesTheSameInEveryLocale() {
        QFETCH_GLOBAL(bool, postgres);
        if (!postgres) return;
        VERIFY_OK(m_databases.cluster().psql(
            m_databases.place().url(),
            "CREATE DATABASE turkish TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'tr'"));
        std::string url = m_databases.place().url();
        const std::size_t name = url.find("@/") + 2;
        url.replace(name, url.find('?') - name, "turkish");
        VERIFY_OK(m_databases.openAt(Location::parse(url, "").value()));
        VERIFY_OK(add("x", [](Mail& mail) {
            mail.deliveries[0].recipient = "INFO@EXAMPLE.COM";
            mail.message.fromAddress = "BILLING@EXAMPLE.COM";
        }));
        QCOMPARE(found(filter("to:info@example.com")), std::string("0"));
        QCOMPARE(found(filter("from:billing@example.com")), std::string("0"));
    }

    void countsWhatIsFound() {
        VERIFY_OK(fill());
        const auto counted = [&](const std::string& text) { return search::count(read(), filter(text)).value(); };
        QCOMPARE(counted("").count, std::int64_t{9});
        QCOMPARE(counted("status:held").count, std::int64_t{1});
        QCOMPARE(counted("status:sent").count, std::int64_t{0});
        QCOMPARE(counted("order").count, std::int64_t{3});
        QCOMPARE(counted("to:ann@example.com").count, std::int64_t{3});
        QVERIFY(!counted("order").more);
        MessageFilter mine{.keyId = m_key, .before = m_ids[0]};
        QCOMPARE(search::count(read(), mine).value().count, std::int64_t{1});
    }

    void stopsCountingAtTenThousandAndWhenTimeRunsOut() {
        VERIFY_OK(store().write([&](Transaction& transaction) -> Result<void> {
            Mail mail = makeMail();
            mail.message.keyId = m_key;
            for (int i = 0; i < 10'100; ++i) {
                mail.message.id = idAt(noon, i);
                mail.deliveries[0].id = mail.message.id;
                if (auto done = messages::insert(transaction, mail.message, mail.body, mail.deliveries); !done)
                    return done;
            }
            return {};
        }));
        const auto all = search::count(read(), {.keyId = m_key}, 60s).value();
        QCOMPARE(all.count, search::mostCounted);
        QVERIFY(all.more);
        const auto some = search::count(read(), {.keyId = m_key}, 0ms).value();
        QVERIFY(some.more && some.count > 0 && some.count < search::mostCounted);
        // Where deliveries have to be looked at it begins with few, as a page does.
        const auto few = search::count(read(), filter("to:to0@*"), 0ms).value();
        QVERIFY(few.more && few.count == 64);
        // Nothing filters: the counters know.
        QCOMPARE(search::count(read(), {}).value().count, std::int64_t{10'100});
        QVERIFY(!search::count(read(), {}).value().more);
    }

    void readsTheDeliveriesOfMany() {
        VERIFY_OK(fill());
        const auto all = search::deliveriesOf(read(), {m_ids[0], m_ids[7]});
        VERIFY_OK(all);
        QCOMPARE(all->size(), std::size_t{2});
        QCOMPARE(all->at(m_ids[7]).size(), std::size_t{3});
        QCOMPARE(all->at(m_ids[0])[0].recipient, std::string("ann@example.com"));
    }

    // What drives a search is read along its index: SQLite says so of each statement that was prepared.
    void walksAlongItsIndex_data() {
        QTest::addColumn<QByteArray>("where");
        QTest::addColumn<QByteArray>("index");
        QTest::newRow("recipient") << QByteArray("deliveries d WHERE lower(d.recipient) = 'x' AND d.message_id < 'f'")
                                   << QByteArray("deliveries_recipient");
        QTest::newRow("sender") << QByteArray(
                                       "message_records m WHERE m.from_address <> '' AND "
                                       "lower(m.from_address) = 'x' AND m.id < 'f' ORDER BY m.id DESC")
                                << QByteArray("message_records_from");
        QTest::newRow("template") << QByteArray(
                                         "message_records m WHERE m.template <> '' AND m.template = 'x' AND "
                                         "m.id < 'f' ORDER BY m.id DESC")
                                  << QByteArray("message_records_template");
    }
    void walksAlongItsIndex() {
        QFETCH(QByteArray, where);
        QFETCH(QByteArray, index);
        if (!read().isSqlite()) return;
        auto query = read().query("test.plan", "EXPLAIN QUERY PLAN SELECT 1 FROM " + where.toStdString());
        QVERIFY(query && query->run());
        QVERIFY(query->next());
        QVERIFY2(query->text(3).find(index.toStdString()) != std::string::npos, query->text(3).c_str());
        QVERIFY(!query->next());
    }
};

QTEST_GUILESS_MAIN(TestStoreSearch)
#include "tst_store_search.moc"
