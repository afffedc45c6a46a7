// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Bytes to 7-bit lines: the content transfer encodings of RFC 2045 §6.
//
// Any thread; pure. All of them end without a line end, so that the CRLF in front of a boundary is the boundary's.

#include <cstdint>
#include <string>
#include <string_view>

namespace postroom::content {

enum class Transfer { SevenBit, QuotedPrintable, Base64 };

/// As Content-Transfer-Encoding says it.
[[nodiscard]] std::string_view wireName(Transfer transfer);

/// Every line end a CRLF: a CRLF, a lone CR and a lone LF each count as one.
[[nodiscard]] std::string withCrlf(std::string_view text);

/// The encoding for text whose line ends are CRLF: 7bit if no relay has a reason to touch it, else the shorter one.
[[nodiscard]] Transfer transferFor(std::string_view text);

/// Appends the text in that encoding.
void appendEncoded(std::string& out, std::string_view text, Transfer transfer);

/// Bytes of input that fill one line of base64, and what such a line takes with its CRLF.
constexpr std::size_t base64LineInput_bytes = 57;
constexpr std::size_t base64Line_bytes = 78;

/// Appends base64 in lines of 76, each but the last ended by CRLF.
void appendBase64(std::string& out, std::string_view bytes);
/// The length of `size` bytes in base64 with a CRLF after every line, the last one too.
[[nodiscard]] std::uint64_t base64LinesSize_bytes(std::uint64_t size);

}  // namespace postroom::content
