// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What a mail program would make of a mail: ours, or whatever a stranger put into the sandbox.
//
// Any thread, but takes as long as the mail is large: never one that answers. GMime reads; a mail that is none gives
// what could be read of it and no error.

#include "engine/contract/resources.h"

#include <string>
#include <string_view>

namespace postroom::content {

struct ReadLimits {
    std::size_t text_bytes = 1 << 20;  ///< of source, text and html each
    std::size_t line_bytes = 4096;     ///< of a subject, an address, a file name
    int depth = 32;                    ///< of multiparts in each other
    int parts = 500;
    int addresses = 1000;  ///< of a header
};

/// `id` is left empty. What is beyond the limits is left out and `truncated` says so. All texts are valid UTF-8 with
/// no controls but tabs and line ends.
[[nodiscard]] contract::MailContent readMail(std::string_view wire, const ReadLimits& limits = {});

}  // namespace postroom::content
