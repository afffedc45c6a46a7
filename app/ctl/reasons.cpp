// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/ctl/reasons.h"

#include "engine/policy/reason.h"

namespace postroom::ctl {

namespace {

// {x} is the parameter x; {because} the English of the parameter reason or problem, with ": " before it.
struct Wording {
    std::string_view code;
    std::string_view sentence;
};
constexpr Wording wordings[] = {
    {"account.connections_busy", "all connections of {email} are busy"},
    {"account.probing", "{email} is being tried with one message after its rest"},
    {"account.reserving", "{email} is fetching its next units of its limit"},
    {"account.rate", "{email} keeps to its rate a minute"},
    {"account.hourly_limit", "{email} has used up its limit of this hour"},
    {"account.send_hours", "{email} sends at other hours"},
    {"account.daily_limit", "{email} has used up its daily limit"},
    {"account.authorization_needed", "{email} has to be authorized: postroomctl accounts authorize {email}"},
    {"account.token_awaited", "{email} waits for an access token{because}"},
    {"account.resting", "{email} rests after a fault{because}"},
    {"account.paused", "{email} is paused; go on with postroomctl queue resume --account {email}"},
    {"account.disabled", "{email} is disabled{because}"},
    {"account.none_for_from", "no account may send as {from}"},
    {"account.none", "there is no account to send with; add one with postroomctl accounts add"},
    {"account.unknown", "the account it asks for is not there: {account}"},
    {"queue.paused", "the queue is paused; go on with postroomctl queue resume"},
    {"template.paused",
     "mail of the template {template} is paused; go on with postroomctl queue resume --template {template}"},
    {"domain.paused", "mail to {domain} is paused; go on with postroomctl queue resume --domain {domain}"},
    {"queue.turn", "its turn comes next"},
    {"retry.scheduled", "it is tried again{because}"},
    {"message.scheduled", "it is scheduled"},
    {"message.held", "it is held until somebody decides{because}"},
};

std::string parameter(const contract::WaitingFor& waiting, const std::string& name) {
    const auto found = waiting.params.find(name);
    return found == waiting.params.end() ? std::string() : found->second;
}

std::string placed(const contract::WaitingFor& waiting, const std::string& name) {
    if (name == "because") {
        std::string word = parameter(waiting, "reason");
        if (word.empty()) word = parameter(waiting, "problem");
        return word.empty() ? std::string() : ": " + reasonText(word);
    }
    std::string value = parameter(waiting, name);
    if (value.empty() && name == "email") value = "the account";
    return text(value, 200);
}

std::string filled(std::string_view pattern, const contract::WaitingFor& waiting) {
    std::string out;
    for (std::size_t at = 0; at < pattern.size();) {
        const std::size_t open = pattern.find('{', at);
        out.append(pattern.substr(at, open == pattern.npos ? pattern.npos : open - at));
        if (open == pattern.npos) break;
        const std::size_t close = pattern.find('}', open);
        out.append(placed(waiting, std::string(pattern.substr(open + 1, close - open - 1))));
        at = close + 1;
    }
    return out;
}

}  // namespace

std::string sentence(const contract::WaitingFor& waiting) {
    std::string out = text(waiting.code, 100);
    for (const Wording& wording : wordings)
        if (wording.code == waiting.code) out = filled(wording.sentence, waiting);
    if (waiting.until) out += "; next at " + timeText(waiting.until);
    return out;
}

std::string reasonText(const std::string& reason) {
    const std::string_view title = policy::reasonTitle(reason);
    if (title.empty()) return text(reason, 200);
    std::string out{title};
    // In the middle of a sentence of ours.
    out.front() = static_cast<char>(out.front() | 0x20);
    return out;
}

}  // namespace postroom::ctl
