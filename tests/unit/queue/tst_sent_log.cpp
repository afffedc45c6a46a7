// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/sent_log.h"

#include "engine/base/text.h"
#include "engine/base/worker.h"

#include <sys/resource.h>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <QTemporaryDir>
#include <QTest>

using namespace postroom;
using namespace postroom::queue;
using namespace std::chrono_literals;

class TestSentLog : public QObject {
    Q_OBJECT

    const TimePoint now{1'700'000'000'123ms};
    const Secret key{std::string(32, 'k')};
    std::unique_ptr<QTemporaryDir> m_folder;
    std::string m_path;

    SentNote note(const std::string& recipient) const {
        return {now, makeId(now), makeId(now), makeId(now), recipient};
    }
    // Lines of what is there now, and how many could not be read.
    std::vector<SentEntry> read(std::int64_t unreadable = 0) const {
        std::vector<SentEntry> entries;
        const auto done = readSentLog(m_path, [&](const SentEntry& entry) { entries.push_back(entry); });
        if (!done || done->unreadable != unreadable || done->lines != std::ssize(entries))
            qFatal("%s", done ? std::to_string(done->unreadable).c_str() : done.error().text().c_str());
        return entries;
    }
    void append(const std::string& text) const { std::ofstream{m_path + "/sent.log", std::ios::app} << text; }

private slots:
    void init() {
        m_folder = std::make_unique<QTemporaryDir>();
        m_path = m_folder->path().toStdString();
    }

    void keepsOneLineForEachRecipientInOrder() {
        const std::vector notes{note("a@b"), note("c@d")};
        {
            Worker worker{"sent-log"};
            observe::Metrics metrics;
            SentLog log{worker, key, metrics, {.folder = m_path}};
            log.note(notes);
            log.note({note("e@f")});
        }
        const auto entries = read();
        QCOMPARE(entries.size(), std::size_t{3});
        QCOMPARE(entries[1].at, now);
        QVERIFY(entries[1].message == notes[1].message && entries[1].delivery == notes[1].delivery &&
                entries[1].account == notes[1].account);
        QCOMPARE(entries[1].recipient_hmac, toHex(security::hmacSha256(key, "c@d")));
        std::ifstream file{m_path + "/sent.log"};
        const std::string text{std::istreambuf_iterator<char>{file}, {}};
        QVERIFY2(text.find("c@d") == text.npos, "no address stands in it");
        QCOMPARE(std::filesystem::status(m_path + "/sent.log").permissions(),
                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    }

    void writesWithinATickWithoutBeingStopped() {
        Worker worker{"sent-log"};
        observe::Metrics metrics;
        SentLog log{worker, key, metrics, {.folder = m_path}};
        log.note({note("a@b")});
        QTRY_COMPARE(read().size(), std::size_t{1});
    }

    void goesOnBehindALineThatAKillTore() {
        append("{\"at\":\"2026-01-0");
        QVERIFY(read(1).empty());
        {
            Worker worker{"sent-log"};
            observe::Metrics metrics;
            SentLog log{worker, key, metrics, {.folder = m_path}};
            log.note({note("a@b")});
        }
        QCOMPARE(read(1).size(), std::size_t{1});
        // Whatever else got into it is no reason to read nothing.
        append("\x01\n[]\n{}\n" + std::string(10'000, 'x') + "\n");
        QCOMPARE(read(5).size(), std::size_t{1});
    }

    void beginsAnotherFileWhenOneIsFullAndKeepsSoMany() {
        std::vector<SentNote> notes;
        {
            Worker worker{"sent-log"};
            observe::Metrics metrics;
            SentLog log{worker, key, metrics, {.folder = m_path, .file_bytes = 1, .keptFiles = 3}};
            for (int i = 0; i < 6; ++i) {
                notes.push_back(note("a@b"));
                log.note({notes.back()});
                worker.call([] {});
            }
        }
        const auto entries = read();
        QCOMPARE(entries.size(), std::size_t{4});
        for (std::size_t i = 0; i < 4; ++i) QVERIFY(entries[i].delivery == notes[i + 2].delivery);
        QVERIFY(!std::filesystem::exists(m_path + "/sent.log.4"));
    }

    void waitsForADiskThatTakesNothingAndLosesNothingThatFits() {
        // A limit on the size of files is a full disk for whoever appends.
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit before{};
        ::getrlimit(RLIMIT_FSIZE, &before);
        Worker worker{"sent-log"};
        observe::Metrics metrics;
        SentLog log{worker, key, metrics, {.folder = m_path, .waiting_bytes = 2000, .syncEvery = 20ms}};
        log.note({note("first@b")});
        QTRY_COMPARE(read().size(), std::size_t{1});
        const rlimit full{400, before.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &full);
        log.note({note("second@b"), note("third@b")});
        const bool fell = QTest::qWaitFor([&] { return !log.healthy(); });
        // Too many to be kept: they are counted.
        log.note(std::vector(20, note("later@b")));
        worker.call([] {});
        ::setrlimit(RLIMIT_FSIZE, &before);
        QVERIFY(fell);
        QTRY_VERIFY(log.healthy());
        const auto entries = read();
        const std::string missed = "postroom_sent_log_missed_total " + std::to_string(23 - entries.size()) + "\n";
        QVERIFY2(entries.size() > 3 && entries.size() < 23, std::to_string(entries.size()).c_str());
        QVERIFY2(metrics.render().find(missed) != std::string::npos, missed.c_str());
        QCOMPARE(entries[1].recipient_hmac, toHex(security::hmacSha256(key, "second@b")));
    }

    void makesNothingOfAFolderWithoutOne() {
        QVERIFY(read().empty());
        QVERIFY(!readSentLog(m_path + "/nowhere", [](const SentEntry&) {}).has_value());
    }
};

QTEST_GUILESS_MAIN(TestSentLog)
#include "tst_sent_log.moc"
