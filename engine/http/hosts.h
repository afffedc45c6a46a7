// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Which names this server answers to, and which web pages may drive it.
//
// Pure, any thread. A page of another site can make a browser send requests here, and a name it owns can be made to
// resolve to 127.0.0.1 (DNS rebinding): the first is seen by Origin, the second by Host. An IP address can't be
// rebound, so the one a connection came in on is always a name of ours.

#include "engine/base/result.h"
#include "engine/http/message.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::http {

/// The Host header without its port, lower case; nothing if it is not `uri-host [":" port]` (RFC 9110 §7.2).
[[nodiscard]] std::optional<std::string> hostName(std::string_view hostHeader);

class HostNames {
public:
    HostNames(const std::vector<std::string>& allowed, std::string_view listenAddress);

    /// HostUnknown, OriginForeign, or nothing to object. `localAddress` is where the connection came in: "10.0.0.1",
    /// "[2001:db8::1]".
    [[nodiscard]] std::optional<Error> object(const RequestHead& head, std::string_view localAddress) const;

private:
    [[nodiscard]] bool serves(std::string_view host, std::string_view localAddress) const;

    std::vector<std::string> m_names;
};

}  // namespace postroom::http
