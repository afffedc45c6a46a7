// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/dkim_keys.h"
#include "tests/contract/store/fixture.h"

using namespace postroom;
using namespace postroom::store;
using namespace postroom::store::test;
using contract::DkimAlgorithm;

/// Keys that sign mail: the same on both databases.
class TestStoreDkim : public QObject {
    Q_OBJECT

    static constexpr TimePoint later = noon + std::chrono::seconds{9};
    BothDatabases m_databases;

    Connection& read() { return m_databases.store().read(); }
    static DkimKeyRecord key(const std::string& domain, const std::string& selector,
                             DkimAlgorithm algorithm = DkimAlgorithm::Rsa) {
        return {.id = makeId(noon),
                .domain = domain,
                .selector = selector,
                .algorithm = algorithm,
                .privateKey = "v1.00000000.AAAA",
                .publicKey = "MIIB/+==",
                .createdAt = noon,
                .updatedAt = noon};
    }
    Result<void> insert(const DkimKeyRecord& record) {
        return m_databases.store().write(
            [&](Transaction& transaction) { return dkim_keys::insert(transaction, record); });
    }
    Result<void> act(Result<void> (*what)(Transaction&, const Id&, TimePoint), const Id& id) {
        return m_databases.store().write([&](Transaction& transaction) { return what(transaction, id, later); });
    }
    Result<void> remove(const Id& id) {
        return m_databases.store().write([&](Transaction& transaction) { return dkim_keys::remove(transaction, id); });
    }
    DkimKeyRecord found(const Id& id) { return dkim_keys::find(read(), id).value().value(); }

private slots:
    void initTestCase_data() { BothDatabases::addRows(); }
    void initTestCase() { VERIFY_OK(m_databases.start()); }
    void init() { VERIFY_OK(m_databases.open()); }
    void cleanup() { m_databases.close(); }
    void cleanupTestCase() { m_databases.stop(); }

    void keepsAKey() {
        const DkimKeyRecord made = key("example.com", "s1", DkimAlgorithm::Ed25519);
        VERIFY_OK(insert(made));
        const DkimKeyRecord kept = found(made.id);
        QCOMPARE(kept.domain, made.domain);
        QCOMPARE(kept.selector, made.selector);
        QCOMPARE(kept.algorithm, DkimAlgorithm::Ed25519);
        QCOMPARE(kept.privateKey, made.privateKey);
        QCOMPARE(kept.publicKey, made.publicKey);
        QCOMPARE(kept.isActive, false);
        QCOMPARE(kept.revision, std::int64_t{1});
        QVERIFY(kept.createdAt == noon && kept.updatedAt == noon);
        QVERIFY(!dkim_keys::find(read(), makeId(noon)).value());
    }

    void hasASelectorOnceADomain() {
        VERIFY_OK(insert(key("example.com", "s1")));
        QCOMPARE(insert(key("example.com", "s1", DkimAlgorithm::Ed25519)).error().code, ErrorCode::AlreadyExists);
        VERIFY_OK(insert(key("example.net", "s1")));
        VERIFY_OK(insert(key("example.com", "s2")));
    }

    void listsByDomain() {
        for (const char* domain : {"b.example", "a.example", "b.example"}) {
            VERIFY_OK(insert(key(domain, "s" + std::to_string(dkim_keys::list(read())->size()))));
        }
        std::string all;
        const auto listed = dkim_keys::list(read()).value();
        for (const DkimKeyRecord& each : listed) all += each.domain + " " + each.selector + ";";
        QCOMPARE(all, std::string("a.example s1;b.example s0;b.example s2;"));
    }

    void letsOneOfADomainAndAlgorithmSign() {
        const DkimKeyRecord first = key("example.com", "s1"), second = key("example.com", "s2"),
                            other = key("example.com", "e1", DkimAlgorithm::Ed25519),
                            elsewhere = key("example.net", "s1");
        for (const DkimKeyRecord& each : {first, second, other, elsewhere}) VERIFY_OK(insert(each));
        for (const DkimKeyRecord& each : {first, other, elsewhere}) VERIFY_OK(act(dkim_keys::enable, each.id));
        QCOMPARE(found(first.id).isActive, true);
        QCOMPARE(found(first.id).revision, std::int64_t{2});
        QVERIFY(found(first.id).updatedAt == later);
        VERIFY_OK(act(dkim_keys::enable, second.id));
        QCOMPARE(found(first.id).isActive, false);
        QCOMPARE(found(first.id).revision, std::int64_t{3});
        for (const DkimKeyRecord& each : {second, other, elsewhere}) QCOMPARE(found(each.id).isActive, true);
        // Twice is as once.
        VERIFY_OK(act(dkim_keys::enable, second.id));
        QCOMPARE(found(second.id).revision, std::int64_t{2});
        VERIFY_OK(act(dkim_keys::disable, second.id));
        VERIFY_OK(act(dkim_keys::disable, second.id));
        QCOMPARE(found(second.id).isActive, false);
        QCOMPARE(found(second.id).revision, std::int64_t{3});
        QCOMPARE(act(dkim_keys::enable, makeId(noon)).error().code, ErrorCode::NotFound);
        QCOMPARE(act(dkim_keys::disable, makeId(noon)).error().code, ErrorCode::NotFound);
    }

    void removesAKey() {
        const DkimKeyRecord made = key("example.com", "s1");
        VERIFY_OK(insert(made));
        VERIFY_OK(remove(made.id));
        QVERIFY(!dkim_keys::find(read(), made.id).value());
        QCOMPARE(remove(made.id).error().code, ErrorCode::NotFound);
    }
};

QTEST_GUILESS_MAIN(TestStoreDkim)
#include "tst_store_dkim.moc"
