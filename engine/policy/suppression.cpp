// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/suppression.h"

namespace postroom::policy {

bool endsMailbox(const Verdict& verdict) {
    return verdict.meaning == Meaning::Failed && verdict.level == Level::Recipient &&
           (verdict.reason == reason::recipientUnknown || verdict.reason == reason::recipientDisabled);
}

}  // namespace postroom::policy
