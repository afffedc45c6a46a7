// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The head of a request: from its first byte to the empty line.
//
// Pure, any thread. Bytes are scanned once as they come, for everything on which two parsers might disagree about where
// a request ends (RFC 9112 §11.2): a lone CR or LF, NUL, folded lines, white space before the colon. The complete head
// is then read by Boost.Beast's parser, and what that leaves to its user is judged here: Host, Content-Length,
// Transfer-Encoding, Expect. The verdict does not depend on how the bytes were cut into pieces.

#include "engine/base/result.h"
#include "engine/http/message.h"

#include <string_view>

namespace postroom::http {

struct HeadLimits {
    std::size_t head_bytes = 32768;
    std::size_t target_bytes = 8192;
    int headers = 100;
};

/// A request's head and what it says about the connection.
struct Head {
    RequestHead request;  ///< `peer` and `secure` are not known here
    bool chunked = false;
    bool keepAlive = true;
    bool isOld = false;  ///< HTTP/1.0: keeping the connection has to be said
    bool expectsContinue = false;
};

class HeadReader {
public:
    explicit HeadReader(HeadLimits limits) : m_limits(limits) {}

    /// `bytes` starts with the request's first byte, the same in every call, and holds all that has arrived since.
    /// Returns how many of them the head takes and fills `head`, or 0 if more are needed.
    /// Errors: RequestMalformed, UriTooLong, HeadersTooLarge; ExpectationFailed, with `head` filled. The connection
    /// can't be used after any of them.
    [[nodiscard]] Result<std::size_t> read(std::string_view bytes, Head& head);
    /// Ready for the next request.
    void reset() { m_scan = Scan{}; }

private:
    enum class At { LineStart, Method, Target, Version, Name, Value, LineFeed };
    struct Scan {
        std::size_t seen = 0;   // bytes looked at
        std::size_t start = 0;  // of the request line: 2 after one empty line in front
        std::size_t lineStart = 0;
        std::size_t targetStart = 0;
        int lines = 0;
        At at = At::LineStart;
        bool complete = false;
    };
    [[nodiscard]] Result<void> scan(std::string_view bytes);
    [[nodiscard]] Result<void> interpret(std::string_view bytes, Head& head) const;

    HeadLimits m_limits;
    Scan m_scan;
};

/// Splits an origin-form, absolute-form, authority-form (CONNECT) or asterisk-form target into path and query.
/// The path is decoded once; RequestMalformed for a bad escape and for anything that would decode to a control, a slash
/// or broken UTF-8. An absolute form must name the same authority as the Host header (RFC 9112 §3.2.2).
[[nodiscard]] Result<void> readTarget(RequestHead& head, std::string_view hostHeader);

}  // namespace postroom::http
