// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What a setting may be, kind by kind; and how it may be shown. Pure, any thread. No error quotes a secret.

#include "engine/base/result.h"
#include "engine/base/secret.h"
#include "engine/contract/settings_address.h"
#include "engine/contract/settings_table.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::contract {

/// The value as it is kept ("TRUE" becomes "true"). The error is an English remedy that begins with "must".
[[nodiscard]] tl::expected<std::string, std::string> checkedValue(const SettingRow& row, std::string_view value);
/// As `config show` prints it: "***" for a secret, a URL without its password.
[[nodiscard]] std::string shownValue(const SettingRow& row, const std::string& value);

/// The URL with "***" for its password and for every query parameter whose name speaks of one.
[[nodiscard]] std::string maskedUrl(std::string_view url);
/// The password in a URL's authority or query, still percent-encoded; empty if there is none.
[[nodiscard]] std::string passwordIn(std::string_view url);
/// True for a secret that stands in the manual for its readers to replace ("your-jwt-secret-key-at-least-32-chars").
[[nodiscard]] bool isSampleSecret(std::string_view value);
/// The 32 bytes of a Fernet key, with or without padding, or of standard base64.
[[nodiscard]] std::optional<Secret> keyBytes(std::string_view written);

/// Splits at commas and trims; empty items are dropped.
[[nodiscard]] std::vector<std::string> listItems(std::string_view text);

}  // namespace postroom::contract
