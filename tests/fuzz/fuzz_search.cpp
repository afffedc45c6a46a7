// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// Any bytes as a search: what is refused says why, and what is read is the same when it is written down and read again.

#include "engine/base/text.h"
#include "engine/contract/search.h"

#include <cstdint>
#include <cstdlib>

using namespace postroom;
using namespace postroom::contract;

namespace {

void must(bool truth) {
    if (!truth) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size_bytes) {
    const std::string_view text{reinterpret_cast<const char*>(bytes), size_bytes};
    const auto search = Search::parse(text);
    if (!search) {
        const Error& error = search.error();
        must(error.code == ErrorCode::ValidationFailed && error.fields.size() == 1 && error.fields[0].field == "q");
        must(error.fields[0].reason.starts_with("search.") && !error.fields[0].detail.empty());
        must(isValidUtf8(error.fields[0].detail) && !hasControls(error.fields[0].detail));
        return 0;
    }
    const std::string written = search->text();
    // Written down it may be longer than a person may type.
    if (written.size() > Search::longest_bytes) return 0;
    const auto again = Search::parse(written);
    must(again && *again == *search && again->text() == written);
    return 0;
}
