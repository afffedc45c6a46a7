// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/mail_body.h"

#include "engine/content/header.h"

namespace postroom::queue {

std::string fromLineOf(const store::AccountRecord* account) {
    if (!account) return content::fromHeader({.name = "Postroom sandbox", .address = "sandbox@localhost"});
    return content::fromHeader({.name = account->displayName, .address = account->email});
}

}  // namespace postroom::queue
