// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/wire_reader.h"

#include "engine/content/transfer.h"

#include <algorithm>
#include <array>

namespace postroom::content {

namespace {

constexpr std::size_t firstPiece = 3;  // behind From line, head and empty line

}  // namespace

WireReader::WireReader(std::string fromLine, std::shared_ptr<const Composition> composition, Files& files)
    : m_fromLine(std::move(fromLine)), m_composition(std::move(composition)), m_files(files) {}

std::uint64_t WireReader::size_bytes() const {
    return m_fromLine.size() + m_composition->encodedSize_bytes;
}

Result<std::string_view> WireReader::next() {
    if (m_error) return fail(*m_error);
    m_buffer.clear();
    m_buffer.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(pieceLimit_bytes, size_bytes())));
    while (m_stretch < firstPiece + m_composition->body.size()) {
        bool whole = false;
        switch (m_stretch) {
            case 0: whole = appendLiteral(m_fromLine); break;
            case 1: whole = appendLiteral(m_composition->head); break;
            case 2: whole = appendLiteral("\r\n"); break;
            default:
                const Piece& piece = m_composition->body[m_stretch - firstPiece];
                if (piece.storedAs.empty()) {
                    whole = appendLiteral(piece.literal);
                    break;
                }
                const auto read = appendStored(piece);
                if (!read) {
                    m_error = read.error();
                    return fail(*m_error);
                }
                whole = *read;
        }
        if (!whole) break;
        ++m_stretch;
    }
    return std::string_view{m_buffer};
}

/// True if the stretch is at its end; else the buffer is full.
bool WireReader::appendLiteral(std::string_view bytes) {
    const std::size_t count = std::min(bytes.size() - m_taken, pieceLimit_bytes - m_buffer.size());
    m_buffer.append(bytes.substr(m_taken, count));
    m_taken += count;
    if (m_taken < bytes.size()) return false;
    m_taken = 0;
    return true;
}

/// As appendLiteral(). Reads whole lines' worth, so that base64 can be cut anywhere between two of them.
Result<bool> WireReader::appendStored(const Piece& piece) {
    if (!m_file) {
        auto file = m_files.open(piece.storedAs);
        if (!file) return fail(std::move(file.error()));
        m_file = std::move(*file);
        m_fileTaken = 0;
    }
    std::array<char, 256 * base64LineInput_bytes> raw;
    while (m_fileTaken < piece.size_bytes) {
        const std::size_t lines = std::min<std::size_t>((pieceLimit_bytes - m_buffer.size()) / base64Line_bytes, 256);
        if (lines == 0) return false;
        const std::uint64_t left = piece.size_bytes - m_fileTaken;
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(lines * base64LineInput_bytes, left));
        for (std::size_t have = 0; have < wanted;) {
            const auto read = m_file->read(raw.data() + have, wanted - have);
            if (!read) return fail(read.error());
            if (*read == 0)
                return fail(ErrorCode::IoFailed, "a stored attachment is shorter than it was: " + piece.storedAs);
            have += *read;
        }
        appendBase64(m_buffer, {raw.data(), wanted});
        m_buffer += "\r\n";
        m_fileTaken += wanted;
    }
    // One byte more than announced, and the attachment is not the one that was accepted.
    const auto beyond = m_file->read(raw.data(), 1);
    if (!beyond) return fail(beyond.error());
    if (*beyond > 0) return fail(ErrorCode::IoFailed, "a stored attachment is longer than it was: " + piece.storedAs);
    m_file.reset();
    return true;
}

}  // namespace postroom::content
