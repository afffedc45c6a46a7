// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

#include "engine/client/engine_client.h"

#include <functional>

namespace CLI {
class App;
}

namespace postroom::ctl {

class Console;
enum class Exit;

/// The account with this id or address; NotFound otherwise.
[[nodiscard]] Result<contract::Account> findAccount(client::EngineClient& engine, const std::string& typed);
/// The verb authorize (accounts_authorize.cpp).
void addAuthorize(CLI::App& accounts, std::function<Exit(Console&)>& chosen);

}  // namespace postroom::ctl
