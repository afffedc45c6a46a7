// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// Any bytes as an address: what is read has no controls, and written down and read again it is the same mailbox.

#include "engine/base/text.h"
#include "engine/content/address.h"
#include "engine/content/header.h"

#include <cstdint>
#include <cstdlib>

using namespace postroom;
using namespace postroom::content;

namespace {

void must(bool truth) {
    if (!truth) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size_bytes) {
    const std::string_view text{reinterpret_cast<const char*>(bytes), size_bytes};
    const auto mailbox = parseMailbox(text);
    if (!mailbox) {
        must(!mailbox.error().reason.empty() && !mailbox.error().detail.empty());
        must(!parseAddress(text));
        return 0;
    }
    must(!hasControls(mailbox->name) && !hasControls(mailbox->address));
    must(isAscii(mailbox->address) && mailbox->address.size() <= 254);
    const auto again = parseMailbox(formatMailbox(*mailbox));
    must(again && *again == *mailbox);
    must(parseAddress(mailbox->address) == mailbox->address);

    const std::string line = fromHeader(*mailbox);
    must(isAscii(line) && line.ends_with("\r\n"));
    for (std::size_t at = line.find_first_of("\r\n"); at + 2 < line.size(); at = line.find_first_of("\r\n", at + 2))
        must(line.compare(at, 3, "\r\n ") == 0);
    return 0;
}
