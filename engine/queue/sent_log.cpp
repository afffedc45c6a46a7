// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/sent_log.h"

#include "engine/base/platform.h"
#include "engine/base/text.h"
#include "engine/contract/json.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <QLoggingCategory>
#include <QTimer>

namespace postroom::queue {

namespace {

Q_LOGGING_CATEGORY(log, "postroom.queue")

constexpr char fileName[] = "/sent.log";
// No line of ours is near it: what is longer is not read into memory whole.
constexpr std::size_t longestLine_bytes = 4096;

std::optional<SentEntry> entryOf(const std::string& line) {
    const auto read = json::parse(line);
    if (!read || !read->is_object()) return std::nullopt;
    const json::Object& object = read->get_object();
    const auto at = fromIso(json::text(object, "at"));
    const auto message = Id::parse(json::text(object, "message_id"));
    const auto delivery = Id::parse(json::text(object, "delivery_id"));
    const auto account = Id::parse(json::text(object, "account_id"));
    std::string mac = json::text(object, "recipient_hmac");
    if (!at || !message || !delivery || !account || mac.size() != 64) return std::nullopt;
    return SentEntry{*at, *message, *delivery, *account, std::move(mac)};
}

std::string numbered(const std::string& folder, int number) {
    return folder + fileName + (number == 0 ? std::string{} : "." + std::to_string(number));
}

}  // namespace

SentLog::SentLog(Worker& worker, const Secret& key, observe::Metrics& metrics, SentLogSettings settings)
    : m_worker(worker),
      m_mac(key),
      m_metrics(metrics),
      m_settings(std::move(settings)),
      m_notes(worker, [this](const std::vector<SentNote>& notes) { take(notes); }) {
    m_worker.call([this] {
        m_tick = std::make_unique<QTimer>();
        m_tick->setSingleShot(true);
        QObject::connect(m_tick.get(), &QTimer::timeout, m_tick.get(), [this] { sync(); });
    });
}

SentLog::~SentLog() {
    m_worker.call([this] {
        sync();
        m_tick.reset();
    });
}

void SentLog::take(const std::vector<SentNote>& notes) {
    for (const SentNote& note : notes) {
        if (std::ssize(m_waiting) >= m_settings.waiting_bytes) {
            m_metrics.sentLogMissed(1);
            continue;
        }
        m_waiting += json::serialise(json::Object{{"at", toIso(note.at)},
                                                  {"message_id", note.message.text()},
                                                  {"delivery_id", note.delivery.text()},
                                                  {"account_id", note.account.text()},
                                                  {"recipient_hmac", toHex(m_mac.of(note.recipient))}});
        m_waiting += '\n';
        ++m_waitingLines;
    }
    // While the disk takes nothing it is asked once a tick, not with every mail.
    if (m_healthy) write();
    if (!m_tick->isActive()) m_tick->start(m_settings.syncEvery);
}

void SentLog::write() {
    if (m_waiting.empty()) return;
    Result<void> done = m_file ? Result<void>{} : open();
    if (done && m_file->size_bytes() >= m_settings.file_bytes) done = turnOver();
    if (done) done = m_file->append(m_waiting);
    if (!done) return trouble(done.error());
    m_waiting.clear();
    m_unsyncedLines += std::exchange(m_waitingLines, 0);
}

void SentLog::sync() {
    write();
    const bool hasNews = m_file && m_unsyncedLines > 0;
    if (hasNews) {
        if (const auto done = m_file->sync(); !done) {
            // The kernel reports it once and drops the pages: another sync of this file would prove nothing.
            m_metrics.sentLogMissed(std::exchange(m_unsyncedLines, 0));
            m_file.reset();
            return trouble(done.error());
        }
        m_unsyncedLines = 0;
    }
    if (hasNews && m_waiting.empty() && !m_healthy.exchange(true)) qCInfo(log, "sent.log is written again");
    if (!m_waiting.empty()) m_tick->start(m_settings.syncEvery);
}

Result<void> SentLog::open() {
    auto file = platform::AppendFile::open(path(0));
    if (!file) return fail(file.error());
    m_file = std::move(*file);
    return {};
}

// The full file becomes number 1, number 1 becomes 2, and the last one goes.
Result<void> SentLog::turnOver() {
    if (auto kept = m_file->sync(); !kept) return kept;
    m_unsyncedLines = 0;
    m_file.reset();
    platform::removeFile(path(m_settings.keptFiles));
    std::error_code error;
    for (int number = m_settings.keptFiles - 1; number >= 0; --number) {
        if (!std::filesystem::exists(path(number), error)) continue;
        std::filesystem::rename(path(number), path(number + 1), error);
        if (error) return fail(ErrorCode::IoFailed, "rename " + path(number) + ": " + error.message());
    }
    if (auto kept = platform::syncFolder(m_settings.folder); !kept) return kept;
    return open();
}

void SentLog::trouble(const Error& error) {
    if (m_healthy.exchange(false)) qCCritical(log, "sent.log can't be written, mail goes on: %s", error.text().c_str());
    if (!m_tick->isActive()) m_tick->start(m_settings.syncEvery);
}

std::string SentLog::path(int number) const {
    return numbered(m_settings.folder, number);
}

Result<SentLogRead> readSentLog(const std::string& folder, const std::function<void(const SentEntry&)>& visit) {
    SentLogRead out;
    std::error_code error;
    int oldest = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder, error)) {
        int number = 0;
        if (std::sscanf(file.path().filename().c_str(), "sent.log.%d", &number) == 1) oldest = std::max(oldest, number);
    }
    if (error) return fail(ErrorCode::IoFailed, "read " + folder + ": " + error.message());
    for (int number = oldest; number >= 0; --number) {
        const std::string path = numbered(folder, number);
        if (!std::filesystem::exists(path, error)) continue;
        std::ifstream file{path, std::ios::binary};
        if (!file) return fail(ErrorCode::IoFailed, "open " + path);
        for (std::string line; std::getline(file, line);) {
            if (line.empty()) continue;  // what ends a torn one
            const auto entry = line.size() > longestLine_bytes ? std::nullopt : entryOf(line);
            ++(entry ? out.lines : out.unreadable);
            if (entry) visit(*entry);
        }
        if (file.bad()) return fail(ErrorCode::IoFailed, "read " + path);
    }
    return out;
}

}  // namespace postroom::queue
