// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/reply_trial.h"

#include "engine/base/clock.h"

namespace postroom::policy {

contract::ReplyVerdict tryReply(const ReplyRules& rules, Stage stage, const WireReply& reply) {
    const Evidence evidence{
        .stage = stage, .code = reply.code, .enhanced = {}, .text = reply.text, .dotSent = stage == Stage::Dot};
    const Verdict verdict = judge(rules, evidence);
    contract::ReplyVerdict shown;
    shown.meaning = name(verdict.meaning);
    shown.level = name(verdict.level);
    shown.reason = verdict.reason;
    shown.rule = decidingRule(rules, evidence);
    if (verdict.meaning == Meaning::Deferred) shown.retry = name(verdict.deferral);
    if (verdict.asked) shown.wait_ms = Milliseconds(*verdict.asked).count();
    return shown;
}

}  // namespace postroom::policy
