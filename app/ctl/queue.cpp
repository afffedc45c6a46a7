// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/ctl/accounts.h"
#include "app/ctl/arguments.h"
#include "app/ctl/reasons.h"
#include "app/ctl/table.h"

namespace postroom::ctl {

namespace {

std::string pausedPart(const contract::Pause& pause) {
    if (!pause.account.empty()) return "account " + pause.account;
    if (!pause.domain.empty()) return "mail to " + text(pause.domain);
    if (!pause.templateName.empty()) return "mail of the template " + text(pause.templateName);
    return "everything";
}

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
        output.line("PAUSED: " + pausedPart(pause) + ", since " + timeText(pause.since) + ", by " + text(pause.actor) +
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

// What was typed of a pause.
struct Part {
    std::string account;
    std::string domain;
    std::string templateName;
};

using Act = std::function<Task<contract::QueueStatus>(client::EngineClient&, const client::QueuePart&)>;

Exit on(Console& console, const Part& typed, const Act& act) {
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    client::QueuePart part{.account = {}, .domain = typed.domain, .templateName = typed.templateName};
    if (!typed.account.empty()) {
        const auto found = findAccount(**engine, typed.account);
        if (!found) return console.failed(found.error());
        part.account = found->id;
    }
    return shown(console, Console::wait(act(**engine, part)));
}

void addPart(CLI::App& verb, Part& part) {
    CLI::Option* account =
        verb.add_option("--account", part.account, "What leaves through this account")->type_name("ACCOUNT");
    CLI::Option* domain =
        verb.add_option("--domain", part.domain, "What goes to recipients of this domain")->type_name("DOMAIN");
    verb.add_option("--template", part.templateName, "What was made from this template")
        ->type_name("NAME")
        ->excludes(account)
        ->excludes(domain);
    domain->excludes(account);
}

}  // namespace

void addQueue(CLI::App& root, Action& chosen) {
    CLI::App* queue = addNoun(root, "queue", "What waits to be delivered");
    addVerb(*queue, chosen, "status", "Show counts, age and accounts", status);
    const auto paused = std::make_shared<Part>(), resumed = std::make_shared<Part>();
    const auto note = std::make_shared<std::string>();
    CLI::App* pause = addVerb(
        *queue, chosen, "pause", "Let nothing new leave; what is under way goes on", [paused, note](Console& console) {
            return on(console, *paused, [&note](client::EngineClient& engine, const client::QueuePart& part) {
                return engine.pauseQueue(part, *note);
            });
        });
    addPart(*pause, *paused);
    pause->add_option("--note", *note, "Why, for whoever finds it paused")->type_name("TEXT");
    CLI::App* resume =
        addVerb(*queue, chosen, "resume", "Let it go on; what was paused by its name is resumed by it",
                [resumed](Console& console) {
                    return on(console, *resumed, [](client::EngineClient& engine, const client::QueuePart& part) {
                        return engine.resumeQueue(part);
                    });
                });
    addPart(*resume, *resumed);
}

}  // namespace postroom::ctl
