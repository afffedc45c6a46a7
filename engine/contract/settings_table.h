// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The one table of settings, all names of the manual's §4.1 and ours. `config show`, `config init`, .env.example and
// the checks at start are made from it: a new setting is one row in settings_table.cpp.

#include <cstdint>
#include <string_view>
#include <vector>

namespace postroom::contract {

enum class SettingKind {
    Text,
    Choice,     ///< one of `choices`; case doesn't matter
    Integer,    ///< least..most
    SizeBytes,  ///< a number of bytes, least..most
    Seconds,    ///< least..most
    Boolean,    ///< true/false, 1/0, yes/no, on/off; kept as "true" or "false"
    Url,        ///< its scheme is one of `choices` if there are any
    Path,
    Listen,   ///< ADDR:PORT, [ADDR]:PORT or localhost:PORT; port 0 is any free one
    Hosts,    ///< host names or addresses with commas between, or "*"
    Cidrs,    ///< networks or addresses with commas between
    Domain,   ///< one host name
    Zone,     ///< an IANA time zone; empty is the system's
    Key,      ///< base64 of 32 bytes, URL-safe or standard
    Password  ///< a secret of `least` bytes or more
};

enum class SettingEffect {
    Honoured,  ///< does what the manual says
    Mapped,    ///< sets the nearest thing there is here
    Ignored,   ///< taken without effect, with a notice that says why
    Later      ///< checked, but its part of the engine is not in this version; with a notice
};
/// "honoured", "mapped", "ignored", "later".
[[nodiscard]] std::string_view name(SettingEffect effect);

struct SettingRow {
    std::string_view name;
    SettingKind kind;
    std::string_view otherwise;  ///< the default, as it would be written
    SettingEffect effect;
    std::string_view meaning;  ///< one English sentence: what it does, or why it does nothing
    std::int64_t least = 0;    ///< of Integer, SizeBytes, Seconds; bytes of a Password
    std::int64_t most = 0;
    std::string_view choices = {};  ///< words of a Choice, schemes of a Url, with blanks between

    /// Never shown. A Url is shown with its password masked.
    [[nodiscard]] bool isSecret() const { return kind == SettingKind::Key || kind == SettingKind::Password; }
};

struct SettingSection {
    std::string_view title;
    std::vector<SettingRow> rows;
};

/// As .env.example shows them.
[[nodiscard]] const std::vector<SettingSection>& settingSections();
/// All rows, in that order.
[[nodiscard]] const std::vector<SettingRow>& settingTable();
/// Null if there is no such name.
[[nodiscard]] const SettingRow* settingNamed(std::string_view name);

}  // namespace postroom::contract
