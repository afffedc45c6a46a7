// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/ctl/accounts.h"
#include "app/ctl/arguments.h"
#include "app/ctl/reasons.h"
#include "app/ctl/table.h"

namespace postroom::ctl {

namespace {

Exit shown(Console& console, const Result<contract::QueueStatus>& queue) {
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
    for (const contract::Pause& pause : queue->pauses)
        output.line("PAUSED: " + (pause.account.empty() ? std::string("everything") : "account " + pause.account) +
                    ", since " + timeText(pause.since) + ", by " + text(pause.actor) +
                    (pause.note.empty() ? "." : ": " + text(pause.note)));
    output.line();
    Table accounts({"ACCOUNT", "USABLE", "WHY NOT"});
    for (const auto& chance : queue->accounts)
        accounts.add({chance.email.empty() ? chance.account : chance.email, chance.usable ? "yes" : "no",
                      chance.waitingFor ? sentence(*chance.waitingFor) : ""});
    accounts.print(output, "No accounts yet.");
    return Exit::Ok;
}

Exit status(Console& console) {
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    return shown(console, Console::wait((*engine)->queueStatus()));
}

using Act = std::function<Task<contract::QueueStatus>(client::EngineClient&, const std::optional<Id>&)>;

// For all, or for the account that was typed.
Exit on(Console& console, const std::string& typed, const Act& act) {
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    std::optional<Id> account;
    if (!typed.empty()) {
        const auto found = findAccount(**engine, typed);
        if (!found) return console.failed(found.error());
        account = found->id;
    }
    return shown(console, Console::wait(act(**engine, account)));
}

}  // namespace

void addQueue(CLI::App& root, Action& chosen) {
    CLI::App* queue = addNoun(root, "queue", "What waits to be delivered");
    addVerb(*queue, chosen, "status", "Show counts, age and accounts", status);
    auto account = std::make_shared<std::string>();
    auto note = std::make_shared<std::string>();
    CLI::App* pause = addVerb(
        *queue, chosen, "pause", "Let nothing new leave; what is under way goes on", [account, note](Console& console) {
            return on(console, *account, [&note](client::EngineClient& engine, const std::optional<Id>& id) {
                return engine.pauseQueue(id, *note);
            });
        });
    pause->add_option("--account", *account, "Only what leaves through it")->type_name("ACCOUNT");
    pause->add_option("--note", *note, "Why, for whoever finds it paused")->type_name("TEXT");
    CLI::App* resume = addVerb(*queue, chosen, "resume", "Let it go on", [account](Console& console) {
        return on(console, *account,
                  [](client::EngineClient& engine, const std::optional<Id>& id) { return engine.resumeQueue(id); });
    });
    resume->add_option("--account", *account, "This account, which was paused by itself")->type_name("ACCOUNT");
}

}  // namespace postroom::ctl
