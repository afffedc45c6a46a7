// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// From what a call looks for to what the store is asked, among the messages its principal may see.

#include "engine/api/call.h"
#include "engine/store/search.h"

namespace postroom::api {

struct Services;

/// What `text` looks for; ValidationFailed on `q`.
[[nodiscard]] Result<store::MessageFilter> filterOf(const Services& services, const Call& call, std::string_view text);
/// As the query's `q`, `status` and `cursor` say; ValidationFailed naming the one that is wrong.
[[nodiscard]] Result<store::MessageFilter> filterOf(const Services& services, const Call& call);
/// A query's "true" or "false", absent: false; ValidationFailed.
[[nodiscard]] Result<bool> queryFlag(const Call& call, const std::string& name);

}  // namespace postroom::api
