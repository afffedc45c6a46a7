// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// Any bytes as a mail to be signed: however its body is cut, the same form comes of it, and that form is its own; the
// header line has no line that is too long, and what is signed ends with it. The first byte says how long the pieces
// are.

#include "engine/content/dkim.h"

#include <cstdint>
#include <cstdlib>

using namespace postroom::content;

namespace {

void must(bool truth) {
    if (!truth) std::abort();
}

std::string relaxed(std::string_view body, std::size_t step) {
    std::string out;
    RelaxedBody form{[&](std::string_view piece) { out.append(piece); }};
    for (std::size_t at = 0; at < body.size(); at += step) form.feed(body.substr(at, step));
    form.finish();
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size_bytes) {
    if (size_bytes == 0) return 0;
    const std::string_view text{reinterpret_cast<const char*>(bytes) + 1, size_bytes - 1};
    const std::string form = relaxed(text, text.size() + 1);
    must(relaxed(text, 1) == form);
    must(relaxed(text, std::size_t{bytes[0]} + 2) == form);
    must(relaxed(form, 7) == form);
    must(form.empty() || (form.ends_with("\r\n") && !form.ends_with("\r\n\r\n")));
    must(form.find(" \r\n") == form.npos && form.find("  ") == form.npos && form.find('\t') == form.npos);

    const std::size_t blank = text.find("\r\n\r\n");
    const std::string_view head = text.substr(0, blank == text.npos ? text.size() : blank + 2);
    const UnfinishedSignature begun =
        beginSignature(head, {.algorithm = "rsa-sha256", .domain = "a.b", .selector = "s", .bodyHash = "AA=="});
    must(begun.input.ends_with(relaxedHeader(begun.line)) && begun.line.ends_with("b="));
    std::string_view rest = begun.line;
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find("\r\n"));
        must(line.size() <= 998);
        rest.remove_prefix(std::min(rest.size(), line.size() + 2));
    }
    return 0;
}
