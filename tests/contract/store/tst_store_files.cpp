// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/actions.h"
#include "engine/store/files.h"
#include "tests/contract/store/fixture.h"

Q_DECLARE_METATYPE(postroom::contract::State)

using namespace postroom;
using namespace postroom::store;
using namespace postroom::store::test;
using namespace std::chrono_literals;

/// Uploads and who needs which file: the same on both databases.
class TestStoreFiles : public QObject {
    Q_OBJECT

    BothDatabases m_databases;

    Connection& read() { return m_databases.store().read(); }
    Result<void> write(std::function<Result<void>(Transaction&)> apply) {
        return m_databases.store().write(std::move(apply));
    }

    static std::string nameOf(char letter) { return std::string(64, letter); }
    static UploadRecord makeUpload(char letter, std::optional<Id> keyId = {}) {
        return {.id = makeId(noon),
                .storedAs = nameOf(letter),
                .filename = "账单.pdf",
                .contentType = "application/pdf",
                .size_bytes = 123'456,
                .keyId = keyId,
                .createdAt = noon,
                .usedAt = noon};
    }
    Result<void> add(const UploadRecord& upload) {
        return write([&](Transaction& transaction) { return files::addUpload(transaction, upload); });
    }
    // A message that needs these files, in this state.
    Mail mailWith(const std::vector<std::string>& names, contract::State status) {
        const Mail mail = makeMail(1, status);
        const auto inserted = write([&](Transaction& transaction) -> Result<void> {
            if (auto done = messages::insert(transaction, mail.message, mail.body, mail.deliveries); !done) return done;
            return files::use(transaction, mail.message.id, names);
        });
        if (!inserted) qFatal("%s", inserted.error().text().c_str());
        return mail;
    }
    std::vector<FileUse> spent(TimePoint before, const FileUse& after = {}, int limit = 100) {
        return files::spent(read(), after, before, limit).value().spent;
    }
    bool isNeeded(char letter) { return files::isNeeded(read(), nameOf(letter)).value(); }

private slots:
    void initTestCase_data() { BothDatabases::addRows(); }
    void initTestCase() { VERIFY_OK(m_databases.start()); }
    void init() { VERIFY_OK(m_databases.open()); }
    void cleanup() { m_databases.close(); }
    void cleanupTestCase() { m_databases.stop(); }

    void keepsAnUpload() {
        const Id key = makeId(noon);
        const UploadRecord given = makeUpload('a', key);
        VERIFY_OK(add(given));
        const auto kept = files::findUpload(read(), given.id).value().value();
        QCOMPARE(kept.storedAs, given.storedAs);
        QCOMPARE(kept.filename, given.filename);
        QCOMPARE(kept.contentType, given.contentType);
        QCOMPARE(kept.size_bytes, given.size_bytes);
        QVERIFY(kept.keyId == key);
        QVERIFY(kept.createdAt == noon && kept.usedAt == noon);
        QVERIFY(!files::findUpload(read(), makeId(noon)).value());
    }

    void listsUploadsNewestFirst() {
        const Id key = makeId(noon);
        const UploadRecord first = makeUpload('a'), second = makeUpload('b', key), third = makeUpload('c', key);
        for (const auto& upload : {first, second, third}) VERIFY_OK(add(upload));
        const auto ids = [&](const std::optional<Id>& of, const std::optional<Id>& before, int limit) {
            std::vector<Id> out;
            const auto page = files::uploads(read(), of, before, limit);
            for (const auto& upload : *page) out.push_back(upload.id);
            return out;
        };
        QVERIFY(ids({}, {}, 10) == (std::vector<Id>{third.id, second.id, first.id}));
        QVERIFY(ids({}, third.id, 1) == std::vector<Id>{second.id});
        QVERIFY(ids(key, {}, 10) == (std::vector<Id>{third.id, second.id}));
        QVERIFY(ids(key, second.id, 10).empty());
    }

    void expiresWhatNobodyAttached() {
        const UploadRecord old = makeUpload('a'), used = makeUpload('b');
        VERIFY_OK(add(old));
        VERIFY_OK(add(used));
        VERIFY_OK(
            write([&](Transaction& transaction) { return files::touchUpload(transaction, used.id, noon + 24h); }));
        int removed = 0;
        const auto expire = [&](TimePoint before, int limit) {
            return write([&](Transaction& transaction) -> Result<void> {
                auto count = files::expireUploads(transaction, before, limit);
                if (!count) return fail(count.error());
                removed = *count;
                return {};
            });
        };
        VERIFY_OK(expire(noon, 10));
        QCOMPARE(removed, 0);
        VERIFY_OK(expire(noon + 1h, 10));
        QCOMPARE(removed, 1);
        QVERIFY(!files::findUpload(read(), old.id).value());
        QVERIFY(files::findUpload(read(), used.id).value());
        // Attaching what has gone is told to whoever tries.
        QCOMPARE(
            write([&](Transaction& transaction) { return files::touchUpload(transaction, old.id, noon); }).error().code,
            ErrorCode::NotFound);
        const UploadRecord newer = makeUpload('c');
        UploadRecord older = makeUpload('d');
        older.usedAt = noon - 1s;
        VERIFY_OK(add(newer));
        VERIFY_OK(add(older));
        VERIFY_OK(expire(noon + 1h, 1));
        QCOMPARE(removed, 1);
        QVERIFY(!files::findUpload(read(), older.id).value());
    }

