// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/ctl/arguments.h"
#include "app/ctl/drain.h"
#include "app/ctl/span.h"
#include "app/ctl/table.h"

namespace postroom::ctl {

namespace {

using client::SuppressionQuery;
using contract::Suppression;

struct ListOptions {
    SuppressionQuery query;
    int limit = 50;
    bool all = false;
};

struct AddOptions {
    std::string address, reason = "manual", note, expires;
};

struct ExportOptions {
    SuppressionQuery query;
    std::string out;
};

// The newest, as many as were asked for: a search that finds little takes several requests.
Result<std::vector<Suppression>> find(client::EngineClient& engine, ListOptions options) {
    std::vector<Suppression> items;
    for (;;) {
        options.query.limit = options.all ? 200 : std::min(200, options.limit - static_cast<int>(items.size()));
        auto page = Console::wait(engine.suppressions(options.query));
        if (!page) return fail(page.error());
        std::move(page->items.begin(), page->items.end(), std::back_inserter(items));
        const bool isEnough = !options.all && static_cast<int>(items.size()) >= options.limit;
        if (isEnough || !page->nextCursor || *page->nextCursor == options.query.cursor) return items;
        options.query.cursor = *page->nextCursor;
    }
}

Exit list(Console& console, const ListOptions& options) {
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    const auto items = find(**engine, options);
    if (!items) return console.failed(items.error());
    console.output().document(json::Object{{"items", contract::toJson(*items)}});
    Table table({"ADDRESS", "REASON", "SINCE", "UNTIL", "NOTE OR REPLY"});
    for (const Suppression& each : *items)
        table.add({each.address, each.reason, timeText(each.createdAt),
                   each.expiresAt ? timeText(each.expiresAt) : "for good", each.note.empty() ? each.reply : each.note});
    table.print(console.output(), "Nobody is suppressed.");
    return Exit::Ok;
}

Exit add(Console& console, const AddOptions& options) {
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    json::Object body{{"address", options.address}, {"reason", options.reason}};
    if (!options.note.empty()) body["note"] = options.note;
    if (!options.expires.empty()) body["expires_at"] = timeFrom(options.expires);
    const auto added = Console::wait((*engine)->createSuppression(std::move(body)));
    if (!added) return console.failed(added.error());
    console.output().document(contract::toJson(*added));
    console.output().line("No mail goes to " + text(added->address) +
                          (added->expiresAt ? " until " + timeText(added->expiresAt) : "") + ".");
    return Exit::Ok;
}

Exit remove(Console& console, const std::string& named) {
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    const auto removed = Console::wait((*engine)->removeSuppression(named));
    if (!removed) return console.failed(removed.error());
    console.output().document(json::Object{{"removed", named}});
    console.output().line("Mail goes to " + text(named) + " again.");
    return Exit::Ok;
}

Exit importAll(Console& console, const std::string& file) {
    auto csv = readContent(file);
    if (!csv) return console.failed(csv.error());
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    const auto done = Console::wait((*engine)->importSuppressions(std::move(*csv)));
    if (!done) {
        if (!console.output().isJson())
            for (const FieldError& fault : done.error().fields)
                console.output().note(text(fault.field) + ": " + text(fault.detail));
        return console.failed(done.error());
    }
    console.output().document(contract::toJson(*done));
    console.output().line(std::to_string(done->added) + " added, " + std::to_string(done->known) +
                          " were suppressed already, " + std::to_string(done->ended) + " have ended.");
    return Exit::Ok;
}

Exit exportAll(Console& console, ExportOptions options) {
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    Drain drain;
    if (const auto opened = drain.open(options.out); !opened) return console.failed(opened.error());
    for (;;) {
        const auto page = Console::wait((*engine)->exportSuppressions(options.query));
        if (!page) return console.failed(page.error());
        if (const auto written = drain.write(page->lines); !written) return console.failed(written.error());
        if (!page->nextCursor || *page->nextCursor == options.query.cursor) break;
        options.query.cursor = *page->nextCursor;
    }
    if (const auto closed = drain.close(); !closed) return console.failed(closed.error());
    if (options.out.empty()) return Exit::Ok;
    console.output().document(json::Object{{"file", options.out}, {"size_bytes", drain.written_bytes()}});
    console.output().line("Wrote " + text(options.out) + " (" + sizeText(drain.written_bytes()) + ").");
    return Exit::Ok;
}

void addSearch(CLI::App& verb, SuppressionQuery& query) {
    verb.add_option("--query", query.q, "Only those with this in their address")->type_name("TEXT");
    verb.add_option("--reason", query.reason, "Only those of this reason")
        ->check(CLI::IsMember({"hard_bounce", "complaint", "unsubscribed", "manual"}))
        ->type_name("REASON");
}

}  // namespace

void addSuppressions(CLI::App& root, Action& chosen) {
    CLI::App* noun = addNoun(root, "suppressions", "Addresses and domains that get no mail");
    {
        auto options = std::make_shared<ListOptions>();
        CLI::App* verb = addVerb(*noun, chosen, "list", "Show them, newest first",
                                 [options](Console& console) { return list(console, *options); });
        addSearch(*verb, options->query);
        verb->add_option("--limit", options->limit, "So many at most; 50 when not said")
            ->check(CLI::Range(1, 1'000'000))
            ->type_name("N");
        verb->add_flag("--all", options->all, "All of them");
    }
    {
        auto options = std::make_shared<AddOptions>();
        CLI::App* verb = addVerb(*noun, chosen, "add", "Keep mail from an address or a domain",
                                 [options](Console& console) { return add(console, *options); });
        verb->add_option("address", options->address, "The address, or *@example.com")->required();
        verb->add_option("--reason", options->reason, "Why; manual when not said")
            ->check(CLI::IsMember({"hard_bounce", "complaint", "unsubscribed", "manual"}))
            ->type_name("REASON");
        verb->add_option("--note", options->note, "A word to whoever looks at it later")->type_name("TEXT");
        verb->add_option("--expires", options->expires, "Until then: a time, or a span like 90d")->type_name("TIME");
    }
    {
        auto named = std::make_shared<std::string>();
        CLI::App* verb = addVerb(*noun, chosen, "remove", "Let mail go there again",
                                 [named](Console& console) { return remove(console, *named); });
        verb->add_option("address", *named, "The address or its id")->required();
    }
    {
        auto file = std::make_shared<std::string>();
        CLI::App* verb = addVerb(*noun, chosen, "import", "Add those of a CSV file: all, or none if a line is wrong",
                                 [file](Console& console) { return importAll(console, *file); });
        verb->add_option("--csv", *file, "The file, - for standard input")->required()->type_name("FILE");
    }
    {
        auto options = std::make_shared<ExportOptions>();
        CLI::App* verb = addVerb(*noun, chosen, "export", "Write all of them as CSV",
                                 [options](Console& console) { return exportAll(console, *options); });
        addSearch(*verb, options->query);
        verb->add_option("--out", options->out, "Into this file, not to standard output")->type_name("FILE");
        verb->add_flag("--bom", options->query.byteOrderMark,
                       "Begin with a byte order mark, for spreadsheets that need one");
    }
}

}  // namespace postroom::ctl
