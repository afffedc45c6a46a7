// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// Any bytes as a mail: what is read of them is text that can be shown, within the limits.

#include "engine/base/text.h"
#include "engine/content/mail_reader.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

using namespace postroom;
using namespace postroom::content;

namespace {

constexpr ReadLimits limits{.text_bytes = 4096, .line_bytes = 200, .depth = 8, .parts = 50, .addresses = 20};

void must(bool truth, const char* what) {
    if (truth) return;
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
}

void mustShow(std::string_view text, std::size_t limit, const char* what) {
    must(text.size() <= limit, what);
    must(isValidUtf8(text), what);
    for (const char c : text) must(static_cast<unsigned char>(c) >= 0x20 || c == '\t' || c == '\r' || c == '\n', what);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size_bytes) {
    const std::string_view wire{reinterpret_cast<const char*>(bytes), size_bytes};
    const contract::MailContent mail = readMail(wire, limits);
    mustShow(mail.source, limits.text_bytes, "source");
    mustShow(mail.text, limits.text_bytes, "text");
    mustShow(mail.html, limits.text_bytes, "html");
    mustShow(mail.subject, limits.line_bytes, "subject");
    mustShow(mail.from, limits.line_bytes, "from");
    must(mail.to.size() <= 20 && mail.cc.size() <= 20, "the number of addresses");
    for (const auto& list : {mail.to, mail.cc})
        for (const std::string& address : list) mustShow(address, limits.line_bytes, "an address");
    must(mail.attachments.size() <= 50, "the number of parts");
    for (const auto& part : mail.attachments) {
        mustShow(part.filename, limits.line_bytes, "a file name");
        mustShow(part.contentType, limits.line_bytes, "a content type");
        must(part.size_bytes >= 0, "a size");
    }
    return 0;
}
