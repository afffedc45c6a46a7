// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What a mail server said, and the parser that reads it (RFC 5321 §4.2, RFC 2034).
//
// Pure, any thread. The parser trusts nobody: everything it takes is capped, and what it hands out is printable.

#include <cstddef>
#include <string>
#include <string_view>

namespace postroom::smtp {

struct Reply {
    int code = 0;          ///< 200-599; 0 = there was no reply
    std::string enhanced;  ///< "5.7.8" or empty
    std::string text;      ///< printable UTF-8 without code and enhanced code, lines joined with " / ", at most 1 KiB

    [[nodiscard]] bool answered() const { return code != 0; }
    [[nodiscard]] bool isPositive() const { return code >= 200 && code < 300; }
    [[nodiscard]] bool isRefusal() const { return code >= 400; }
    /// "535 5.7.8 authentication failed", for errors and transcripts.
    [[nodiscard]] std::string line() const;
};

/// Reads one reply after the other from a stream of bytes. How the bytes are cut into pieces makes no difference.
///
/// Lines may end in CRLF or LF. Broken for good are: a code other than [2-5][0-9][0-9], a code that changes within one
/// reply, NUL, a line above 2 KiB, a reply above 64 KiB or 100 lines.
class ReplyParser {
public:
    static constexpr std::size_t LineLimit_bytes = 2048;
    static constexpr std::size_t ReplyLimit_bytes = 64 * 1024;
    static constexpr int LinesLimit = 100;
    static constexpr std::size_t TextLimit_bytes = 1024;

    enum class Status { More, Complete, Broken };

    /// Takes bytes up to the end of one reply and returns how many; takes none while Complete (take() first) or Broken.
    std::size_t feed(std::string_view bytes);
    [[nodiscard]] Status status() const { return m_status; }
    /// True while not a byte of the next reply has arrived.
    [[nodiscard]] bool isEmpty() const { return m_status == Status::More && m_lines == 0 && m_partial.empty(); }
    /// The complete reply's lines without codes, each ended by '\n', as the server sent them: for EHLO's keywords.
    [[nodiscard]] std::string_view rawLines() const { return m_raw; }
    /// The complete reply; the parser is ready for the next one.
    [[nodiscard]] Reply take();
    /// What was wrong, one English line; empty unless Broken.
    [[nodiscard]] const std::string& fault() const { return m_fault; }

private:
    void line(std::string_view line);
    void broken(const char* fault);

    Status m_status = Status::More;
    int m_code = 0;
    int m_lines = 0;
    std::size_t m_size_bytes = 0;
    std::string m_partial;
    std::string m_raw;
    std::string m_fault;
};

}  // namespace postroom::smtp
