// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/ctl/messages.h"

#include "app/ctl/reasons.h"
#include "app/ctl/table.h"

namespace postroom::ctl {

namespace {

using client::EngineClient;
using contract::Message;
using contract::name;
using contract::State;

struct ListOptions {
    std::string status;
    std::string query;
    int limit = 50;
};

std::string recipientsText(const Message& message) {
    std::string out;
    for (const auto& [state, count] : message.recipientCounts)
        if (count > 0) out += (out.empty() ? "" : " ") + std::to_string(count) + " " + state;
    return out;
}

// As many as were asked for, over as many pages as it takes.
Result<contract::MessagePage> someMessages(EngineClient& engine, const ListOptions& options) {
    contract::MessagePage all;
    client::MessageQuery query;
    query.q = options.query;
    if (!options.status.empty()) query.status = contract::stateNamed(options.status);
    for (int left = options.limit; left > 0;) {
        query.limit = std::min(left, 200);
        auto page = Console::wait(engine.messages(query));
        if (!page) return fail(page.error());
        left -= static_cast<int>(page->items.size());
        std::move(page->items.begin(), page->items.end(), std::back_inserter(all.items));
        all.nextCursor = page->nextCursor;
        // A page without items that has a cursor is a search that is not at its end.
        if (!page->nextCursor || *page->nextCursor == query.cursor) break;
        query.cursor = *page->nextCursor;
    }
    return all;
}

Exit list(Console& console, const ListOptions& options) {
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    const auto page = someMessages(**engine, options);
    if (!page) return console.failed(page.error());
    console.output().document(contract::toJson(*page));
    Table table({"ID", "STATUS", "CREATED", "RECIPIENTS", "SUBJECT"});
    for (const Message& message : page->items)
        table.add({message.id.text(), std::string(name(message.status)), timeText(message.createdAt),
                   recipientsText(message), message.subject});
    table.print(console.output(), "No messages.");
    if (page->nextCursor) console.output().line("There are more; --limit shows them.");
    return Exit::Ok;
}

void printHead(const Output& output, const Message& message) {
    const auto field = [&](const char* label, const std::string& value) {
        if (!value.empty())
            output.line(std::string(label) + std::string(12 - std::string_view(label).size(), ' ') + value);
    };
    field("Id", message.id.text());
    field("Status", std::string(name(message.status)) + " (" + recipientsText(message) + ")");
    if (message.waitingFor) field("Waits for", sentence(*message.waitingFor));
    field("Subject", text(message.subject));
    field("From", message.from.empty() ? "the account's own" : text(message.from));
    field("Account", message.sandbox ? "sandbox" : text(message.account));
    field("Message-ID", text(message.messageIdHeader));
    field("Size", sizeText(message.size_bytes));
    field("On unknown", std::string(name(message.onUnknown)));
    field("Created", timeText(message.createdAt));
    if (message.scheduledAt) field("Scheduled", timeText(message.scheduledAt));
    field("Expires", timeText(message.expiresAt));
    if (message.priority != 0) field("Priority", std::to_string(message.priority));
    field("Tags", joined(message.tags));
    for (const auto& [name, value] : message.metadata) field("Metadata", text(name) + " = " + text(value));
    field("Locale", text(message.locale));
}

Exit show(Console& console, EngineClient& engine, const Id& id) {
    const auto message = Console::wait(engine.message(id));
    if (!message) return console.failed(message.error());
    const auto attempts = Console::wait(engine.attempts(id));
    if (!attempts) return console.failed(attempts.error());
    console.output().document(
        json::Object{{"message", contract::toJson(*message)}, {"attempts", contract::toJson(*attempts)}});
    printHead(console.output(), *message);
    console.output().line();
    Table deliveries({"RECIPIENT", "KIND", "STATUS", "TRIES", "NEXT", "REASON", "LAST REPLY"});
    for (const auto& each : message->deliveries)
        deliveries.add({each.recipient, std::string(name(each.kind)), std::string(name(each.status)),
                        std::to_string(each.attempts), contract::isTerminal(each.status) ? "-" : timeText(each.dueAt),
                        each.reason, each.lastReply});
    deliveries.print(console.output(), "No deliveries.");
    console.output().line();
    Table tries({"STARTED", "ACCOUNT", "MS", "OUTCOME", "STAGE", "PEER", "TLS", "REPLY"});
    for (const auto& each : *attempts)
        tries.add({timeText(each.startedAt), each.accountEmail, std::to_string(each.took_ms), each.outcome, each.stage,
                   each.peer, each.tls, each.reply.empty() ? each.detail : each.reply});
    tries.print(console.output(), "No attempt yet.");
    return Exit::Ok;
}

std::string deliverySentence(const contract::Delivery& delivery) {
    std::string out = text(delivery.recipient) + " is " + std::string(name(delivery.status));
    if (delivery.attempts > 0)
        out += " after " + std::to_string(delivery.attempts) + (delivery.attempts == 1 ? " try" : " tries");
    if (!delivery.reason.empty() && delivery.status != State::Sent) out += ": " + reasonText(delivery.reason);
    if (!delivery.lastReply.empty()) out += " (" + text(delivery.lastReply, 200) + ")";
    if (delivery.waitingFor) out += "; " + sentence(*delivery.waitingFor);
    return out + ".";
}

// What a person decides by: when, through whom, how far it came, and the last that was said.
std::string evidenceSentence(const contract::Attempt& attempt) {
    const std::string& said = attempt.reply.empty() ? attempt.detail : attempt.reply;
    std::string out = "Last try " + timeText(attempt.startedAt) + " through " +
                      (attempt.accountEmail.empty() ? "the sandbox" : text(attempt.accountEmail));
    if (!attempt.peer.empty()) out += " (" + text(attempt.peer) + ")";
    out += ": " + text(attempt.outcome);
    if (!attempt.stage.empty()) out += " at " + text(attempt.stage);
    return said.empty() ? out : out + ": " + text(said, 1000);
}

Exit explain(Console& console, EngineClient& engine, const Id& id) {
    const auto explanation = Console::wait(engine.explain(id));
    if (!explanation) return console.failed(explanation.error());
    const Output& output = console.output();
    output.document(contract::toJson(*explanation));
    output.line("The message is " + std::string(name(explanation->status)) + ".");
    if (explanation->waitingFor) output.line("It waits: " + sentence(*explanation->waitingFor) + ".");
    for (const auto& delivery : explanation->deliveries) output.line("  " + deliverySentence(delivery));
    for (const auto& attempt : explanation->evidence) output.line(evidenceSentence(attempt));
    if (contract::isTerminal(explanation->status)) return Exit::Ok;
    output.line(explanation->accounts.empty() ? "There is no account that could carry it."
                                              : "The accounts that could carry it:");
    for (const auto& chance : explanation->accounts)
        output.line("  " + text(chance.email.empty() ? chance.account : chance.email) + ": " +
                    (chance.usable       ? "could take it now"
                     : chance.waitingFor ? sentence(*chance.waitingFor)
                                         : "can't take it") +
                    ".");
    return Exit::Ok;
}

Exit changed(Console& console, const Result<contract::ActionResult>& result, const char* what) {
    if (!result) return console.failed(result.error());
    console.output().document(contract::toJson(*result));
    console.output().line(std::string(what) + " for " + counted(result->changed, "recipient") + ".");
    return Exit::Ok;
}

// A verb on one message.
void addOn(CLI::App& messages, Action& chosen, const std::string& verbName, const std::string& description,
           const std::function<Exit(Console&, EngineClient&, const Id&)>& act) {
    auto typed = std::make_shared<std::string>();
    CLI::App* verb = addVerb(messages, chosen, verbName, description, [typed, act](Console& console) {
        const auto engine = console.engine();
        if (!engine) return console.failed(engine.error());
        const auto id = readId(*typed, "a message");
        return id ? act(console, **engine, *id) : console.failed(id.error());
    });
    verb->add_option("id", *typed, "The message's id")->required();
}

// An act on one message, or on all that a search finds.
void addAct(CLI::App& messages, Action& chosen, const std::string& verbName, const std::string& description,
            const std::function<Exit(Console&, EngineClient&, const Id&, const BulkOptions&)>& act) {
    auto options = std::make_shared<BulkOptions>();
    CLI::App* verb = addVerb(messages, chosen, verbName, description, [options, verbName, act](Console& console) {
        if (!options->query.empty()) return actOnMany(console, verbName, *options);
        if (options->id.empty() || options->dryRun) {
            console.output().note(options->dryRun ? "--dry-run goes with --query"
                                                  : "a message's id or --query is needed");
            return Exit::Usage;
        }
        const auto engine = console.engine();
        if (!engine) return console.failed(engine.error());
        const auto id = readId(options->id, "a message");
        return id ? act(console, **engine, *id, *options) : console.failed(id.error());
    });
    CLI::Option* id = verb->add_option("id", options->id, "The message's id");
    CLI::Option* query = verb->add_option("--query", options->query, "All that this search finds")->type_name("Q");
    query->excludes(id);
    verb->add_flag("--dry-run", options->dryRun, "Count what it would change, and change nothing");
    verb->add_flag("--yes", options->yes, "Do not ask");
    if (verbName == "release") verb->add_flag("--drop", options->drop, "Cancel what of it is held")->excludes(query);
}

}  // namespace

void addMessages(CLI::App& root, Action& chosen) {
    CLI::App* messages = addNoun(root, "messages", "Messages and what became of them");
    auto options = std::make_shared<ListOptions>();
    CLI::App* verb = addVerb(*messages, chosen, "list", "Show the newest messages",
                             [options](Console& console) { return list(console, *options); });
    std::vector<std::string> states;
    for (const State state : contract::allStates) states.emplace_back(name(state));
    verb->add_option("--status", options->status, "Only those in this state")
        ->check(CLI::IsMember(states))
        ->type_name("STATE");
    verb->add_option("--query", options->query, "Only what this search finds: to:ann@example.com status:failed ...")
        ->type_name("Q");
    verb->add_option("--limit", options->limit, "How many, 50 unless told")
        ->check(CLI::Range(1, 10000))
        ->type_name("N");
    addOn(*messages, chosen, "show", "Show one with its recipients and attempts", show);
    addOn(*messages, chosen, "explain", "Say what one waits for", explain);
    addAct(*messages, chosen, "cancel", "Cancel what is not sent of one, or of all that a search finds",
           [](Console& console, EngineClient& engine, const Id& id, const BulkOptions&) {
               return changed(console, Console::wait(engine.cancel(id)), "Cancelled");
           });
    addAct(*messages, chosen, "retry", "Try now what waits or failed of one, or of all that a search finds",
           [](Console& console, EngineClient& engine, const Id& id, const BulkOptions&) {
               return changed(console, Console::wait(engine.retry(id)), "Queued again");
           });
    addAct(*messages, chosen, "release", "Send what is held of one, or of all that a search finds",
           [](Console& console, EngineClient& engine, const Id& id, const BulkOptions& options) {
               if (options.drop) return changed(console, Console::wait(engine.drop(id)), "Dropped");
               return changed(console, Console::wait(engine.release(id)), "Released");
           });
    addExport(*messages, chosen);
}

}  // namespace postroom::ctl
