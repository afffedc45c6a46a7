// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The verbs of `messages` that are about many: an act on all that a search finds, and the export.

#include "app/ctl/arguments.h"

namespace postroom::ctl {

struct BulkOptions {
    std::string id;     ///< of one message; or
    std::string query;  ///< a search
    bool dryRun = false;
    bool yes = false;   ///< asks nothing
    bool drop = false;  ///< release: cancels what is held
};

/// Acts on all that the search finds, page after page. Asks first where nobody said --yes; `action` as on the wire.
[[nodiscard]] Exit actOnMany(Console& console, const std::string& action, const BulkOptions& options);

void addExport(CLI::App& messages, Action& chosen);

}  // namespace postroom::ctl
