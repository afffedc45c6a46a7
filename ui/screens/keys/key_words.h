// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What the scopes of a key mean, in sentences. Pure.

#include <QStringList>
#include <string>
#include <vector>

namespace postroom::ui {

/// In the order they are shown: send, read, admin.
[[nodiscard]] const std::vector<std::string>& allScopes();
/// What a key with this scope can do.
[[nodiscard]] QString scopeText(const std::string& scope);
/// What stops working for a program when its key with this scope is gone; a scope that is not known is named.
[[nodiscard]] QString scopeLoss(const std::string& scope);
/// "send, read": as they stand in commands. Cut where a stranger's are long.
[[nodiscard]] QString joinedScopes(const std::vector<std::string>& scopes);

}  // namespace postroom::ui
