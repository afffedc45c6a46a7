// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Stored settings (JSON values by name), and the store's own notes about itself (`meta`: plain texts).

#include "engine/store/writer.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace postroom::store {

namespace settings {

/// The value as JSON text. PostgreSQL keeps the value, not the spelling: blanks and the order of members may differ.
[[nodiscard]] Result<std::optional<std::string>> get(Connection& connection, std::string_view name);
[[nodiscard]] Result<std::map<std::string, std::string>> all(Connection& connection);
[[nodiscard]] Result<void> set(Transaction& transaction, std::string_view name, std::string_view json, TimePoint now);
/// Nothing happens if it is not set.
[[nodiscard]] Result<void> remove(Transaction& transaction, std::string_view name);

}  // namespace settings

namespace meta {

[[nodiscard]] Result<std::optional<std::string>> get(Connection& connection, std::string_view name);
[[nodiscard]] Result<void> set(Transaction& transaction, std::string_view name, std::string_view value);

}  // namespace meta
}  // namespace postroom::store
