// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Draft in, mail out: the same draft gives the same bytes for ever, 7-bit, CRLF only, no line above 998.
//
// Any thread; pure. Text alone is text/plain; html gets a text beside it (made from the html where there is none) in
// multipart/alternative; attachments with a content id stand in multipart/related with the html, the others put
// multipart/mixed around. A part is 7bit where that is safe on any way, else quoted-printable or base64, whichever is
// shorter. Lines of a part never begin with "." or "From ", so that neither a lost dot nor an mbox changes them.

#include "engine/base/result.h"
#include "engine/content/draft.h"

#include <cstdint>
#include <string>
#include <vector>

namespace postroom::content {

/// A stretch of the body: literal bytes or, where `storedAs` is not empty, that file in base64.
struct Piece {
    std::string literal;
    std::string storedAs;
    std::uint64_t size_bytes = 0;  ///< of the stored file, before encoding
};

struct Composition {
    std::string messageIdHeader;  ///< "<uuid@domain>"
    std::string head;             ///< header lines with their CRLF; From only if the draft has one; no empty line
    std::vector<Piece> body;      ///< what follows the empty line; ends with CRLF
    std::uint64_t encodedSize_bytes = 0;  ///< head, empty line and encoded body; without a From line set by the account
};

/// Composes. ValidationFailed with the fields of faultsOf() for what can't go out.
///
/// Every line end comes back as CRLF, every other byte as it was; but a mail that is nothing but text gets a line end
/// if it has none, since a mail ends with one.
[[nodiscard]] Result<Composition> compose(const Draft& draft);

/// How many bytes the piece takes on the wire.
[[nodiscard]] std::uint64_t wireSize_bytes(const Piece& piece);

/// What encodedSize_bytes is for this head and body; for whoever puts a stored mail together again.
[[nodiscard]] std::uint64_t encodedSizeOf(const std::string& head, const std::vector<Piece>& body);

}  // namespace postroom::content
