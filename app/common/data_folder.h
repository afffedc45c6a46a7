// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Where an engine keeps what it owns, and where its settings stand. Both programs must find the same places.

#include "engine/base/result.h"

#include <string>

namespace postroom::app {

/// `flag` (made absolute) or, where it is empty, $XDG_DATA_HOME/postroom, or ~/.local/share/postroom. ConfigInvalid
/// when neither HOME nor XDG_DATA_HOME says where that is. The folder need not exist.
[[nodiscard]] Result<std::string> dataFolder(const std::string& flag);

/// Where the service keeps its data when it is installed.
inline constexpr auto serviceFolder = "/var/lib/postroom";

}  // namespace postroom::app
