// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// Any bytes as a file of reply rules: what is refused says where and why, and what is taken leaves no reply to nobody
// and breaks none of the engine's promises.

#include "engine/base/text.h"
#include "engine/policy/reply_rule.h"
#include "engine/policy/reply_rules.h"

#include <cstdint>
#include <cstdlib>

using namespace postroom;
using namespace postroom::policy;

namespace {

void must(bool truth) {
    if (!truth) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size_bytes) {
    const std::string_view text{reinterpret_cast<const char*>(bytes), size_bytes};
    const auto rules = ReplyRules::parse(text);
    if (!rules) {
        const Error& error = rules.error();
        must(error.code == ErrorCode::ValidationFailed || error.code == ErrorCode::JsonInvalid);
        must(!error.detail.empty());
        for (const FieldError& fault : error.fields)
            must(isValidUtf8(fault.detail) && !hasControls(fault.detail) && !fault.reason.empty());
        return 0;
    }
    for (int s = 0; s < stageCount; ++s)
        for (const int code : {250, 354, 400, 421, 450, 499, 500, 530, 550, 599}) {
            const auto stage = static_cast<Stage>(s);
            const Evidence evidence{.stage = stage, .code = code, .text = text, .dotSent = stage == Stage::Dot};
            const Verdict verdict = judge(*rules, evidence);
            must((verdict.meaning == Meaning::Sent) == (stage == Stage::Dot && code == 250));
            must(verdict.meaning != Meaning::Failed || (code >= 500 && stage >= Stage::MailFrom));
            must(stage >= Stage::MailFrom || verdict.level == Level::Account);
            must(decidingRule(*rules, evidence).empty() == (code < 400));
        }
    return 0;
}
