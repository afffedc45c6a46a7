// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What GMime knows of a mail that others composed: lists of addresses, encoded words, encodings of parts. Used by the
// room's own files.

#include "engine/content/address.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::content {

/// The mailboxes of an address list, those inside groups too; addresses as they stand there. One more than a message
/// may have recipients at most: then there are too many.
[[nodiscard]] std::vector<Mailbox> addressesIn(const std::string& value);
/// Encoded words read; UTF-8 without controls, 2000 bytes at most.
[[nodiscard]] std::string decodedText(const std::string& value);
/// The mail with every part in 7-bit, CRLF line ends; nothing where that would break a signature.
[[nodiscard]] std::optional<std::string> sevenBit(std::string_view mail);

}  // namespace postroom::content
