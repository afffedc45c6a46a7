// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Who did what: rows are added and never changed.

#include "engine/store/records.h"
#include "engine/store/writer.h"

#include <optional>
#include <vector>

namespace postroom::store::audit {

[[nodiscard]] Result<void> append(Transaction& transaction, const AuditRecord& record);
/// Newest first; `before` is the last id of the page before.
[[nodiscard]] Result<std::vector<AuditRecord>> list(Connection& connection, int limit,
                                                    const std::optional<Id>& before = {});

}  // namespace postroom::store::audit
