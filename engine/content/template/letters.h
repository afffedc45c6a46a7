// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Characters of UTF-8 text, counted and cut as Python counts and cuts them: by code point. Any thread; pure.
//
// A byte that belongs to no sequence counts as one character of its own, so that nothing here can run past an end.

#include <cstddef>
#include <string>
#include <string_view>

namespace postroom::content::templates {

/// How many bytes the character at `at` has, at least 1 and never beyond the end.
[[nodiscard]] inline std::size_t letterLength(std::string_view text, std::size_t at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t wanted = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    std::size_t length = 1;
    while (length < wanted && at + length < text.size() &&
           (static_cast<unsigned char>(text[at + length]) & 0xC0) == 0x80)
        ++length;
    return length;
}
/// The character at `at`; U+FFFD for a stray byte.
[[nodiscard]] char32_t letterAt(std::string_view text, std::size_t at);
[[nodiscard]] std::size_t letterCount(std::string_view text);
/// The byte at which the character of this index begins; the size if there are fewer.
[[nodiscard]] std::size_t letterOffset(std::string_view text, std::size_t index);
void appendLetter(std::string& out, char32_t letter);

/// What Python's str.isspace() and \s mean by white space.
[[nodiscard]] bool isSpace(char32_t letter);
/// How many bytes of white space `text` begins with, and ends with.
[[nodiscard]] std::size_t leadingSpace(std::string_view text);
[[nodiscard]] std::size_t trailingSpace(std::string_view text);
/// What Python's str.isprintable() says of one character.
[[nodiscard]] bool isShown(char32_t letter);
/// What may begin, and what may go on in a name.
[[nodiscard]] bool beginsName(char32_t letter);
[[nodiscard]] bool continuesName(char32_t letter);

}  // namespace postroom::content::templates
