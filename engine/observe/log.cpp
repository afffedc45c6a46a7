// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/observe/log.h"

#include "engine/base/platform.h"
#include "engine/base/text.h"

#include <spdlog/async_logger.h>
#include <spdlog/details/os.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <QFile>
#include <QLoggingCategory>
#include <vector>

namespace postroom::observe {

Q_LOGGING_CATEGORY(logHttp, "postroom.http")
Q_LOGGING_CATEGORY(logQueue, "postroom.queue")
Q_LOGGING_CATEGORY(logSmtp, "postroom.smtp")
Q_LOGGING_CATEGORY(logStore, "postroom.store")
Q_LOGGING_CATEGORY(logSecurity, "postroom.security")
Q_LOGGING_CATEGORY(logHost, "postroom.host")

namespace {

constexpr std::size_t linesWaitingAtMost = 8192;

std::unique_ptr<spdlog::formatter> bare() {
    return std::make_unique<spdlog::pattern_formatter>("%v");
}

// A rotating file that can be opened anew under its name. The lock is base_sink's own.
class LogFile final : public spdlog::sinks::base_sink<std::mutex> {
public:
    LogFile(std::string path, std::size_t size, std::size_t files)
        : m_path(std::move(path)), m_size(size), m_files(files) {}

    [[nodiscard]] Result<void> open() {
        try {
            spdlog::file_event_handlers handlers;
            handlers.after_open = [](const spdlog::filename_t& path, std::FILE*) {
                QFile::setPermissions(toQString(path), QFile::ReadOwner | QFile::WriteOwner);
            };
            auto fresh =
                std::make_unique<spdlog::sinks::rotating_file_sink_st>(m_path, m_size, m_files, false, handlers);
            fresh->set_formatter(bare());
            const std::lock_guard lock{mutex_};
            m_file = std::move(fresh);
            return {};
        } catch (const std::exception& failure) {
            return fail(ErrorCode::IoFailed, "log file: " + printable(failure.what()));
        }
    }

protected:
    void sink_it_(const spdlog::details::log_msg& line) override { m_file->log(line); }
    void flush_() override { m_file->flush(); }

private:
    std::string m_path;
    std::size_t m_size;
    std::size_t m_files;
    std::unique_ptr<spdlog::sinks::rotating_file_sink_st> m_file;
};

struct Outlet {
    spdlog::sink_ptr sink;
    std::shared_ptr<spdlog::async_logger> logger;
    bool json = true;
};

// One start of the log. The last who holds it waits until its thread has written everything.
struct Running {
    std::vector<Outlet> outlets;
    std::shared_ptr<LogFile> file;
    LogLevel level = LogLevel::Info;
    std::atomic<std::size_t> lostTold = 0;
    // Last, so that it goes first: it is joined before what it writes to goes.
    std::shared_ptr<spdlog::details::thread_pool> thread =
        std::make_shared<spdlog::details::thread_pool>(linesWaitingAtMost, 1, [] { platform::nameThread("log"); });

    void add(spdlog::sink_ptr sink, bool json) {
        sink->set_formatter(bare());
        auto logger = std::make_shared<spdlog::async_logger>("postroom", sink, thread,
                                                             spdlog::async_overflow_policy::overrun_oldest);
        logger->set_level(spdlog::level::trace);
        // Each line is flushed: what was said before a crash is what one wants to read. It is not our caller who waits.
        logger->flush_on(spdlog::level::trace);
        outlets.push_back({.sink = std::move(sink), .logger = std::move(logger), .json = json});
    }

    void write(const LogLine& line) const {
        for (const Outlet& outlet : outlets) {
            const std::string text = outlet.json ? jsonLine(line) : plainLine(line);
            // The process ends when a CRITICAL line's handler returns: no other thread can be trusted with it.
            if (line.level == LogLevel::Critical) {
                outlet.sink->log({outlet.logger->name(), spdlog::level::critical, text});
                outlet.sink->flush();
            } else {
                outlet.logger->log(spdlog::level::info, spdlog::string_view_t{text});
            }
        }
    }

