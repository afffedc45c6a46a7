// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Families of tokens: which refresh token counts, and which families were ended before their time.

#include "engine/store/records.h"
#include "engine/store/writer.h"

#include <vector>

namespace postroom::store::token_families {

/// AlreadyExists if the id is taken.
[[nodiscard]] Result<void> insert(Transaction& transaction, const TokenFamilyRecord& family);
[[nodiscard]] Result<std::optional<TokenFamilyRecord>> find(Connection& connection, const Id& id);
/// Puts `family.jti` in the place of `used` and the later of the ends; false, and nothing has changed, if `used` is not
/// the one that counts or the family was ended.
[[nodiscard]] Result<bool> rotate(Transaction& transaction, const TokenFamilyRecord& family, const Id& used);
/// Ends a family; a family that is not there or was ended before stays as it is. It is kept until its last access token
/// has ended by itself.
[[nodiscard]] Result<void> revoke(Transaction& transaction, const Id& id, TimePoint now);
/// Those that were ended and whose access tokens have not yet ended by themselves.
[[nodiscard]] Result<std::vector<TokenFamilyRecord>> revoked(Connection& connection, TimePoint now);
/// Removes what can't be valid any more, at most `most`.
[[nodiscard]] Result<void> purge(Transaction& transaction, TimePoint now, int most);

}  // namespace postroom::store::token_families
