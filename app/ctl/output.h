// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What the command says: lines for people, or one JSON document with --json; complaints go to stderr as one sentence.
//
// What comes from the engine may hold anything a stranger wrote: text() makes it harmless to a terminal. No colours.

#include "engine/base/clock.h"
#include "engine/base/error.h"
#include "engine/contract/json.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::ctl {

/// The exit codes of every verb; the manual page explains them.
enum class Exit {
    Ok = 0,
    Failed = 1,
    Usage = 2,
    NoConnection = 3,
    NotAllowed = 4,
    NotFound = 5,
    Conflict = 6,
    Partly = 7
};

[[nodiscard]] Exit exitFor(ErrorCode code);

class Output {
public:
    explicit Output(bool json) : m_json(json) {}

    [[nodiscard]] bool isJson() const { return m_json; }
    /// Prints `value` with --json and nothing otherwise.
    void document(const json::Value& value) const;
    /// Prints one line for people and nothing with --json.
    void line(std::string_view text = {}) const;
    /// "postroomctl: <sentence>" on stderr; with --json also {"error", "message", "details"} as the document.
    Exit failed(const Error& error) const;
    /// The same for what was typed wrong, which ends as every wrong line does: Exit::Usage.
    Exit misused(const Error& error) const;
    /// A sentence on stderr that is no error.
    void note(std::string_view sentence) const;

private:
    bool m_json;
};

/// Controls become '?', long text is cut.
[[nodiscard]] std::string text(std::string_view anything, std::size_t limit = 512);
/// "a, b, c", each by text().
[[nodiscard]] std::string joined(const std::vector<std::string>& words);
/// "1 recipient", "2 recipients".
[[nodiscard]] std::string counted(std::int64_t count, std::string_view noun);
/// "2026-01-31 23:59:59Z", or "-".
[[nodiscard]] std::string timeText(const std::optional<TimePoint>& at);
/// "1.5 MiB".
[[nodiscard]] std::string sizeText(std::int64_t bytes);

}  // namespace postroom::ctl
