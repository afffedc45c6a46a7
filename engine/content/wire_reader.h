// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A composed mail pulled as it goes to the wire, so that a mail of 30 MB never is in memory as a whole.
//
// One thread: whichever sends the mail. Dots are not stuffed here; that is the dialogue's (RFC 5321 §4.5.2).

#include "engine/base/result.h"
#include "engine/content/compose.h"

#include <memory>
#include <string>
#include <string_view>

namespace postroom::content {

/// A stored file being read from its beginning.
class FileReader {
public:
    virtual ~FileReader() = default;
    /// Up to `size` bytes into `out`; how many, 0 at the end. IoFailed.
    [[nodiscard]] virtual Result<std::size_t> read(char* out, std::size_t size) = 0;
};

/// Where stored files are: the port through which this room asks upward.
class Files {
public:
    virtual ~Files() = default;
    /// NotFound or IoFailed if it can't be read.
    [[nodiscard]] virtual Result<std::unique_ptr<FileReader>> open(const std::string& storedAs) = 0;
};

class WireReader {
public:
    static constexpr std::size_t pieceLimit_bytes = 64 * 1024;

    /// `fromLine` is fromHeader()'s answer where the account sets From, empty where the draft had one. The composition
    /// is shared because a mail may be read by several attempts and by a person looking at it, and is too big to copy.
    WireReader(std::string fromLine, std::shared_ptr<const Composition> composition, Files& files);

    /// Of everything next() gives, From line included: what SIZE= announces.
    [[nodiscard]] std::uint64_t size_bytes() const;

    /// The next piece, at most pieceLimit_bytes, good until the next call; empty when all is read. A mail that fits in
    /// one piece comes as one. IoFailed if a stored file can't be read or is not of the size it had: the mail must not
    /// be ended then, half of it is out. After an error every call answers the same error.
    [[nodiscard]] Result<std::string_view> next();

private:
    [[nodiscard]] bool appendLiteral(std::string_view bytes);
    [[nodiscard]] Result<bool> appendStored(const Piece& piece);

    std::string m_fromLine;
    std::shared_ptr<const Composition> m_composition;
    Files& m_files;
    std::size_t m_stretch = 0;      ///< 0 From line, 1 head, 2 empty line, 3.. body pieces
    std::size_t m_taken = 0;        ///< bytes of the literal stretch already given
    std::uint64_t m_fileTaken = 0;  ///< raw bytes of the stored file already encoded
    std::unique_ptr<FileReader> m_file;
    std::string m_buffer;
    std::optional<Error> m_error;
};

}  // namespace postroom::content
