// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A mail that a program composed itself (RFC 5322), made fit for the way: 7-bit, CRLF only, no line above 998, no Bcc.
//
// Any thread; pure. A mail that is fit already leaves byte for byte as it came, but for the header lines that are taken
// out or added. Parts in 8-bit or with long lines are encoded anew by GMime; header lines never are.

#include "engine/base/result.h"
#include "engine/content/compose.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::content {

struct RawMail {
    std::optional<Mailbox> from;  ///< none: the account sets it
    std::vector<Mailbox> to, cc, bcc;
    std::vector<std::string> alsoFrom;  ///< addresses in Sender, Resent-From and Resent-Sender, good or not
    std::string subject;                ///< decoded, for people
    std::string messageId;              ///< "<...>" as it stands there; empty: none
    bool hasDate = false;
    std::string head;  ///< the header lines that stay
    std::string body;
};

/// Reads it. ValidationFailed for what can't go out, with fields "mail", "mail.from", "mail.to", "mail.cc", "mail.bcc",
/// "mail.message_id". Reasons, besides AddressError's: mail.empty, mail.header_invalid, mail.header_twice (those that
/// RFC 5322 §3.6 allows once), mail.header_too_large (256 KiB together), mail.header_not_ascii, mail.line_too_long,
/// mail.control_character (NUL), mail.not_seven_bit (what can't be encoded anew: a signed part, a preamble),
/// mail.from_invalid, mail.message_id_invalid, field.too_many (1000 addresses in a header, doubles counted).
[[nodiscard]] Result<RawMail> readRawMail(std::string_view bytes);

/// The mail as it will leave; `messageId` ("<...>") and `date` where it has none of its own.
[[nodiscard]] Composition composeRaw(RawMail mail, const std::string& messageId, TimePoint date);

}  // namespace postroom::content
