// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/templates.h"
#include "tests/contract/store/fixture.h"

using namespace postroom;
using namespace postroom::store;
using namespace postroom::store::test;

/// Templates and their versions: the same on both databases.
class TestStoreTemplates : public QObject {
    Q_OBJECT

    BothDatabases m_databases;

    Connection& read() { return m_databases.store().read(); }
    static TemplateVersionRecord words(const std::string& name, const std::string& subject = "第一版 {{ x }}") {
        return {.name = name,
                .subject = subject,
                .html = "<p>{{ name }}</p>",
                .text = {},
                .sample = R"({"name": "Ann"})",
                .createdAt = noon,
                .createdBy = "local-admin"};
    }
    Result<void> create(const TemplateVersionRecord& first) {
        return m_databases.store().write(
            [&](Transaction& transaction) { return templates::create(transaction, first); });
    }
    Result<int> add(const TemplateVersionRecord& next, bool publish = true, std::optional<std::int64_t> seen = {}) {
        int number = 0;
        auto done = m_databases.store().write([&](Transaction& transaction) -> Result<void> {
            auto added = templates::addVersion(transaction, next, publish, seen);
            if (!added) return fail(added.error());
            number = *added;
            return {};
        });
        if (!done) return fail(done.error());
        return number;
    }
    Result<void> publish(const std::string& name, int version) {
        return m_databases.store().write([&](Transaction& transaction) {
            return templates::publish(transaction, name, version, noon + std::chrono::seconds{9});
        });
    }
    TemplateRecord found(const std::string& name) { return templates::find(read(), name).value().value(); }

private slots:
    void initTestCase_data() { BothDatabases::addRows(); }
    void initTestCase() { VERIFY_OK(m_databases.start()); }
    void init() { VERIFY_OK(m_databases.open()); }
    void cleanup() { m_databases.close(); }
    void cleanupTestCase() { m_databases.stop(); }

    void keepsWhatATemplateSays() {
        VERIFY_OK(create(words("welcome")));
        const TemplateRecord kept = found("welcome");
        QCOMPARE(kept.published, 1);
        QCOMPARE(kept.latest, 1);
        QCOMPARE(kept.revision, std::int64_t{1});
        QVERIFY(kept.createdAt == noon && kept.updatedAt == noon);
        const auto version = templates::version(read(), "welcome", 1).value().value();
        QCOMPARE(version.subject, std::string("第一版 {{ x }}"));
        QCOMPARE(version.html, std::string("<p>{{ name }}</p>"));
        QCOMPARE(version.sample, std::string(R"({"name": "Ann"})"));
        QCOMPARE(version.createdBy, std::string("local-admin"));
        QVERIFY(!templates::version(read(), "welcome", 2).value());
        QVERIFY(!templates::find(read(), "Welcome").value());
        QCOMPARE(create(words("welcome")).error().code, ErrorCode::AlreadyExists);
    }

    void keepsSampleDataAsItWasWritten_data() {
        QTest::addColumn<QByteArray>("sample");
        QTest::newRow("a NUL") << QByteArray(R"({"a":"x\u0000y"})");
        QTest::newRow("a large number") << QByteArray(R"({"a":1E20,"b":1e16})");
        QTest::newRow("the order of members") << QByteArray(R"({"b":1,"a": [2,  3.50]})");
    }
    void keepsSampleDataAsItWasWritten() {
        QFETCH(QByteArray, sample);
        TemplateVersionRecord first = words("a");
        first.sample = sample.toStdString();
        VERIFY_OK(create(first));
        QCOMPARE(templates::version(read(), "a", 1).value()->sample, first.sample);
    }

    void numbersVersionsAndPublishesThem() {
        VERIFY_OK(create(words("a")));
        QCOMPARE(add(words("a", "2")).value(), 2);
        QCOMPARE(add(words("a", "3"), false).value(), 3);
        QCOMPARE(found("a").published, 2);
        QCOMPARE(found("a").latest, 3);
        QCOMPARE(found("a").revision, std::int64_t{3});
        // Back to an older one, and the next is numbered after the latest all the same.
        VERIFY_OK(publish("a", 1));
        QCOMPARE(found("a").published, 1);
        QVERIFY(found("a").updatedAt == noon + std::chrono::seconds{9});
        QCOMPARE(add(words("a", "4")).value(), 4);
        QCOMPARE(found("a").published, 4);
        QCOMPARE(publish("a", 5).error().code, ErrorCode::NotFound);
        QCOMPARE(publish("b", 1).error().code, ErrorCode::NotFound);
        QCOMPARE(add(words("b")).error().code, ErrorCode::NotFound);
    }

    void addsOnlyToTheRevisionItSaw() {
        VERIFY_OK(create(words("a")));
        QCOMPARE(add(words("a"), true, 1).value(), 2);
        QCOMPARE(add(words("a"), true, 1).error().code, ErrorCode::RevisionStale);
        QCOMPARE(found("a").latest, 2);
        QVERIFY(!templates::version(read(), "a", 3).value());
    }

    void listsByNameAndVersionsNewestFirst() {
        for (const char* name : {"b.zh", "B", "a", "b", "b-2"}) VERIFY_OK(create(words(name)));
        for (int i = 0; i < 3; ++i) QVERIFY(add(words("b")));
        const auto names = [&](std::string_view after, int limit) {
            const auto page = templates::list(read(), after, limit);
            std::string all;
            for (const auto& one : *page) all += one.name + " ";
            return all;
        };
        QCOMPARE(names("", 10), std::string("B a b b-2 b.zh "));
        QCOMPARE(names("a", 2), std::string("b b-2 "));
        const auto page = templates::versions(read(), "b", 4, 2);
        std::vector<int> numbers;
        for (const auto& one : *page) numbers.push_back(one.version);
        QCOMPARE(numbers, (std::vector<int>{3, 2}));
    }

    void tellsWhatIsPublished() {
        VERIFY_OK(create(words("a", "a1")));
        VERIFY_OK(create(words("b", "b1")));
        QVERIFY(add(words("a", "a2")));
        QVERIFY(add(words("b", "b2"), false));
        const auto all = templates::published(read());
        std::string subjects;
        for (const auto& one : *all) subjects += one.subject + " ";
        QCOMPARE(subjects, std::string("a2 b1 "));
    }

    void removesATemplateWithItsVersions() {
        VERIFY_OK(create(words("a")));
        VERIFY_OK(create(words("b")));
        QVERIFY(add(words("a")));
        const auto remove = [&] {
            return m_databases.store().write(
                [](Transaction& transaction) { return templates::remove(transaction, "a"); });
        };
        VERIFY_OK(remove());
        QVERIFY(!templates::find(read(), "a").value());
        QVERIFY(templates::versions(read(), "a", 100, 10).value().empty());
        QVERIFY(templates::find(read(), "b").value());
        QCOMPARE(remove().error().code, ErrorCode::NotFound);
        // The name is free again, and its numbers start anew.
        VERIFY_OK(create(words("a")));
        QCOMPARE(found("a").latest, 1);
    }
};

QTEST_GUILESS_MAIN(TestStoreTemplates)
#include "tst_store_templates.moc"
