// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// API keys.

#include "engine/store/records.h"
#include "engine/store/writer.h"

#include <optional>
#include <string_view>
#include <vector>

namespace postroom::store::keys {

/// AlreadyExists if the key is taken.
[[nodiscard]] Result<void> insert(Transaction& transaction, const ApiKeyRecord& key);
[[nodiscard]] Result<std::optional<ApiKeyRecord>> find(Connection& connection, const Id& id);
/// Oldest first, revoked ones too.
[[nodiscard]] Result<std::vector<ApiKeyRecord>> list(Connection& connection);
/// What may be changed of a key: name, description, scopes, its end and what it is allowed. RevisionStale if
/// `key.revision` is not the one stored, NotFound.
[[nodiscard]] Result<void> update(Transaction& transaction, const ApiKeyRecord& key);
/// The secrets of the key as they are in the record, also their version. RevisionStale, NotFound as update().
[[nodiscard]] Result<void> setSecrets(Transaction& transaction, const ApiKeyRecord& key);
/// For good. NotFound; nothing changes if it was revoked before.
[[nodiscard]] Result<void> revoke(Transaction& transaction, const Id& id, TimePoint now);
/// Remembers the latest use; never goes back.
[[nodiscard]] Result<void> touch(Transaction& transaction, const Id& id, TimePoint usedAt);

}  // namespace postroom::store::keys
