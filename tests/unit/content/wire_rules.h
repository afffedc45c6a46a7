// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What must be true of every mail that leaves, whatever is in it; shared by the tests and the fuzzer.

#include "engine/content/wire_reader.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

namespace postroom::content {

/// Stored files in memory; `chunk` bytes come at a time, so that readers meet short reads.
class MapFiles final : public Files {
public:
    std::map<std::string, std::string> files;
    std::size_t chunk = 1000;

    Result<std::unique_ptr<FileReader>> open(const std::string& storedAs) override {
        const auto found = files.find(storedAs);
        if (found == files.end()) return fail(ErrorCode::NotFound, "no file " + storedAs);
        return std::make_unique<Reader>(found->second, chunk);
    }

private:
    class Reader final : public FileReader {
    public:
        Reader(std::string_view rest, std::size_t chunk) : m_rest(rest), m_chunk(chunk) {}
        Result<std::size_t> read(char* out, std::size_t size) override {
            const std::size_t count = std::min({size, m_chunk, m_rest.size()});
            std::copy_n(m_rest.begin(), count, out);
            m_rest.remove_prefix(count);
            return count;
        }

    private:
        std::string_view m_rest;
        std::size_t m_chunk;
    };
};

/// The whole mail as it leaves.
[[nodiscard]] inline Result<std::string> wireOf(Composition composition, Files& files, std::string fromLine = {}) {
    WireReader reader{std::move(fromLine), std::make_shared<const Composition>(std::move(composition)), files};
    std::string wire;
    while (true) {
        const auto piece = reader.next();
        if (!piece) return fail(piece.error());
        if (piece->empty()) break;
        wire += *piece;
    }
    if (wire.size() != reader.size_bytes()) return fail(ErrorCode::Internal, "the size announced is not the size read");
    return wire;
}

/// The first rule the mail breaks; empty if it breaks none.
[[nodiscard]] inline std::string brokenRule(std::string_view wire) {
    if (!wire.ends_with("\r\n")) return "does not end with CRLF";
    bool inHead = true;
    while (!wire.empty()) {
        const std::size_t end = wire.find('\n');
        if (end == 0 || wire[end - 1] != '\r') return "a lone LF";
        const std::string_view line = wire.substr(0, end - 1);
        if (line.size() > 998) return "a line above 998";
        if (line.empty()) inHead = false;
        if (line.starts_with('.')) return "a line that begins with a dot";
        if (!inHead && line.starts_with("From ")) return "a line that begins with From";
        for (const char c : line) {
            if (c == '\r') return "a lone CR";
            if ((c < ' ' && c != '\t') || c == '\x7F') return "a byte that is no printable ASCII";
        }
        wire.remove_prefix(end + 1);
    }
    return inHead ? "no empty line" : "";
}

}  // namespace postroom::content
