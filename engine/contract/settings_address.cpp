// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/contract/settings_address.h"

#include "engine/base/text.h"

#include <boost/asio/ip/address.hpp>
#include <charconv>

namespace postroom::contract {

namespace {

std::optional<boost::asio::ip::address> addressOf(std::string_view text) {
    if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
        text = text.substr(1, text.size() - 2);
        if (text.find(':') == text.npos) return std::nullopt;
    }
    // A scope ("fe80::1%eth0") names an interface of one machine.
    if (text.find('%') != text.npos) return std::nullopt;
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(std::string(text), error);
    if (error) return std::nullopt;
    return address;
}

std::optional<unsigned> digits(std::string_view text, unsigned most) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size() || value > most) return std::nullopt;
    return value;
}

}  // namespace

std::optional<std::uint16_t> portNumber(std::string_view text) {
    const auto value = digits(text, 65535);
    if (!value) return std::nullopt;
    return static_cast<std::uint16_t>(*value);
}

std::optional<ListenAddress> listenAddress(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == text.npos) return std::nullopt;
    const std::string_view host = text.substr(0, colon);
    const auto port = portNumber(text.substr(colon + 1));
    if (!port) return std::nullopt;
    if (equalsIgnoreCase(host, "localhost")) return ListenAddress{.host = "localhost", .port = *port, .loopback = true};
    const auto address = addressOf(host);
    // An IPv6 address without brackets could end anywhere.
    if (!address || (address->is_v6() && host.front() != '[')) return std::nullopt;
    return ListenAddress{.host = address->to_string(), .port = *port, .loopback = address->is_loopback()};
}

bool isAddress(std::string_view text) {
    return addressOf(text).has_value();
}

bool isNetwork(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto address = addressOf(text.substr(0, slash));
    if (!address || slash == text.npos) return address.has_value();
    return digits(text.substr(slash + 1), address->is_v4() ? 32 : 128).has_value();
}

bool isDomain(std::string_view text) {
    if (text.empty() || text.size() > 253) return false;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('.'), text.size());
        const std::string_view label = text.substr(0, end);
        if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
        for (const char c : label)
            if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '-') return false;
        if (end + 1 == text.size()) return false;  // a dot at the end
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return true;
}

}  // namespace postroom::contract
