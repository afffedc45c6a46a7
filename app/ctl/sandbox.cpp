// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/ctl/arguments.h"
#include "app/ctl/span.h"
#include "app/ctl/table.h"

#include <cstdio>

namespace postroom::ctl {

namespace {

using contract::SandboxFault;
using contract::SandboxFaults;

struct FaultOptions {
    std::string fault, stage = "rcpt_to", reply, stall;
    double rate = 0;
};

std::string percent(double rate) {
    char shown[32];
    std::snprintf(shown, sizeof shown, "%.4g %%", rate * 100);
    return shown;
}

Exit show(Console& console, const Result<SandboxFaults>& faults) {
    if (!faults) return console.failed(faults.error());
    console.output().document(contract::toJson(*faults));
    Table table({"FAULT", "STAGE", "RATE", "WHAT"});
    for (const SandboxFault& each : faults->faults)
        table.add({each.fault, each.stage, percent(each.rate),
                   each.stall_ms > 0 ? std::to_string(each.stall_ms) + " ms late" : each.reply});
    table.print(console.output(), "The sandbox does everything right.");
    return Exit::Ok;
}

// What the engine has, as it takes it: no row has what is another kind's.
json::Array rowsOf(const SandboxFaults& faults) {
    json::Array rows;
    for (const SandboxFault& each : faults.faults) {
        json::Object row{{"fault", each.fault}, {"stage", each.stage}, {"rate", each.rate}};
        if (!each.reply.empty()) row["reply"] = each.reply;
        if (each.stall_ms > 0) row["stall_ms"] = each.stall_ms;
        rows.push_back(std::move(row));
    }
    return rows;
}

Exit addFault(Console& console, const FaultOptions& options) {
    json::Object row{{"fault", options.fault}, {"stage", options.stage}, {"rate", options.rate}};
    if (!options.reply.empty()) row["reply"] = options.reply;
    if (!options.stall.empty()) {
        const auto span = readSpan(options.stall);
        if (!span)
            return console.output().misused(
                {.code = ErrorCode::ConfigInvalid, .detail = "--for takes a span like 20s, 5m"});
        row["stall_ms"] = std::chrono::milliseconds{*span}.count();
    }
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    const auto before = Console::wait((*engine)->sandboxFaults());
    if (!before) return console.failed(before.error());
    json::Array rows = rowsOf(*before);
    rows.push_back(std::move(row));
    return show(console, Console::wait((*engine)->putSandboxFaults(json::Object{{"faults", std::move(rows)}})));
}

template <typename Ask>
Exit asked(Console& console, Ask ask) {
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    return show(console, Console::wait(ask(**engine)));
}

}  // namespace

void addSandbox(CLI::App& root, Action& chosen) {
    CLI::App* noun = addNoun(root, "sandbox", "What the sandbox does wrong on purpose, to rehearse");
    addVerb(*noun, chosen, "faults", "Show it", [](Console& console) {
        return asked(console, [](client::EngineClient& engine) { return engine.sandboxFaults(); });
    });
    auto options = std::make_shared<FaultOptions>();
    CLI::App* verb = addVerb(*noun, chosen, "add-fault", "Add a fault, until the engine ends",
                             [options](Console& console) { return addFault(console, *options); });
    verb->add_option("fault", options->fault, "reject, defer, drop or stall")
        ->required()
        ->check(CLI::IsMember({"reject", "defer", "drop", "stall"}));
    verb->add_option("--rate", options->rate, "How often: 0.1 is one in ten")
        ->required()
        ->check(CLI::Range(0.0, 1.0))
        ->type_name("RATE");
    verb->add_option("--stage", options->stage, "What it answers; rcpt_to when not said")
        ->check(CLI::IsMember({"connect", "mail_from", "rcpt_to", "data", "dot"}))
        ->type_name("STAGE");
    verb->add_option("--reply", options->reply, "Of reject (5xx) and defer (4xx): '550 5.1.1 no such user'")
        ->type_name("TEXT");
    verb->add_option("--for", options->stall, "Of stall: how long, 10s when not said")->type_name("SPAN");
    addVerb(*noun, chosen, "clear-faults", "Have it do everything right again", [](Console& console) {
        return asked(console, [](client::EngineClient& engine) { return engine.clearSandboxFaults(); });
    });
}

}  // namespace postroom::ctl
