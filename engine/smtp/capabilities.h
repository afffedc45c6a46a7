// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What a server's EHLO said it can do (RFC 5321 §4.1.1.1). Values; any thread.

#include <cstdint>
#include <string_view>

namespace postroom::smtp {

struct Capabilities {
    bool pipelining = false;            ///< RFC 2920
    bool startTls = false;              ///< RFC 3207
    bool authPlain = false;             ///< RFC 4616
    bool authLogin = false;             ///< no RFC; servers of one large vendor offer nothing else
    bool authXOAuth2 = false;           ///< no RFC either; OAUTHBEARER (RFC 7628) is another and not ours
    bool size = false;                  ///< RFC 1870
    std::uint64_t sizeLimit_bytes = 0;  ///< 0 = none told

    /// From a 250 reply's raw lines; the first one is the greeting and not looked at. Keywords that are unknown or
    /// malformed count as not offered.
    [[nodiscard]] static Capabilities fromEhlo(std::string_view rawLines);
};

}  // namespace postroom::smtp
