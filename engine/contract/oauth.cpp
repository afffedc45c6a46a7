// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/contract/oauth.h"

namespace postroom::contract {

const Schema& authorizeSchema() {
    static const Schema schema{
        "AuthorizeRequest",
        {{.name = "provider",
          .doc = "Who is asked; the account's `oauth_provider` where absent.",
          .oneOf = {"google", "microsoft", "generic"}},
         {.name = "refresh_token",
          .doc = "One that was got elsewhere for the same client id. It is tried at once and kept encrypted. Absent: a "
                 "device code is asked for.",
          .blankAllowed = false,
          .longest = 16384}}};
    return schema;
}

}  // namespace postroom::contract
