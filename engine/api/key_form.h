// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// From what a person filled in to a key's row: what it is called, what it may do, and where, as whom and until when.
// Pure.

#include "engine/contract/json.h"
#include "engine/store/records.h"

#include <vector>

namespace postroom::api {

/// Applies the fields that are present to the row. The body passed its schema. ValidationFailed with every fault:
/// an end that is past, a network, pattern or account that is none.
[[nodiscard]] Result<void> applyKeyForm(const json::Object& form, const std::vector<store::AccountRecord>& accounts,
                                        TimePoint now, store::ApiKeyRecord& key);

}  // namespace postroom::api
