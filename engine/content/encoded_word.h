// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A header line under construction: what is put into it folds by itself; what is not plain becomes encoded words (RFC
// 2047).
//
// Any thread. Encoded words are at most 75 characters and hold whole UTF-8 characters (§5 (3) asks for both), and use
// the alphabet that is allowed in a phrase (§5 (3) again), the narrowest there is, wherever they stand.

#include <string>
#include <string_view>

namespace postroom::content {

class FoldedLine {
public:
    static constexpr std::size_t columns = 76;

    /// Starts with "name:".
    explicit FoldedLine(std::string_view name);

    /// Puts a space and the token; the space after a line break if the token ends beyond the columns otherwise.
    void put(std::string_view token);
    /// Puts text that is to be read back exactly: as it is, folded at its spaces, where that is safe, else encoded.
    void putText(std::string_view text);
    /// Puts encoded words, whatever is in the text.
    void putEncoded(std::string_view text);
    /// Puts a token behind a ";" on a line of its own.
    void putParameter(std::string_view token);
    /// Appends to the last token, no matter the columns.
    void append(std::string_view tail);

    /// The lines with their last CRLF. Nothing may be put after it.
    [[nodiscard]] std::string take() &&;

private:
    void fold();

    std::string m_lines;
    std::size_t m_column;
};

/// True if text in a header can stand as it is: printable ASCII, single inner spaces, no "=?", no word too long for a
/// line.
[[nodiscard]] bool isPlain(std::string_view text);

/// Unfolded header text with its encoded words read (UTF-8, US-ASCII and ISO-8859-1; others stay as they are), blanks
/// between two of them dropped (RFC 2047 §6.2). For people: what can't be read is left as it stands.
[[nodiscard]] std::string decodeEncodedWords(std::string_view text);

}  // namespace postroom::content
