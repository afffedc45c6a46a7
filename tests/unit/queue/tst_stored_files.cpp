// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/stored_files.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <QDirIterator>
#include <QTemporaryDir>
#include <QTest>

using namespace postroom;
using namespace postroom::queue;
using namespace std::chrono_literals;

class TestStoredFiles : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<StoredFiles> m_files;

    [[nodiscard]] QString folder() const { return m_folder->path() + QStringLiteral("/attachments"); }
    // Attachments, half ones too.
    [[nodiscard]] int onDisk() const {
        int files = 0;
        for (QDirIterator all(folder(), QDir::Files, QDirIterator::Subdirectories); all.hasNext();) {
            all.next();
            if (all.fileInfo().path() != folder()) ++files;
        }
        return files;
    }
    // No file of this process may grow beyond it, or may be opened beyond it, until the end of the scope.
    class Limit {
    public:
        Limit(int of, rlim_t value) : m_of(of) {
            ::getrlimit(of, &m_before);
            const rlimit now{value, m_before.rlim_max};
            ::setrlimit(of, &now);
        }
        ~Limit() { ::setrlimit(m_of, &m_before); }

    private:
        int m_of;
        rlimit m_before{};
    };
    std::string contentOf(const std::string& name) {
        auto reader = m_files->open(name);
        if (!reader) return reader.error().text();
        std::string content(1'000'000, '\0');
        content.resize((*reader)->read(content.data(), content.size()).value());
        return content;
    }

private slots:
    void init() {
        m_folder = std::make_unique<QTemporaryDir>();
        m_files = std::make_unique<StoredFiles>(folder().toStdString());
    }

    void keepsTheSameFileOnce() {
        const std::string content(100'000, 'x');
        const auto first = m_files->keep(content), second = m_files->keep(content);
        QVERIFY(first && second);
        QCOMPARE(**first, **second);
        QVERIFY(contentOf(**first) == content);
        QCOMPARE(onDisk(), 1);
    }

    void keepsAFileThatComesInPieces() {
        auto arrival = m_files->begin();
        QVERIFY2(arrival, arrival ? "" : arrival.error().text().c_str());
        QVERIFY((*arrival)->add("abc") && (*arrival)->add(std::string(70'000, 'd')));
        QCOMPARE((*arrival)->size_bytes(), std::uint64_t{70'003});
        const auto kept = (*arrival)->keep();
        QVERIFY2(kept, kept ? "" : kept.error().text().c_str());
        arrival->reset();
        QVERIFY(contentOf(**kept) == "abc" + std::string(70'000, 'd'));
        // The same name as all at once, and once on the disk.
        QCOMPARE(**m_files->keep("abc" + std::string(70'000, 'd')), **kept);
        QCOMPARE(onDisk(), 1);
    }

    void leavesNothingOfAFileThatDidNotCome() {
        {
            const auto arrival = m_files->begin();
            QVERIFY(arrival && (*arrival)->add("abc"));
            QCOMPARE(onDisk(), 1);
        }
        QCOMPARE(onDisk(), 0);
        // Nor of one that was coming when the program was killed.
        auto arrival = m_files->begin();
        QVERIFY(arrival && (*arrival)->add("abc"));
        QVERIFY(StoredFiles(folder().toStdString()).claim("a"));
        QCOMPARE(onDisk(), 0);
    }

    void leavesNothingOfAFileThatAKillCutShort() {
        const pid_t child = ::fork();
        if (child == 0) {
            // SIGXFSZ ends it within the file.
            const Limit noDump{RLIMIT_CORE, 0}, size{RLIMIT_FSIZE, 4096};
            static_cast<void>(m_files->keep(std::string(100'000, 'x')));
            ::_exit(0);
        }
        int status = 0;
        QCOMPARE(::waitpid(child, &status, 0), child);
        QVERIFY(WIFSIGNALED(status));
        QCOMPARE(onDisk(), 1);
        QVERIFY(m_files->claim("a"));
        QCOMPARE(onDisk(), 0);
    }

    // A write that the disk takes in part says nothing yet: what the rest meets with is the reason.
    void saysWhyAPieceCouldNotBeWritten() {
        const auto arrival = m_files->begin();
        QVERIFY(arrival);
        const auto before = ::signal(SIGXFSZ, SIG_IGN);
        const auto written = [&] {
            const Limit size{RLIMIT_FSIZE, 4096};
            return (*arrival)->add(std::string(100'000, 'x'));
        }();
        ::signal(SIGXFSZ, before);
        QCOMPARE(written.error().code, ErrorCode::IoFailed);
        QVERIFY2(written.error().detail.ends_with(std::strerror(EFBIG)), written.error().detail.c_str());
    }

    // Too many open files are no full disk.
    void saysWhyAFileCouldNotBegin() {
        QVERIFY(m_files->begin());
        const auto begun = [&] {
            const Limit open{RLIMIT_NOFILE, 0};
            return m_files->begin();
        }();
        QVERIFY(!begun);
        QCOMPARE(begun.error().code, ErrorCode::IoFailed);
    }

    void belongsToOneDatabase() {
        QVERIFY(m_files->claim("first"));
        StoredFiles twin(folder().toStdString());
        QCOMPARE(twin.claim("first").error().code, ErrorCode::StorageOwned);
        const std::string name = *m_files->keep("abc").value();
        m_files.reset();
        const auto other = twin.claim("second");
        QCOMPARE(other.error().code, ErrorCode::ConfigInvalid);
        for (const char* named : {"first", "second"})
            QVERIFY2(other.error().detail.find(named) != std::string::npos, other.error().detail.c_str());
        // Refused, it holds nothing.
        QVERIFY(twin.claim("first"));
        QVERIFY(twin.hold(name));
    }

    void removesNoFileThatSomebodyHolds() {
        auto first = m_files->keep("abc").value(), second = m_files->hold(*first).value();
        const std::string name = *first;
        QVERIFY(!m_files->remove(name));
        first.reset();
        QVERIFY(!m_files->remove(name));
        second.reset();
        QVERIFY(m_files->remove(name));
        QCOMPARE(onDisk(), 0);
        QCOMPARE(m_files->hold(name).error().code, ErrorCode::NotFound);
        // What was removed comes back whole.
        QCOMPARE(*m_files->keep("abc").value(), name);
        QCOMPARE(contentOf(name), std::string("abc"));
    }

    void visitsWhatIsOldEnough() {
        const std::string name = *m_files->keep("abc").value();
        const auto arrival = m_files->begin();
        QVERIFY(arrival && (*arrival)->add("half"));
        std::vector<std::string> seen;
        const auto note = [&](const std::string& found) { seen.push_back(found); };
        m_files->visitOlder(1h, note);
        QVERIFY(seen.empty());
        m_files->visitOlder(-1h, note);
        QCOMPARE(seen, std::vector<std::string>{name});
    }

    void knowsNothingButItsOwnNames_data() {
        QTest::addColumn<QByteArray>("name");
        for (const char* name : {"../../etc/passwd", "", "abc", "/etc/passwd"}) QTest::newRow(name) << QByteArray(name);
        QTest::newRow("of another") << QByteArray(64, 'f');
        QTest::newRow("upper case") << QByteArray(64, 'F');
    }
    void knowsNothingButItsOwnNames() {
        QFETCH(QByteArray, name);
        QVERIFY(!m_files->open(name.toStdString()));
        QCOMPARE(m_files->hold(name.toStdString()).error().code, ErrorCode::NotFound);
    }
};

QTEST_APPLESS_MAIN(TestStoredFiles)
#include "tst_stored_files.moc"
