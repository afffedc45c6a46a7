// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What has left, outside the database: DATA/sent.log, one line for each recipient whose "." was answered with a 2xx.
//
// A database that comes back from a backup believes that mail of the hours between has not left; these lines say what
// has. A line is written when the reply was read, with the record and not after its commit: rather a line too many
// than one too few, and the same twice is once. Lives in its own Worker, so that a disk that hangs holds up nobody;
// note() is any thread's. The format is in ARCHITECTURE.md, "The book of what was sent".

#include "engine/base/append_file.h"
#include "engine/base/clock.h"
#include "engine/base/id.h"
#include "engine/base/mailbox.h"
#include "engine/observe/metrics.h"
#include "engine/security/mac.h"

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

QT_BEGIN_NAMESPACE
class QTimer;
QT_END_NAMESPACE

namespace postroom::queue {

/// One recipient who got the mail.
struct SentNote {
    TimePoint at{};
    Id message;
    Id delivery;
    Id account;
    std::string recipient;
};

struct SentLogSettings {
    std::string folder;
    std::int64_t file_bytes = 64 << 20;    ///< then another file is begun
    int keptFiles = 16;                    ///< full ones; the oldest goes first
    std::int64_t waiting_bytes = 4 << 20;  ///< kept in memory while the disk takes nothing
    std::chrono::milliseconds syncEvery{1000};
};

class SentLog {
public:
    /// The worker and the metrics outlive it. It opens its file at the first line, and again whenever that failed.
    SentLog(Worker& worker, const Secret& key, observe::Metrics& metrics, SentLogSettings settings);
    /// Writes and syncs what waits.
    ~SentLog();
    SentLog(const SentLog&) = delete;
    SentLog& operator=(const SentLog&) = delete;

    /// Any thread. In the order of the calls.
    void note(std::vector<SentNote> notes) { m_notes.push(std::move(notes)); }
    /// Any thread. False while the last lines could not be written or synced.
    [[nodiscard]] bool healthy() const { return m_healthy.load(std::memory_order_relaxed); }

private:
    void take(const std::vector<SentNote>& notes);
    void write();
    void sync();
    [[nodiscard]] Result<void> open();
    [[nodiscard]] Result<void> turnOver();
    void trouble(const Error& error);
    [[nodiscard]] std::string path(int number) const;

    Worker& m_worker;
    security::Mac m_mac;
    observe::Metrics& m_metrics;
    SentLogSettings m_settings;
    std::optional<platform::AppendFile> m_file;
    std::string m_waiting;  ///< whole lines
    std::int64_t m_waitingLines = 0;
    std::int64_t m_unsyncedLines = 0;
    std::unique_ptr<QTimer> m_tick;
    std::atomic<bool> m_healthy = true;
    Mailbox<SentNote> m_notes;  ///< last: nothing arrives before the rest is there
};

/// A line as it is read back.
struct SentEntry {
    TimePoint at{};
    Id message;
    Id delivery;
    Id account;
    std::string recipient_hmac;  ///< 64 hex digits: HMAC-SHA-256 of the recipient as its delivery has it
};
struct SentLogRead {
    std::int64_t lines = 0;
    std::int64_t unreadable = 0;  ///< torn by a kill or a power cut
};
/// Reads every file there is, the oldest first; a file that is not there has no lines. IoFailed.
[[nodiscard]] Result<SentLogRead> readSentLog(const std::string& folder,
                                              const std::function<void(const SentEntry&)>& visit);
/// The key its recipients are hashed with, from the vault's.
inline constexpr std::string_view sentLogPurpose = "sent-log";

}  // namespace postroom::queue
