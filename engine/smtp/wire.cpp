// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/smtp/wire.h"

namespace postroom::smtp {

void WireEncoder::encode(std::string_view piece, std::string& out) {
    std::size_t at = 0;
    while (at < piece.size()) {
        const char c = piece[at];
        if (m_heldCr) {
            m_heldCr = false;
            out.append("\r\n");
            m_atLineStart = true;
            if (c == '\n') {
                ++at;
                continue;
            }
        }
        switch (c) {
            // Held back until the next byte tells CRLF from a lone CR, which may come with the next piece.
            case '\r':
                m_heldCr = true;
                ++at;
                continue;
            case '\n':
                out.append("\r\n");
                m_atLineStart = true;
                ++at;
                continue;
            // Dropped before the look at dots: lenient servers drop it after.
            case '\0': ++at; continue;
            case '.':
                if (m_atLineStart) out.push_back('.');
                break;
            default: break;
        }
        // The rest of the line in one go: this loop is the only one that sees every byte of every mail.
        std::size_t end = at;
        while (end < piece.size() && piece[end] != '\r' && piece[end] != '\n' && piece[end] != '\0') ++end;
        out.append(piece.substr(at, end - at));
        m_atLineStart = false;
        at = end;
    }
}

void WireEncoder::finish(std::string& out) {
    if (m_heldCr || !m_atLineStart) out.append("\r\n");
    m_heldCr = false;
    m_atLineStart = true;
}

}  // namespace postroom::smtp
