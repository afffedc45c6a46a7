// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/ctl/arguments.h"
#include "app/ctl/pages.h"
#include "app/ctl/reasons.h"
#include "app/ctl/table.h"
#include "engine/base/text.h"

namespace postroom::ctl {

namespace {

using client::EngineClient;
using contract::DkimKey;

struct CreateOptions {
    std::string domain, algorithm, selector;
};

Result<std::vector<DkimKey>> allKeys(EngineClient& engine) {
    return allOf<DkimKey>([&](const client::PageQuery& page) { return engine.dkimKeys(page); });
}

std::string stateOf(const DkimKey& key) {
    if (!key.problem.empty()) return reasonText(key.problem);
    return key.isActive ? "signs" : "does not sign";
}

void sayRecord(Console& console, const DkimKey& key) {
    console.output().line("Name:   " + text(key.recordName));
    console.output().line("Type:   TXT");
    console.output().line("Value:  " + text(key.recordValue, 4096));
    console.output().line();
    console.output().line("In a zone file:");
    console.output().line(text(key.zoneLine, 4096));
}

Exit list(Console& console) {
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    const auto keys = allKeys(**engine);
    if (!keys) return console.failed(keys.error());
    console.output().document(json::Object{{"items", contract::toJson(*keys)}});
    Table table({"DOMAIN", "SELECTOR", "ALGORITHM", "STATE", "CREATED", "ID"});
    for (const DkimKey& key : *keys)
        table.add({key.domain, key.selector, key.algorithm, stateOf(key), timeText(key.createdAt), key.id.text()});
    table.print(console.output(), "No keys yet: postroomctl dkim create --domain example.com");
    return Exit::Ok;
}

// A new key: what has to be published, and what is done then.
Exit made(Console& console, const Result<DkimKey>& key) {
    if (!key) return console.failed(key.error());
    console.output().document(contract::toJson(*key));
    console.output().line("Made " + text(key->recordName) + " (" + key->id.text() + "). Publish this DNS record:");
    console.output().line();
    sayRecord(console, *key);
    console.output().line();
    console.output().line("When it is published: postroomctl dkim enable " + text(key->recordName));
    return Exit::Ok;
}

Exit create(Console& console, const CreateOptions& options) {
    json::Object body{{"domain", options.domain}};
    if (!options.algorithm.empty()) body["algorithm"] = options.algorithm;
    if (!options.selector.empty()) body["selector"] = options.selector;
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    return made(console, Console::wait((*engine)->createDkimKey(std::move(body))));
}

Exit show(Console& console, EngineClient&, const DkimKey& key) {
    console.output().document(contract::toJson(key));
    console.output().line(text(key.recordName) + " (" + text(key.algorithm) + "): " + stateOf(key) + ".");
    console.output().line();
    sayRecord(console, key);
    return Exit::Ok;
}

Exit turned(Console& console, const Result<DkimKey>& key) {
    if (!key) return console.failed(key.error());
    console.output().document(contract::toJson(*key));
    console.output().line(text(key->recordName) + ": " + stateOf(*key) + ".");
    return Exit::Ok;
}

Exit remove(Console& console, EngineClient& engine, const DkimKey& key) {
    const auto removed = Console::wait(engine.removeDkimKey(key.id));
    if (!removed) return console.failed(removed.error());
    console.output().document(json::Object{{"removed", key.id.text()}});
    console.output().line("Removed " + text(key.recordName) +
                          ". Its DNS record is of no use any more once the mail "
                          "it signed has arrived.");
    return Exit::Ok;
}

Result<DkimKey> findKey(EngineClient& engine, const std::string& typed) {
    if (const auto id = Id::parse(typed)) return Console::wait(engine.dkimKey(*id));
    auto keys = allKeys(engine);
    if (!keys) return fail(keys.error());
    for (DkimKey& key : *keys)
        if (equalsIgnoreCase(key.recordName, typed)) return std::move(key);
    return fail(ErrorCode::NotFound, "no DKIM key " + text(typed, 100));
}

// A verb on one key, which is found first.
void addOn(CLI::App& dkim, Action& chosen, const std::string& name, const std::string& description,
           const std::function<Exit(Console&, EngineClient&, const DkimKey&)>& act) {
    auto typed = std::make_shared<std::string>();
    CLI::App* verb = addVerb(dkim, chosen, name, description, [typed, act](Console& console) {
        const auto engine = console.engine();
        if (!engine) return console.failed(engine.error());
        const auto key = findKey(**engine, *typed);
        if (!key) return console.failed(key.error());
        return act(console, **engine, *key);
    });
    verb->add_option("key", *typed, "The name of its record, SELECTOR._domainkey.DOMAIN, or its id")->required();
}

}  // namespace

void addDkim(CLI::App& root, Action& chosen) {
    CLI::App* dkim = addNoun(root, "dkim", "Keys that sign mail");
    addVerb(*dkim, chosen, "list", "Show all keys", list);
    auto options = std::make_shared<CreateOptions>();
    CLI::App* verb = addVerb(*dkim, chosen, "create", "Make a key and say which DNS record to publish",
                             [options](Console& console) { return create(console, *options); });
    verb->add_option("--domain", options->domain, "Of the From addresses it signs for")
        ->required()
        ->type_name("DOMAIN");
    verb->add_option("--algorithm", options->algorithm, "What it signs with; rsa when not said")
        ->check(CLI::IsMember({"rsa", "ed25519"}))
        ->type_name("rsa|ed25519");
    verb->add_option("--selector", options->selector, "Name of its record; made from the date when not said")
        ->type_name("NAME");
    addOn(*dkim, chosen, "show", "Show a key and its DNS record", show);
    addOn(*dkim, chosen, "enable", "Sign with it, and with no other key of its domain and algorithm",
          [](Console& console, EngineClient& engine, const DkimKey& key) {
              return turned(console, Console::wait(engine.enableDkimKey(key.id)));
          });
    addOn(*dkim, chosen, "disable", "Don't sign with it any more",
          [](Console& console, EngineClient& engine, const DkimKey& key) {
              return turned(console, Console::wait(engine.disableDkimKey(key.id)));
          });
    addOn(*dkim, chosen, "rotate", "Make a new key beside it; enabled, that one takes its place",
          [](Console& console, EngineClient& engine, const DkimKey& key) {
              return made(console, Console::wait(engine.rotateDkimKey(key.id)));
          });
    addOn(*dkim, chosen, "remove", "Remove a key that does not sign", remove);
}

}  // namespace postroom::ctl
