// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What an act of the window would be as a command: nothing secret is ever in it.

#include "engine/contract/json.h"

#include <optional>
#include <QString>

namespace postroom::ui {

/// "curl -X POST URL/api/v1/... -H 'Authorization: Bearer $TOKEN' ..." for the engine at `where` (a URL; the embedded
/// one says its own). Quoted for a POSIX shell.
[[nodiscard]] QString asCurl(const QString& where, const QString& method, const QString& path,
                             const std::optional<json::Value>& body = std::nullopt);
/// "postroomctl --data-dir DIR accounts test ID": the words, each quoted where a shell needs it. `where` leads to the
/// engine the act is meant for (Link::ctlArguments()): left to itself postroomctl goes to the one in its own data
/// folder.
[[nodiscard]] QString asCtl(const QStringList& where, const QStringList& words);

}  // namespace postroom::ui
