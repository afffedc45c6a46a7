// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A mail's content as it goes over the wire (RFC 5321 §2.3.8, §4.5.2): CRLF line ends only, dots stuffed, no NUL.
//
// A lone CR or LF becomes CRLF before dots are looked at, so that nothing in the content reads as the end of the mail
// to any server, strict or lenient (SMTP smuggling). How the content is cut into pieces makes no difference. Pure.

#include <string>
#include <string_view>

namespace postroom::smtp {

class WireEncoder {
public:
    /// Appends the piece's wire form.
    void encode(std::string_view piece, std::string& out);
    /// Ends the last line, if it is not. The "." itself is not this class's: it leaves alone and last.
    void finish(std::string& out);

private:
    bool m_atLineStart = true;
    bool m_heldCr = false;
};

}  // namespace postroom::smtp
