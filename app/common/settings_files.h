// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The layers of settings that stand outside the engine: the .env file and the environment.

#include "engine/contract/settings.h"

namespace postroom::app {

/// The .env file that counts: `flag` where it is given, else DATA/.env, else ./.env; empty when there is none of them.
[[nodiscard]] std::string envFilePath(const std::string& flag, const std::string& dataFolder);

/// Reads that file and the environment. ConfigInvalid or IoFailed as readEnvFile(); a file that was named must exist.
[[nodiscard]] Result<contract::SettingLayers> readLayers(const std::string& envFileFlag, const std::string& dataFolder);

}  // namespace postroom::app
