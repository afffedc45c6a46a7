// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

#include "engine/client/engine_client.h"

namespace postroom::ctl {

/// The account with this id or address; NotFound otherwise.
[[nodiscard]] Result<contract::Account> findAccount(client::EngineClient& engine, const std::string& typed);

}  // namespace postroom::ctl
