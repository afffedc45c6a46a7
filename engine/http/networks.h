// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Networks of addresses, and who is behind a proxy.
//
// Any thread. Whoever listens behind a proxy sees the proxy's address on every connection; X-Forwarded-For says whose
// request it is. Anybody can write that header, so only what a trusted proxy added to it counts: read from the right,
// the first hop that is no trusted proxy is the client. What stands left of it is the client's own word.

#include "engine/http/message.h"

#include <QHostAddress>
#include <string>
#include <vector>

namespace postroom::http {

class Networks {
public:
    Networks() = default;
    /// "10.0.0.0/8", "::1", "127.0.0.1"; what is none of these matches nothing.
    explicit Networks(const std::vector<std::string>& networks);

    [[nodiscard]] bool empty() const { return m_networks.empty(); }
    /// False for what is no address. An IPv4 address written as IPv6 (::ffff:10.0.0.1) is the IPv4 one.
    [[nodiscard]] bool contains(std::string_view address) const;

private:
    std::vector<std::pair<QHostAddress, int>> m_networks;
};

/// The address of whoever sent this: the connection's, or the right-most hop of X-Forwarded-For that is not one of
/// `proxies` where the connection comes from one. A hop that is no address ends the search at the one before.
[[nodiscard]] std::string clientAddress(const RequestHead& head, const Networks& proxies);

/// What counts as one client when failures are counted: an IPv4 address, and of an IPv6 address its /64, since whoever
/// has one of those has all of it (RFC 6177).
[[nodiscard]] std::string addressBlock(std::string_view address);

}  // namespace postroom::http