    // A table of a million uploads must not be read to find one: SQLite says along which index a statement goes.
    void walksAlongItsIndex_data() {
        QTest::addColumn<QByteArray>("statement");
        QTest::addColumn<QByteArray>("index");
        QTest::newRow("what expires") << QByteArray(
                                             "SELECT id FROM attachments WHERE used_at < 5 ORDER BY used_at LIMIT 5")
                                      << QByteArray("attachments_used");
        QTest::newRow("of a key") << QByteArray(
                                         "SELECT * FROM attachments WHERE key_id = ? AND id < 'f' ORDER BY id DESC")
                                  << QByteArray("attachments_of_key");
    }
    void walksAlongItsIndex() {
        QFETCH(QByteArray, statement);
        QFETCH(QByteArray, index);
        if (!read().isSqlite()) return;
        auto query = read().query("test.plan", "EXPLAIN QUERY PLAN " + statement.toStdString());
        QVERIFY(query);
        if (statement.contains('?')) query->bind(makeId(noon));
        QVERIFY(query->run() && query->next());
        QVERIFY2(query->text(3).find(index.toStdString()) != std::string::npos, query->text(3).c_str());
        QVERIFY(!query->next());
    }

    void needsAFileWhileAnUploadOrAMessageNamesIt() {
        QVERIFY(!isNeeded('a'));
        const UploadRecord upload = makeUpload('a');
        VERIFY_OK(add(upload));
        QVERIFY(isNeeded('a'));
        const Mail mail = mailWith({nameOf('a'), nameOf('b'), nameOf('a')}, contract::State::Sent);
        VERIFY_OK(write([&](Transaction& transaction) { return files::removeUpload(transaction, upload.id); }));
        QVERIFY(isNeeded('a') && isNeeded('b'));
        VERIFY_OK(write([&](Transaction& transaction) {
            return files::release(transaction, {nameOf('a'), mail.message.id});
        }));
        QVERIFY(!isNeeded('a'));
        QVERIFY(isNeeded('b'));
        QCOMPARE(
            write([&](Transaction& transaction) { return files::removeUpload(transaction, upload.id); }).error().code,
            ErrorCode::NotFound);
    }

    void isSpentOnlyByATerminalMessageThatRests_data() {
        QTest::addColumn<contract::State>("status");
        QTest::addColumn<bool>("spent");
        const auto row = [](contract::State status, bool isSpent) {
            QTest::newRow(std::string(contract::name(status)).c_str()) << status << isSpent;
        };
        row(contract::State::Queued, false);
        row(contract::State::Sending, false);
        row(contract::State::Scheduled, false);
        row(contract::State::Held, false);
        row(contract::State::Failed, true);
        row(contract::State::Expired, true);
        row(contract::State::Cancelled, true);
        row(contract::State::Sent, true);
    }
    void isSpentOnlyByATerminalMessageThatRests() {
        QFETCH(contract::State, status);
        QFETCH(bool, spent);
        const Mail mail = mailWith({nameOf('a')}, status);
        QVERIFY(this->spent(noon).empty());
        const auto later = this->spent(noon + 1s);
        QCOMPARE(later.size(), std::size_t(spent));
        VERIFY_OK(write([&](Transaction& transaction) {
            return files::release(transaction, {nameOf('a'), mail.message.id});
        }));
        QCOMPARE(isNeeded('a'), !spent);
    }

    void isSpentOnceItsMessageIsGone() {
        const Mail mail = mailWith({nameOf('a')}, contract::State::Queued);
        VERIFY_OK(write([&](Transaction& transaction) -> Result<void> {
            auto query = transaction.query("test.remove", "DELETE FROM message_records WHERE id = ?");
            if (!query) return fail(query.error());
            return query->bind(mail.message.id).run();
        }));
        QCOMPARE(spent(noon).size(), std::size_t{1});
        VERIFY_OK(write([&](Transaction& transaction) {
            return files::release(transaction, {nameOf('a'), mail.message.id});
        }));
        QVERIFY(!isNeeded('a'));
    }

    // A page is bounded by what it looks at and not by what it finds.
    void goesOnWhereAPageEnded() {
        std::vector<Id> ids;
        for (int i = 0; i < 3; ++i)
            ids.push_back(mailWith({nameOf('a'), nameOf('b')}, contract::State::Sent).message.id);
        for (int i = 0; i < 5; ++i) mailWith({nameOf('a')}, contract::State::Queued);
        std::vector<std::pair<std::string, Id>> seen;
        std::vector<std::size_t> found;
        for (std::optional<FileUse> at = FileUse{}; at;) {
            const auto page = files::spent(read(), *at, noon + 1s, 2);
            VERIFY_OK(page);
            for (const FileUse& use : page->spent) seen.emplace_back(use.storedAs, use.messageId);
            found.push_back(page->spent.size());
            at = page->next;
        }
        QCOMPARE(found, (std::vector<std::size_t>{2, 1, 0, 0, 2, 1}));
        std::vector<std::pair<std::string, Id>> expected;
        for (const char letter : {'a', 'b'})
            for (const Id& id : ids) expected.emplace_back(nameOf(letter), id);
        QVERIFY(seen == expected);
    }
};

QTEST_GUILESS_MAIN(TestStoreFiles)
#include "tst_store_files.moc"
