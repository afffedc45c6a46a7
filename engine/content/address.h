// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Who a mail is from and for: one mailbox read strictly, kept in one canonical form.
//
// Any thread. Two texts that name the same mailbox give the same Mailbox::address: the domain in lower-case A-labels, a
// local part with no more quotes than it needs (RFC 5321 §4.1.2). Upper and lower case of a local part are the owner's
// business and stay (§2.4). The reasons below are part of the API: the handbook and the window list them.

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace postroom::content {

struct Mailbox {
    std::string name;     ///< UTF-8 without controls; may be empty
    std::string address;  ///< local@domain as it goes into MAIL FROM and RCPT TO; ASCII

    bool operator==(const Mailbox&) const = default;
};

/// `reason` is one of address.empty, address.invalid, address.control_character, address.local_part_not_ascii,
/// address.local_part_too_long (64), address.too_long (254), address.domain_invalid; `detail` is English.
struct AddressError {
    std::string reason;
    std::string detail;
};

/// Reads exactly one of `a@b`, `<a@b>`, `Name <a@b>`, `"Name" <a@b>`: no routes, groups, comments or lists. A name
/// outside quotes has none of `()<>[]:;@\,"`; no name is longer than 512 bytes.
[[nodiscard]] tl::expected<Mailbox, AddressError> parseMailbox(std::string_view text);

/// Reads a bare `a@b` and answers its canonical form. Local part: RFC 5321's Dot-string or Quoted-string, ASCII, 64
/// octets. Domain: a host name (IDN comes out as A-labels) or an IPv4 or IPv6 literal; no trailing dot. 254 octets
/// together.
[[nodiscard]] tl::expected<std::string, AddressError> parseAddress(std::string_view text);

/// `Name <a@b>` with the name quoted where parseMailbox() asks for it, or `a@b`: for a JSON answer, not for a mail's
/// header.
[[nodiscard]] std::string formatMailbox(const Mailbox& mailbox);

/// The domain of a canonical address: what follows its last '@'.
[[nodiscard]] std::string_view domainOf(std::string_view address);

}  // namespace postroom::content
