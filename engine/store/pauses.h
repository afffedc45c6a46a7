// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What a person has paused: it stays so over restarts until somebody resumes it.

#include "engine/store/records.h"
#include "engine/store/writer.h"

#include <string_view>
#include <vector>

namespace postroom::store::pauses {

[[nodiscard]] Result<std::vector<PauseRecord>> list(Connection& connection);
/// What is paused already stays as it was. True if it was not.
[[nodiscard]] Result<bool> set(Transaction& transaction, const PauseRecord& pause);
/// True if it was paused.
[[nodiscard]] Result<bool> clear(Transaction& transaction, std::string_view kind, std::string_view name);

}  // namespace postroom::store::pauses
