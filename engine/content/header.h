// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Header lines of a mail: folding (RFC 5322 §2.2.3), encoded words (RFC 2047), parameters (RFC 2231).
//
// Any thread; pure. Every function answers whole lines with their CRLF, 7-bit, 76 columns where there is a place to
// fold and never more than 998. Bytes that could break a line leave only inside an encoded word, whatever the caller
// passed: the checks of faultsOf() are the first wall, this is the second.

#include "engine/base/clock.h"
#include "engine/content/address.h"

#include <string>
#include <string_view>
#include <vector>

namespace postroom::content {

/// `name: value`; the value in encoded words if it is not plain ASCII, or is so spaced that a reader would change it.
[[nodiscard]] std::string unstructuredHeader(std::string_view name, std::string_view value);

/// `name: A <a@b>, C <c@d>`. Addresses must be canonical (parseAddress()).
[[nodiscard]] std::string addressHeader(std::string_view name, const std::vector<Mailbox>& mailboxes);

/// `From: ...`, for when the account sets it.
[[nodiscard]] std::string fromHeader(const Mailbox& mailbox);

/// `Date: Fri, 21 Nov 1997 09:55:06 +0000`; milliseconds are dropped.
[[nodiscard]] std::string dateHeader(TimePoint at);

/// `Content-Disposition: attachment`, or `inline`, with the name as RFC 2231 says where it is not ASCII, followed by an
/// ASCII stand-in for readers that don't know RFC 2231. The order matters: Python's email keeps the first of the two.
[[nodiscard]] std::string attachmentHeader(std::string_view filename, bool isInline = false);

}  // namespace postroom::content
