// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/ctl/drain.h"
#include "app/ctl/messages.h"

#include <unistd.h>
#include <cstdio>
#include <iostream>

namespace postroom::ctl {

namespace {

using client::EngineClient;
using contract::BulkResult;

void add(BulkResult& all, const BulkResult& page) {
    all.found += page.found;
    all.messages += page.messages;
    all.recipients += page.recipients;
    all.skipped += page.skipped;
    for (const auto& [state, count] : page.recipientsByState) all.recipientsByState[state] += count;
    if (!all.startCursor) all.startCursor = page.startCursor;
    all.nextCursor = page.nextCursor;
    all.stoppedBy = page.stoppedBy;
}

// To the end, over as many requests as it takes. What was done before a failure is in `all`.
Result<void> actOnAll(EngineClient& engine, contract::BulkRequest request, BulkResult& all) {
    all.action = request.action;
    all.dryRun = request.dryRun;
    for (;;) {
        const auto page = Console::wait(engine.actOnMessages(request));
        if (!page) return fail(page.error());
        add(all, *page);
        // An engine that gives the same cursor again would keep us here for ever.
        if (!page->stoppedBy.empty() || !page->nextCursor || *page->nextCursor == request.cursor) return {};
        request.cursor = *page->nextCursor;
    }
}

std::string statesText(const BulkResult& result) {
    std::string out;
    for (const auto& [state, count] : result.recipientsByState)
        if (count > 0) out += (out.empty() ? "" : ", ") + std::to_string(count) + " " + state;
    return out;
}

std::string countsText(const BulkResult& result) {
    return counted(result.recipients, "recipient") + " of " + counted(result.messages, "message");
}

// Whether a person at a terminal says yes.
bool saysYes(const std::string& question) {
    std::fputs((question + " [y/N] ").c_str(), stderr);
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "Y" || answer == "yes";
}

// Asks with the numbers of a dry run, and has the request begin where that did: nobody was asked about what came since.
// How it ends where nothing is to be done.
std::optional<Exit> ask(Console& console, EngineClient& engine, contract::BulkRequest& request) {
    if (console.output().isJson() || ::isatty(STDIN_FILENO) == 0) {
        console.output().note("this changes many messages: look with --dry-run, then say --yes");
        return Exit::Usage;
    }
    contract::BulkRequest counting = request;
    counting.dryRun = true;
    BulkResult would;
    if (const auto done = actOnAll(engine, counting, would); !done) return console.failed(done.error());
    if (would.recipients == 0 && would.stoppedBy.empty()) {
        console.output().line("There is nothing to change.");
        return Exit::Ok;
    }
    const std::string uncounted = would.stoppedBy.empty() ? "" : "; it was not counted to the end: " + would.stoppedBy;
    std::string question = request.action + " " + countsText(would) + " (" + statesText(would) + uncounted + ")";
    if (request.action == "release") question += ", of which some may have got the mail already and get it twice";
    if (saysYes(question + ", all that " + text(request.q, 2000) + " finds?")) {
        request.cursor = would.startCursor.value_or(std::string());
        return std::nullopt;
    }
    console.output().line("Nothing was changed.");
    return Exit::Failed;
}

Exit report(Console& console, const BulkResult& all, const Result<void>& done) {
    const Output& output = console.output();
    if (!done && all.messages == 0) return console.failed(done.error());
    output.document(contract::toJson(all));
    const std::string skipped = all.skipped > 0 ? "; " + counted(all.skipped, "message") + " left alone" : "";
    if (all.dryRun)
        output.line("Would " + all.action + " " + countsText(all) +
                    (all.recipients > 0 ? " (" + statesText(all) + ")" : "") + skipped + ".");
    else
        output.line(all.action + ": " + countsText(all) + skipped + ".");
    if (done && all.stoppedBy.empty()) return Exit::Ok;
    output.note("it stopped before the end (" + (done ? all.stoppedBy : done.error().text()) +
                "); the same command goes on");
    return Exit::Partly;
}

struct ExportOptions {
    std::string format, query, out;
    bool mark = false;
};

Result<void> writeCsv(EngineClient& engine, client::ExportQuery query, Drain& drain) {
    for (;;) {
        const auto page = Console::wait(engine.exportCsv(query));
        if (!page) return fail(page.error());
        if (auto written = drain.write(page->lines); !written) return written;
        if (!page->nextCursor || *page->nextCursor == query.cursor) return {};
        query.cursor = *page->nextCursor;
    }
}

// One array, a row a line.
Result<void> writeJson(EngineClient& engine, client::ExportQuery query, Drain& drain) {
    std::string begin = "[\n";
    for (;;) {
        const auto page = Console::wait(engine.exportMessages(query));
        if (!page) return fail(page.error());
        std::string lines;
        for (const auto& row : page->items) {
            lines += begin + json::serialise(contract::toJson(row));
            begin = ",\n";
        }
        if (auto written = drain.write(lines); !written) return written;
        if (!page->nextCursor || *page->nextCursor == query.cursor)
            return drain.write(begin == "[\n" ? "[]\n" : "\n]\n");
        query.cursor = *page->nextCursor;
    }
}

Exit exportAll(Console& console, const ExportOptions& options) {
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    Drain drain;
    if (const auto opened = drain.open(options.out); !opened) return console.failed(opened.error());
    const client::ExportQuery query{.q = options.query, .byteOrderMark = options.mark};
    auto done = options.format == "csv" ? writeCsv(**engine, query, drain) : writeJson(**engine, query, drain);
    if (done) done = drain.close();
    if (!done) return console.failed(done.error());
    if (options.out.empty()) return Exit::Ok;
    console.output().document(json::Object{{"file", options.out}, {"size_bytes", drain.written_bytes()}});
    console.output().line("Wrote " + text(options.out) + " (" + sizeText(drain.written_bytes()) + ").");
    return Exit::Ok;
}

}  // namespace

Exit actOnMany(Console& console, const std::string& action, const BulkOptions& options) {
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    contract::BulkRequest request{
        .action = action, .q = options.query, .ids = {}, .dryRun = options.dryRun, .cursor = {}};
    if (!options.dryRun && !options.yes)
        if (const auto ended = ask(console, **engine, request)) return *ended;
    BulkResult all;
    const auto done = actOnAll(**engine, request, all);
    return report(console, all, done);
}

void addExport(CLI::App& messages, Action& chosen) {
    auto options = std::make_shared<ExportOptions>();
    CLI::App* verb = addVerb(messages, chosen, "export", "Write all messages, a row for each recipient",
                             [options](Console& console) { return exportAll(console, *options); });
    verb->add_option("--format", options->format, "csv or json")
        ->required()
        ->check(CLI::IsMember({"csv", "json"}))
        ->type_name("FORMAT");
    verb->add_option("--query", options->query, "Only what this search finds")->type_name("Q");
    verb->add_option("--out", options->out, "Into this file, not to standard output")->type_name("F");
    verb->add_flag("--bom", options->mark, "Begin CSV with a byte order mark, for spreadsheets that need one");
}

}  // namespace postroom::ctl