    // How many lines were dropped, told once the rush is over.
    void tellWhatWasLost(TimePoint at) {
        const std::size_t lost = thread->overrun_counter();
        std::size_t told = lostTold.load(std::memory_order_relaxed);
        if (lost == told || thread->queue_size() > linesWaitingAtMost / 2) return;
        if (!lostTold.compare_exchange_strong(told, lost)) return;
        const std::string message = std::to_string(lost - told) + " log lines were dropped: too many at once";
        write({.at = at, .level = LogLevel::Warning, .category = logHost().categoryName(), .message = message});
    }
};

// Qt has one message handler a process, so there is one of this. It is never destroyed: other statics may still speak
// while the process ends.
struct State {
    std::mutex mutex;
    std::shared_ptr<Running> running;
    QtMessageHandler qtsOwn = nullptr;
};

State& state() {
    static State& one = *new State;
    return one;
}

std::shared_ptr<Running> running() {
    const std::lock_guard lock{state().mutex};
    return state().running;
}

LogLevel levelOf(QtMsgType type) {
    switch (type) {
        case QtDebugMsg: return LogLevel::Debug;
        case QtInfoMsg: return LogLevel::Info;
        case QtWarningMsg: return LogLevel::Warning;
        case QtCriticalMsg: return LogLevel::Error;
        case QtFatalMsg: return LogLevel::Critical;
    }
    return LogLevel::Error;
}

void handle(QtMsgType type, const QMessageLogContext& context, const QString& text) {
    const auto log = running();
    if (!log || levelOf(type) < log->level) return;
    const std::string message = toUtf8(text);
    const TimePoint at = SystemClock{}.now();
    log->write(
        {.at = at, .level = levelOf(type), .category = context.category ? context.category : "", .message = message});
    log->tellWhatWasLost(at);
}

// Qt skips what a category does not let through before the message is put together. Debug lines are only ever ours:
// Qt's own are for those who work on Qt.
QString filterRules(LogLevel level) {
    QString rules = QStringLiteral("*.debug=false\n");
    if (level == LogLevel::Debug) rules += u"postroom.*.debug=true\n";
    if (level > LogLevel::Info) rules += u"*.info=false\n";
    if (level > LogLevel::Warning) rules += u"*.warning=false\n";
    if (level > LogLevel::Error) rules += u"*.critical=false\n";
    return rules;
}

}  // namespace

Result<void> startLog(const LogSettings& settings) {
    const auto level = logLevelNamed(settings.level);
    if (!level) return fail(ErrorCode::ConfigInvalid, "no such log level: " + printable(settings.level, 40));
    if (settings.maxFile_bytes == 0 || settings.files < 0 || settings.files > 1000)
        return fail(ErrorCode::ConfigInvalid, "a log file's size must be above 0, the number kept 0 to 1000");

    auto fresh = std::make_shared<Running>();
    fresh->level = *level;
    const bool terminal = spdlog::details::os::in_terminal(stderr);
    fresh->add(std::make_shared<spdlog::sinks::stderr_sink_mt>(), settings.json && !terminal);
    if (!settings.file.empty()) {
        const std::string folder = std::filesystem::path{settings.file}.parent_path().string();
        if (!folder.empty())
            if (auto made = platform::makePrivateFolder(folder); !made) return made;
        fresh->file =
            std::make_shared<LogFile>(settings.file, settings.maxFile_bytes, static_cast<std::size_t>(settings.files));
        if (auto opened = fresh->file->open(); !opened) return opened;
        fresh->add(fresh->file, settings.json);
    }

    std::shared_ptr<Running> before;
    {
        const std::lock_guard lock{state().mutex};
        before = std::exchange(state().running, std::move(fresh));
        if (!before) state().qtsOwn = qInstallMessageHandler(handle);
    }
    QLoggingCategory::setFilterRules(filterRules(*level));
    return {};
}

void stopLog() {
    std::shared_ptr<Running> before;
    {
        const std::lock_guard lock{state().mutex};
        before = std::exchange(state().running, nullptr);
        if (before) qInstallMessageHandler(state().qtsOwn);
    }
    if (before) QLoggingCategory::setFilterRules({});
}

Result<void> reopenLog() {
    const auto log = running();
    return log && log->file ? log->file->open() : Result<void>{};
}

}  // namespace postroom::observe
