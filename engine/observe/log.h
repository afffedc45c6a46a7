// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Where what the engine says goes: Qt's logging categories in the code, files and stderr behind them.
//
// Say it with qCInfo(observe::logQueue) << ... or qCWarning(observe::logStore, "%s", text). Levels are the manual's:
// DEBUG qCDebug, INFO qCInfo, WARNING qCWarning (will be tried again), ERROR qCCritical (the environment), CRITICAL
// qFatal (our own fault; the process ends). Any thread; lines are written by a thread of the log's own, so that a slow
// disk never holds up who speaks. Where 8192 lines wait the oldest are dropped, and their number is logged.

#include "engine/base/clock.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <QLoggingCategory>
#include <string>
#include <string_view>

namespace postroom::observe {

Q_DECLARE_LOGGING_CATEGORY(logHttp)
Q_DECLARE_LOGGING_CATEGORY(logQueue)
Q_DECLARE_LOGGING_CATEGORY(logSmtp)
Q_DECLARE_LOGGING_CATEGORY(logStore)
Q_DECLARE_LOGGING_CATEGORY(logSecurity)
Q_DECLARE_LOGGING_CATEGORY(logHost)

enum class LogLevel { Debug, Info, Warning, Error, Critical };
[[nodiscard]] std::string_view name(LogLevel level);                         ///< "WARNING"
[[nodiscard]] std::optional<LogLevel> logLevelNamed(std::string_view name);  ///< any case

struct LogSettings {
    std::string level = "INFO";             ///< DEBUG INFO WARNING ERROR CRITICAL
    std::string file;                       ///< empty: stderr only
    std::size_t maxFile_bytes = 50u << 20;  ///< a file beyond it is put aside: postroom.log as postroom.1.log
    int files = 10;                         ///< kept aside at most
    bool json = true;                       ///< JSON lines; false: plain lines in the file and on stderr
};

/// Takes over Qt's messages, in place of an earlier start. Plain lines on stderr where that is a terminal, else JSON
/// lines (unless turned off); the file, made 0600, gets the same. ConfigInvalid for a level or size that is none,
/// IoFailed where the file can't be written; the log is as it was then.
[[nodiscard]] Result<void> startLog(const LogSettings& settings);
/// Writes out what waits and gives Qt its own handler back.
void stopLog();
/// Opens the file again under its name, after a rotation by others (SIGHUP, `postroomctl logs reopen`).
[[nodiscard]] Result<void> reopenLog();

/// One thing that was said.
struct LogLine {
    TimePoint at{};
    LogLevel level = LogLevel::Info;
    std::string_view category;
    std::string_view message;  ///< UTF-8
};

/// {"at":...,"level":...,"category":...,"message":...}: redacted, every control escaped, no line break.
[[nodiscard]] std::string jsonLine(const LogLine& line);
/// "2026-01-31T23:59:59.123Z WARNING postroom.queue: ...": redacted, every control escaped, no line break.
[[nodiscard]] std::string plainLine(const LogLine& line);

/// The text with *** for whatever looks like a secret: secret_..., the word after Bearer, Basic and AUTH PLAIN,
/// JSON Web Tokens, the value after password=, token=, secret= and their like (also as JSON), user:password@ in URLs.
/// A second line of defence: secrets do not belong into a message in the first place.
[[nodiscard]] std::string redacted(std::string_view text);

}  // namespace postroom::observe
