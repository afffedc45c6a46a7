// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// Any bytes as what a mail server says: whole, byte by byte or in pieces, the same replies come of them, printable and
// bounded. The first byte says how long the pieces are.

#include "engine/base/text.h"
#include "engine/smtp/capabilities.h"
#include "engine/smtp/reply.h"

#include <cstdint>
#include <cstdlib>

using namespace postroom;
using namespace postroom::smtp;

namespace {

void must(bool truth) {
    if (!truth) std::abort();
}

std::string read(std::string_view bytes, std::size_t step) {
    ReplyParser parser;
    std::string replies;
    while (!bytes.empty()) {
        std::string_view piece = bytes.substr(0, step);
        bytes.remove_prefix(piece.size());
        while (!piece.empty()) {
            const std::size_t taken = parser.feed(piece);
            piece.remove_prefix(taken);
            if (parser.status() == ReplyParser::Status::Broken) return replies + "broken: " + parser.fault();
            if (parser.status() == ReplyParser::Status::More) {
                must(piece.empty());
                continue;
            }
            must(parser.rawLines().size() <= ReplyParser::ReplyLimit_bytes);
            static_cast<void>(Capabilities::fromEhlo(parser.rawLines()));
            const Reply reply = parser.take();
            must(reply.code >= 200 && reply.code < 600 && parser.isEmpty());
            must(reply.text.size() <= ReplyParser::TextLimit_bytes && reply.enhanced.size() <= 9);
            must(isValidUtf8(reply.text) && reply.text.find_first_of("\r\n") == reply.text.npos);
            replies += reply.line() + "\n";
        }
    }
    return replies + (parser.isEmpty() ? "" : "more");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size_bytes) {
    if (size_bytes == 0) return 0;
    const std::string_view text{reinterpret_cast<const char*>(bytes) + 1, size_bytes - 1};
    const std::string whole = read(text, text.size() + 1);
    must(read(text, 1) == whole);
    must(read(text, std::size_t{bytes[0]} + 2) == whole);
    return 0;
}
