// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// From what a person filled in to an account's row: defaults, checks between fields, the password sealed. Pure but for
// the vault.

#include "engine/contract/json.h"
#include "engine/security/vault.h"
#include "engine/store/records.h"

namespace postroom::api {

/// Applies the fields that are present to the row; those of a new account get their defaults. The body passed its
/// schema. ValidationFailed with every fault.
[[nodiscard]] Result<void> applyForm(const json::Object& form, bool isNew, const security::Vault& vault,
                                     store::AccountRecord& account);

/// The patterns `a@b` and `*@b` of a list of texts, in canonical form; of the others a fault each.
[[nodiscard]] std::vector<std::string> patternsIn(const json::Object& form, const std::string& name,
                                                  std::vector<FieldError>& faults);

}  // namespace postroom::api
