// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// DKIM without its keys (RFC 6376): which bytes are hashed, which are signed, and the header line that says so.
//
// Any thread; pure. relaxed/relaxed only: whatever carries a mail may fold its header anew and touch blanks at the ends
// of lines. No l=: what is appended to a body breaks the signature, as it should. No i=, and no x=: a signature that
// ends spoils mail that waits, and what is replayed is replayed within the hour.
//
// Signed is what §5.4.1 lists, with the MIME fields, as often as it stands there. What a reader is shown once is named
// once more than it stands, so that a second one breaks the signature (§8.15): From always, the others where there is
// one. Message-ID is left out: services that carry our mail on replace it, and nobody is shown it.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace postroom::content {

/// A body in its relaxed form (§3.4.4), however it is cut into pieces: blanks at the end of a line and empty lines at
/// the end of the body go, blanks within a line become one, the last line has its CRLF. Memory does not grow.
class RelaxedBody {
public:
    using Sink = std::function<void(std::string_view)>;

    /// `sink` gets the form in pieces.
    explicit RelaxedBody(Sink sink) : m_sink(std::move(sink)) {}
    /// Line ends are CRLF; a lone CR or LF is a byte like others.
    void feed(std::string_view bytes);
    /// Once, at the end of the body.
    void finish();

private:
    void put(std::string_view bytes);
    void putHeldBack();
    void flush();

    Sink m_sink;
    std::string m_buffer;
    std::uint64_t m_lineEnds = 0;  ///< held back: they may be the last
    bool m_blank = false;          ///< held back: the line may end
    bool m_cr = false;
    bool m_any = false;
};

/// A header field, with or without its CRLF, in its relaxed form (§3.4.2): `SUBJect : A  b\r\n c` is `subject:A b`.
[[nodiscard]] std::string relaxedHeader(std::string_view field);

/// What a signature says of itself.
struct SignatureTags {
    std::string algorithm;  ///< "rsa-sha256", "ed25519-sha256"
    std::string domain;
    std::string selector;
    std::int64_t signedAt = 0;  ///< seconds since 1970
    std::string bodyHash;       ///< base64
};

/// A signature that lacks the signature.
struct UnfinishedSignature {
    std::string line;   ///< "DKIM-Signature: ...; b=", folded
    std::string input;  ///< what has to be signed
};

/// `head` holds every header line as it leaves, From too.
[[nodiscard]] UnfinishedSignature beginSignature(std::string_view head, const SignatureTags& tags);
/// The whole header line with its CRLF; `signature` is base64.
[[nodiscard]] std::string finishSignature(UnfinishedSignature begun, std::string_view signature);

}  // namespace postroom::content
