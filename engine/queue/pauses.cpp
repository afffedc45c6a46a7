// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/pauses.h"

namespace postroom::queue {

policy::Pauses pausesOf(const std::vector<store::PauseRecord>& rows) {
    policy::Pauses pauses;
    for (const store::PauseRecord& row : rows) {
        if (row.kind == "queue") pauses.everything = true;
        if (const auto account = row.kind == "account" ? Id::parse(row.name) : std::nullopt)
            pauses.accounts.insert(*account);
        if (row.kind == "template") pauses.templates.insert(row.name);
        if (row.kind == "domain") pauses.domains.insert(row.name);
    }
    return pauses;
}

}  // namespace postroom::queue
