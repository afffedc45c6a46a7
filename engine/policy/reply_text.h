// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A refusal as the rules read it: plain words, without the parts that belong to this one mail.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace postroom::policy {

/// Lower case, single blanks, one blank at each end; enhanced codes, addresses and URLs are left out, since the words
/// in them ("sender@spam.example") say nothing about the refusal. Reads 1 KiB at most.
[[nodiscard]] std::string foldReply(std::string_view text);

/// The first enhanced code of the class of `code` in the text ("5.1.1", also as "(#5.1.1)"); empty if there is none.
[[nodiscard]] std::string_view enhancedIn(std::string_view text, int code);

/// The wait a folded reply asks for, at most 24 h.
[[nodiscard]] std::optional<std::chrono::seconds> askedIn(std::string_view folded);
/// "15 minutes", "1 hour and 30 minutes", "00:05:00" and nothing else, more than nothing and at most 24 h.
[[nodiscard]] std::optional<std::chrono::seconds> readWait(std::string_view text);

/// A reply as it stands on the wire, "550-5.1.1 No\n550 5.1.1 such user", taken apart.
struct WireReply {
    int code = 0;
    std::string text;  ///< without the codes of its lines, which are joined by '\n'
};
/// Nothing if it does not begin with three digits and a blank, a hyphen or its end, or changes its code.
[[nodiscard]] std::optional<WireReply> readWireReply(std::string_view wire);

}  // namespace postroom::policy
