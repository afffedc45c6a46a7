// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/writer.h"

#include "engine/store/settings.h"
#include "tests/unit/store/faulty_disk.h"

#include <sqlite3.h>
#include <filesystem>
#include <QTemporaryDir>
#include <QTest>
#include <semaphore>

using namespace postroom;
using namespace postroom::store;
using namespace postroom::store::test;

class TestWriter : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Worker> m_worker;
    std::unique_ptr<Writer> m_writer;
    std::vector<std::size_t> m_batches;
    std::atomic<int> m_failures = 0;

    std::string path() const { return m_folder->path().toStdString() + "/postroom.db"; }
    Location location() const { return Location::parse("", m_folder->path().toStdString()).value(); }
    void make(std::size_t batchLimit = 1024) {
        if (m_writer) m_writer->stop();
        m_writer.reset();
        m_worker = std::make_unique<Worker>("writer");
        m_writer = std::make_unique<Writer>(
            *m_worker, location(),
            WriterSettings{
                .batchLimit = batchLimit,
                .committed = [this](std::chrono::microseconds, std::size_t count) { m_batches.push_back(count); },
                .failed = [this](const Error&) { ++m_failures; }});
        const auto opened = m_writer->open();
        QVERIFY2(opened, opened ? "" : opened.error().text().c_str());
        m_batches.clear();
    }
    Result<void> note(const std::string& name, const std::string& value = "x") {
        return m_writer->wait([&](Transaction& transaction) { return meta::set(transaction, name, value); });
    }
    std::optional<std::string> noted(const std::string& name) {
        std::optional<std::string> value;
        auto connection = Connection::open(location(), Access::Read);
        if (connection) value = meta::get(**connection, name).value();
        return value;
    }

private slots:
    void initTestCase() { installFaultyDisk(); }
    void init() {
        setTrouble(Trouble::None);
        m_failures = 0;
        m_folder = std::make_unique<QTemporaryDir>();
        make();
    }
    void cleanup() {
        m_writer.reset();
        m_worker.reset();
        m_folder.reset();
    }

    void putsWhatWaitsIntoOneTransaction() {
        make(100);
        std::counting_semaphore<> busy{0};
        m_worker->post([&] { busy.acquire(); });
        int done = 0;
        for (int i = 0; i < 250; ++i)
            m_writer->submit(Write{.apply = [i](Transaction& t) { return meta::set(t, std::to_string(i), "v"); },
                                   .done = [&](const Result<void>& result) { done += result ? 1 : 0; }});
        const int before = syncCalls();
        busy.release();
        // Behind them all.
        m_worker->call([] {});
        QCOMPARE(done, 250);
        QCOMPARE(m_batches, (std::vector<std::size_t>{100, 100, 50}));
        QVERIFY(syncCalls() - before >= 3);
        QVERIFY(syncCalls() - before <= 6);
    }

    void syncsEveryLoneWrite() {
        const int before = syncCalls();
        for (int i = 0; i < 20; ++i) QVERIFY(note(std::to_string(i)));
        QVERIFY(syncCalls() - before >= 20);
    }

    void neverSyncsAgainAfterASyncFailed() {
        QVERIFY(note("kept"));
        setTrouble(Trouble::SyncFails);
        const auto lost = note("lost");
        QVERIFY(!lost);
        QCOMPARE(lost.error().code, ErrorCode::StorageFailed);
        QVERIFY(!m_writer->healthy());
        setTrouble(Trouble::None);
        const int before = syncCalls();
        QCOMPARE(note("later").error().code, ErrorCode::StorageFailed);
        m_writer->stop();
        QCOMPARE(syncCalls(), before);
        QCOMPARE(m_failures.load(), 1);
        make();
        QCOMPARE(noted("kept").value_or(""), std::string("x"));
        QVERIFY(!noted("later"));
        QVERIFY(note("after"));
    }

    void recoversWhenThereIsSpaceAgain() {
        QVERIFY(note("kept"));
        setTrouble(Trouble::Full);
        QCOMPARE(note("one").error().code, ErrorCode::StorageFull);
        QCOMPARE(note("two").error().code, ErrorCode::StorageFull);
        QVERIFY(m_writer->healthy());
        setTrouble(Trouble::None);
        QVERIFY(note("three"));
        QVERIFY(!noted("one"));
        QVERIFY(noted("kept") && noted("three"));
        QCOMPARE(m_failures.load(), 0);
    }

    void saysFullToEveryWriteOfTheBatch() {
        QVERIFY(m_writer->wait([](Transaction& t) { return t.connection().run("PRAGMA max_page_count = 60"); }));
        std::vector<Write> writes;
        std::vector<Result<void>> results(10);
        for (std::size_t i = 0; i < 10; ++i)
            writes.push_back({.apply =
                                  [i](Transaction& t) {
                                      return meta::set(t, "big" + std::to_string(i),
                                                       std::string(i == 5 ? 1 << 20 : 10, 'x'));
                                  },
                              .done = [&results, i](const Result<void>& result) { results[i] = result; }});
        m_writer->submit(std::move(writes));
        m_worker->call([] {});
        QCOMPARE(results[5].error().code, ErrorCode::StorageFull);
        // Whatever each was told is what the database holds.
        for (std::size_t i = 0; i < 10; ++i)
            QCOMPARE(noted("big" + std::to_string(i)).has_value(), results[i].has_value());
        QVERIFY(note("small"));
        QVERIFY(m_writer->healthy());
    }

    void keepsItsLogSmall() {
        const std::string big(1 << 20, 'x');
        std::int64_t most = 0;
        for (int i = 0; i < 60; ++i) {
            QVERIFY(note("big" + std::to_string(i % 3), big + std::to_string(i)));
            most = std::max(most, m_writer->walBytes());
        }
        QVERIFY(most > 1 << 20);
        QVERIFY2(most < 24 << 20, std::to_string(most).c_str());
        m_writer->stop();
        std::error_code ignored;
        const bool gone = !std::filesystem::exists(path() + "-wal", ignored);
        QVERIFY(gone || std::filesystem::file_size(path() + "-wal", ignored) == 0);
    }

    void answersEveryWriteThatStopFinds() {
        std::counting_semaphore<> busy{0};
        m_worker->post([&] { busy.acquire(); });
        int done = 0;
        for (int i = 0; i < 50; ++i)
            m_writer->submit(Write{.apply = [](Transaction& t) { return meta::set(t, "same", "v"); },
                                   .done = [&](const Result<void>& result) { done += result ? 1 : 0; }});
        busy.release();
        m_writer->stop();
        QCOMPARE(done, 50);
        QCOMPARE(note("late").error().code, ErrorCode::Stopping);
    }

    void usesOneStatementInsideItsOwnRows() {
        QVERIFY(note("a") && note("b"));
        const auto result = m_writer->wait([](Transaction& t) -> Result<void> {
            constexpr std::string_view sql = "SELECT name FROM meta WHERE name > ? ORDER BY name";
            auto outer = t.query("test", sql);
            if (!outer || !outer->bind("").run()) return fail(ErrorCode::Internal);
            int pairs = 0;
            while (outer->next()) {
                auto inner = t.query("test", sql);
                if (!inner || !inner->bind("").run()) return fail(ErrorCode::Internal);
                while (inner->next()) ++pairs;
            }
            return pairs == 9 ? Result<void>{} : fail(ErrorCode::Internal, std::to_string(pairs));
        });
        QVERIFY2(result, result ? "" : result.error().text().c_str());
    }
};

QTEST_GUILESS_MAIN(TestWriter)
#include "tst_writer.moc"
