// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// What a provider of access answers: a token that is taken can stand in a line of SMTP, a code can be shown to a
// person, times are within their bounds; whatever is refused says why in one line.

#include "engine/base/text.h"
#include "engine/web/grant_answer.h"

#include <cstdlib>

using namespace postroom;
using namespace postroom::web;

namespace {

void insist(bool holds) {
    if (!holds) std::abort();
}

void judge(const Refused& refused) {
    insist(!name(refused.why).empty());
    insist(!refused.detail.empty() && refused.detail.size() <= 1000);
    insist(isValidUtf8(refused.detail) && !hasControls(refused.detail));
}

bool isLine(std::string_view text) {
    return isAscii(text) && !hasControls(text) && text.find(' ') == text.npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    using namespace std::chrono_literals;
    if (size == 0) return 0;
    // 200 and what is about it: 400, 429, 500, 503.
    const int status = bytes[0] == 200 ? 200 : 200 + 2 * bytes[0];
    const Result<Answer> answer =
        Answer{.status = status, .body = std::string(reinterpret_cast<const char*>(bytes) + 1, size - 1)};
    if (const auto tokens = readTokens(answer)) {
        insist(!tokens->access.empty() && isLine(tokens->access.reveal()) && isLine(tokens->refresh.reveal()));
        insist(tokens->lasts >= 10s && tokens->lasts <= 24h * 7);
    } else {
        judge(tokens.error());
    }
    if (const auto code = readDeviceCode(answer)) {
        insist(!code->code.empty() && !code->userCode.empty());
        insist(isValidUtf8(code->userCode) && !hasControls(code->userCode) && isLine(code->verificationUri));
        insist(code->lasts >= 1s && code->lasts <= 1h && code->interval >= 1s && code->interval <= 1min);
    } else {
        judge(code.error());
    }
    return 0;
}
