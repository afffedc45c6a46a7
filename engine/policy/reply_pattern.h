// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What a row of the reply rules holds against a reply: codes, enhanced codes and words.

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace postroom::policy {

/// A closed span of numbers.
struct Span {
    int first = 0;
    int last = 0;
    [[nodiscard]] constexpr bool holds(int number) const { return first <= number && number <= last; }
};

/// "*.7.20-24": a span for each part of an enhanced code.
struct EnhancedPattern {
    std::array<Span, 3> parts;
    [[nodiscard]] bool holds(const std::array<int, 3>& enhanced) const;
};

/// The beginning of a code of 400 to 599: "5" is 500 to 599, "45" 450 to 459.
[[nodiscard]] std::optional<Span> codesNamed(std::string_view digits);
/// Three parts, each a number, a span "20-24" or "*"; the first can be 4 or 5.
[[nodiscard]] std::optional<EnhancedPattern> enhancedNamed(std::string_view text);
/// The three numbers of "5.1.1"; such as no pattern holds where it is none.
[[nodiscard]] std::array<int, 3> enhancedParts(std::string_view enhanced);
/// In lower case and with single blanks, as foldReply() writes a reply; a blank at either end stays one.
[[nodiscard]] std::string foldWord(std::string_view word);

}  // namespace postroom::policy
