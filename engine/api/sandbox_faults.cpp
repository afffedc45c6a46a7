// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/handlers.h"
#include "engine/api/services.h"
#include "engine/contract/requests.h"
#include "engine/policy/reply_trial.h"

#include <array>

namespace postroom::api {

namespace {

using smtp::sandbox::Fault;
using smtp::sandbox::Stage;
using Faults = std::vector<Fault>;

constexpr std::array<std::string_view, 4> kinds{"reject", "defer", "drop", "stall"};
constexpr std::array<std::string_view, 5> stages{"connect", "mail_from", "rcpt_to", "data", "dot"};
constexpr std::chrono::milliseconds usualStall{10'000};

template <std::size_t Count>
std::size_t indexOf(const std::array<std::string_view, Count>& words, std::string_view word) {
    return static_cast<std::size_t>(std::find(words.begin(), words.end(), word) - words.begin());
}

contract::SandboxFaults shown(const Faults& faults) {
    contract::SandboxFaults out;
    for (const Fault& fault : faults)
        out.faults.push_back({.fault = std::string(kinds[static_cast<std::size_t>(fault.kind)]),
                              .stage = std::string(stages[static_cast<std::size_t>(fault.stage)]),
                              .rate = fault.rate,
                              .reply = fault.reply,
                              .stall_ms = fault.stall.count()});
    return out;
}

std::string usualReply(const Fault& fault) {
    if (fault.kind == Fault::Kind::Defer)
        return fault.stage == Stage::Connect ? "421 4.3.2 come back later" : "451 4.3.0 come back later";
    return fault.stage == Stage::RcptTo ? "550 5.1.1 no such user" : "554 5.7.1 refused on purpose";
}

Result<Fault> readFault(const json::Object& row, const std::string& at) {
    Fault fault;
    fault.kind = static_cast<Fault::Kind>(indexOf(kinds, json::text(row, "fault")));
    fault.stage = static_cast<Stage>(indexOf(stages, json::text(row, "stage", "rcpt_to")));
    fault.rate = row.at("rate").to_number<double>();
    const bool replies = fault.kind == Fault::Kind::Reject || fault.kind == Fault::Kind::Defer;
    if (!replies && json::present(row, "reply"))
        return fail(invalidField(at + ".reply", "field.not_allowed", "is for reject and defer"));
    if (fault.kind != Fault::Kind::Stall && json::present(row, "stall_ms"))
        return fail(invalidField(at + ".stall_ms", "field.not_allowed", "is for stall"));
    if (fault.kind == Fault::Kind::Stall)
        fault.stall = std::chrono::milliseconds{json::integer(row, "stall_ms", usualStall.count())};
    if (!replies) return fault;
    fault.reply = json::text(row, "reply", usualReply(fault));
    const auto said = policy::readWireReply(fault.reply);
    const int family = fault.kind == Fault::Kind::Reject ? 5 : 4;
    if (!said || said->code / 100 != family)
        return fail(invalidField(at + ".reply", "reply.invalid",
                                 "must be a reply of one line that begins with " + std::to_string(family)));
    return fault;
}

Result<Faults> readFaults(const json::Object& body) {
    Faults out;
    std::array<double, stages.size()> sums{};
    for (const json::Value& row : body.at("faults").get_array()) {
        const std::string at = "faults[" + std::to_string(out.size()) + "]";
        auto fault = readFault(row.get_object(), at);
        if (!fault) return fail(fault.error());
        // Tenths are not exact: ten of them are no more than all.
        if ((sums[static_cast<std::size_t>(fault->stage)] += fault->rate) > 1 + 1e-9)
            return fail(
                invalidField(at + ".rate", "field.too_large", "makes more than 1 with the others of its stage"));
        out.push_back(std::move(*fault));
    }
    return out;
}

void replaceFaults(Services& services, Call call, Reply reply, Faults faults) {
    const contract::SandboxFaults show = shown(faults);
    answerAfter(
        services, std::move(reply),
        [&services, call = std::move(call), show](store::Transaction& transaction) {
            return audit(transaction, services, call, "sandbox.faults", "sandbox",
                         {{"faults", contract::toJson(show.faults)}});
        },
        [show] { return Answer{.data = contract::toJson(show)}; },
        [&services, faults = std::move(faults)](const Rereads::Done& done) {
            services.smtpWorker.post([&services, faults, done] {
                services.sandbox.setFaults(faults);
                services.events.note(observe::Topic::Sandbox);
                done({});
            });
        });
}

}  // namespace

void getSandboxFaults(Services& services, Call, Reply reply) {
    services.smtpWorker.post([&services, reply = std::move(reply)] {
        reply(Answer{.data = contract::toJson(shown(services.sandbox.faults()))});
    });
}

void putSandboxFaults(Services& services, Call call, Reply reply) {
    auto faults = readFaults(call.body.get_object());
    if (!faults) return reply(fail(faults.error()));
    replaceFaults(services, std::move(call), std::move(reply), std::move(*faults));
}

void clearSandboxFaults(Services& services, Call call, Reply reply) {
    replaceFaults(services, std::move(call), std::move(reply), {});
}

}  // namespace postroom::api
