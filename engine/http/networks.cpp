// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/http/networks.h"

#include "engine/base/text.h"

#include <algorithm>

namespace postroom::http {

namespace {

QHostAddress read(std::string_view text) {
    const QHostAddress address{toQString(text)};
    bool isMapped = false;
    const quint32 v4 = address.toIPv4Address(&isMapped);
    return isMapped ? QHostAddress(v4) : address;
}

// What is written within ::ffff:0:0/96 is a network of IPv4 addresses, as which they are compared.
std::pair<QHostAddress, int> readNetwork(std::string_view text) {
    constexpr int mappedBits = 96;
    auto network = QHostAddress::parseSubnet(toQString(text));
    if (network.second >= mappedBits && network.first.protocol() == QAbstractSocket::IPv6Protocol &&
        network.first.isInSubnet(QHostAddress(QStringLiteral("::ffff:0.0.0.0")), mappedBits))
        return {QHostAddress(network.first.toIPv4Address()), network.second - mappedBits};
    return network;
}

// A hop as proxies write it: "10.0.0.1", "2001:db8::1", and from some "10.0.0.1:4711" and "[2001:db8::1]:4711".
std::string hopAddress(std::string_view hop) {
    hop = trimmed(hop);
    if (hop.starts_with('[')) {
        const std::size_t end = hop.find(']');
        hop = end == hop.npos ? std::string_view{} : hop.substr(1, end - 1);
    } else if (std::count(hop.begin(), hop.end(), ':') == 1) {
        hop = hop.substr(0, hop.find(':'));
    }
    // A zone ("fe80::1%eth0") is the proxy's business, and QHostAddress takes any text for one.
    if (hop.find_first_not_of("0123456789abcdefABCDEF:.") != hop.npos) return {};
    const QHostAddress address = read(hop);
    return address.isNull() ? std::string{} : toUtf8(address.toString());
}

}  // namespace

Networks::Networks(const std::vector<std::string>& networks) {
    for (const std::string& network : networks)
        if (auto parsed = readNetwork(network); !parsed.first.isNull()) m_networks.push_back(std::move(parsed));
}

bool Networks::contains(std::string_view address) const {
    if (m_networks.empty()) return false;
    const QHostAddress one = read(address);
    return !one.isNull() && std::any_of(m_networks.begin(), m_networks.end(),
                                        [&](const auto& network) { return one.isInSubnet(network); });
}

std::string clientAddress(const RequestHead& head, const Networks& proxies) {
    std::string client = head.peer;
    if (proxies.empty() || !proxies.contains(client)) return client;
    // Several headers of the name are one list, in their order (RFC 9110 §5.3).
    for (auto header = head.headers.rbegin(); header != head.headers.rend(); ++header) {
        if (!equalsIgnoreCase(header->first, "x-forwarded-for")) continue;
        std::string_view list = header->second;
        while (true) {
            const std::size_t comma = list.rfind(',');
            std::string hop = hopAddress(comma == list.npos ? list : list.substr(comma + 1));
            if (hop.empty()) return client;
            client = std::move(hop);
            if (!proxies.contains(client)) return client;
            if (comma == list.npos) break;
            list = list.substr(0, comma);
        }
    }
    return client;
}

std::string addressBlock(std::string_view address) {
    const QHostAddress one = read(address);
    if (one.protocol() != QAbstractSocket::IPv6Protocol) return std::string(address);
    const Q_IPV6ADDR bytes = one.toIPv6Address();
    return toHex({reinterpret_cast<const char*>(&bytes), 8}) + "/64";
}

}  // namespace postroom::http
