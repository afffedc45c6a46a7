// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Mail accounts.

#include "engine/store/records.h"
#include "engine/store/writer.h"

#include <optional>
#include <string_view>
#include <vector>

namespace postroom::store::accounts {

/// AlreadyExists if another account has this email.
[[nodiscard]] Result<void> insert(Transaction& transaction, const AccountRecord& account);
[[nodiscard]] Result<std::optional<AccountRecord>> find(Connection& connection, const Id& id);
[[nodiscard]] Result<std::optional<AccountRecord>> findByEmail(Connection& connection, std::string_view email);
/// Greatest priority first, then by id.
[[nodiscard]] Result<std::vector<AccountRecord>> list(Connection& connection);
/// Writes everything a person may set (not the daily count, the problem, the refresh token) and raises the revision.
/// Another provider than before takes the refresh token along.
/// `account.revision` is the one that was read: RevisionStale if there is a later one, NotFound, AlreadyExists.
[[nodiscard]] Result<void> update(Transaction& transaction, const AccountRecord& account);
/// NotFound.
[[nodiscard]] Result<void> remove(Transaction& transaction, const Id& id);
/// Raises the revision when it changes something. NotFound.
[[nodiscard]] Result<void> setActive(Transaction& transaction, const Id& id, bool isActive, TimePoint now);
/// Why it rests and until when; not a revision. NotFound.
[[nodiscard]] Result<void> setProblem(Transaction& transaction, const Id& id, std::string_view code,
                                      std::string_view detail, TimePoint at, TimePoint restsUntil);
/// Its provider gave this refresh token (a vault token): it logs in with it from now on, under its address unless it
/// has a user name, and its problem is over. Raises the revision. NotFound.
[[nodiscard]] Result<void> authorize(Transaction& transaction, const Id& id, std::string_view provider,
                                     std::string_view token, TimePoint now);
/// The provider gave another refresh token in place of `before`; not a revision. False if that is not there any more.
[[nodiscard]] Result<bool> replaceToken(Transaction& transaction, const Id& id, std::string_view before,
                                        std::string_view token);
[[nodiscard]] Result<void> clearProblem(Transaction& transaction, const Id& id);

}  // namespace postroom::store::accounts
