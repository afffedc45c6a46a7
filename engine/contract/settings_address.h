// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Addresses as settings write them. Pure, any thread; nothing is ever looked up.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postroom::contract {

struct ListenAddress {
    std::string host;  ///< "127.0.0.1", "::1" without brackets, "localhost"
    std::uint16_t port = 0;
    bool loopback = false;
};
/// "127.0.0.1:8000", "[::1]:0", "localhost:8000"; nothing for any other form.
[[nodiscard]] std::optional<ListenAddress> listenAddress(std::string_view text);

/// 0 to 65535, digits only.
[[nodiscard]] std::optional<std::uint16_t> portNumber(std::string_view text);
/// An IPv4 address, or an IPv6 address with or without brackets.
[[nodiscard]] bool isAddress(std::string_view text);
/// An address or "address/bits".
[[nodiscard]] bool isNetwork(std::string_view text);
/// A host name of letters, digits, dashes and dots (RFC 1123 §2.1), IDN as A-labels; no trailing dot.
[[nodiscard]] bool isDomain(std::string_view text);

}  // namespace postroom::contract
