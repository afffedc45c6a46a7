// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/ctl/arguments.h"
#include "app/ctl/reasons.h"
#include "app/ctl/table.h"

namespace postroom::ctl {

namespace {

Exit status(Console& console) {
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    const auto queue = Console::wait((*engine)->queueStatus());
    if (!queue) return console.failed(queue.error());
    const Output& output = console.output();
    output.document(contract::toJson(*queue));
    Table states({"STATE", "RECIPIENTS"});
    for (const auto& [state, count] : queue->recipients) states.add({state, std::to_string(count)});
    states.print(output, "Nothing was accepted yet.");
    output.line();
    output.line("In memory " + std::to_string(queue->inMemory) + ", on their way " + std::to_string(queue->inFlight) +
                ", oldest " + std::to_string(static_cast<std::int64_t>(queue->oldestAge_seconds)) +
                " s, sent in the last minute " + std::to_string(static_cast<std::int64_t>(queue->ratePerMinute)) + ".");
    if (queue->imbalance != 0)
        output.line("WARNING: the ledger does not balance, by " + std::to_string(queue->imbalance) + " recipients.");
    output.line();
    Table accounts({"ACCOUNT", "USABLE", "WHY NOT"});
    for (const auto& chance : queue->accounts)
        accounts.add({chance.email.empty() ? chance.account : chance.email, chance.usable ? "yes" : "no",
                      chance.waitingFor ? sentence(*chance.waitingFor) : ""});
    accounts.print(output, "No accounts yet.");
    return Exit::Ok;
}

}  // namespace

void addQueue(CLI::App& root, Action& chosen) {
    CLI::App* queue = addNoun(root, "queue", "What waits to be delivered");
    addVerb(*queue, chosen, "status", "Show counts, age and accounts", status);
}

}  // namespace postroom::ctl
