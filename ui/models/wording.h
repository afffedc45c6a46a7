// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Every closed word of the engine in the operator's language: states, reasons, errors, what something waits for.
//
// Pure but for the language that is on. A word that is not known (a newer engine) is shown as it came. The tables are
// held against the engine's own lists by tests/ui/tst_wording.

#include "engine/contract/resources.h"
#include "ui/widgets/tone.h"

#include <QString>

namespace postroom::ui {

struct Word {
    QString text;
    Tone tone = Tone::Calm;
};

[[nodiscard]] Word stateWord(contract::State state);
/// Of contract::Account::state.
[[nodiscard]] Word accountStateWord(const std::string& state);
/// Of an attempt or of one recipient in it: sent, deferred, failed, unknown, aborted.
[[nodiscard]] Word outcomeWord(const std::string& outcome);
/// Of a stage of the SMTP dialogue or a connection test: resolve, connect, tls...
[[nodiscard]] QString stageText(const std::string& stage);
/// "The server rejected the user name or password": what became of an attempt.
[[nodiscard]] QString reasonText(const std::string& reason);
/// What something waits for, as one sentence with the time at its end.
[[nodiscard]] QString waitingText(const contract::WaitingFor& waiting);
/// What went wrong and what to do about it, for people. Fields are named in it only where there is no form to show
/// them.
[[nodiscard]] QString errorText(const Error& error);
/// What is wrong with one field of a form.
[[nodiscard]] QString fieldText(const FieldError& field);

/// "14:03:22" today, "22 Nov 14:03" this year, else with the year; local time, in the language's own form.
[[nodiscard]] QString timeText(TimePoint at);
[[nodiscard]] QString timeText(const std::optional<TimePoint>& at);
/// Date, time to the second and zone.
[[nodiscard]] QString exactTimeText(TimePoint at);
/// "12.4 kB"
[[nodiscard]] QString sizeText(std::int64_t size_bytes);
/// "12,345"
[[nodiscard]] QString countText(std::int64_t count);
/// "350 ms", "2.4 s", "3 min"
[[nodiscard]] QString durationText(std::chrono::milliseconds took);

}  // namespace postroom::ui
