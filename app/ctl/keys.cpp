// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/ctl/arguments.h"
#include "app/ctl/pages.h"
#include "app/ctl/table.h"

namespace postroom::ctl {

namespace {

using contract::ApiKey;

struct CreateOptions {
    std::string name;
    std::string description;
    std::vector<std::string> scopes;
    bool test = false;
};

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) out.append(out.empty() ? "" : ",").append(word);
    return out;
}

Exit create(Console& console, const CreateOptions& options) {
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    json::Object body{{"name", options.name}};
    if (!options.description.empty()) body["description"] = options.description;
    if (!options.scopes.empty()) body["scopes"] = contract::toJson(options.scopes);
    if (options.test) body["is_test"] = true;
    const auto key = Console::wait((*engine)->createKey(std::move(body)));
    if (!key) return console.failed(key.error());
    console.output().document(contract::toJson(*key));
    console.output().line("API Key: " + text(key->apiKey));
    console.output().line("API Secret: " + text(key->apiSecret.value_or("")));
    console.output().line("Scopes: " + text(joined(key->scopes)));
    if (!console.output().isJson()) console.output().note("the secret is shown this once; keep it now.");
    return Exit::Ok;
}

Result<std::vector<ApiKey>> allKeys(client::EngineClient& engine) {
    return allOf<ApiKey>([&](const client::PageQuery& page) { return engine.keys(page); });
}

Exit list(Console& console) {
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    const auto keys = allKeys(**engine);
    if (!keys) return console.failed(keys.error());
    console.output().document(json::Object{{"items", contract::toJson(*keys)}});
    Table table({"KEY", "NAME", "SCOPES", "STATE", "CREATED", "LAST USED"});
    for (const ApiKey& key : *keys)
        table.add({key.apiKey, key.name, joined(key.scopes), key.isActive ? "active" : "revoked",
                   timeText(key.createdAt), timeText(key.lastUsedAt)});
    table.print(console.output(), "No keys yet: postroomctl keys create --name NAME");
    return Exit::Ok;
}

Exit revoke(Console& console, const std::string& typed) {
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    const auto keys = allKeys(**engine);
    if (!keys) return console.failed(keys.error());
    const auto key = std::find_if(keys->begin(), keys->end(),
                                  [&](const ApiKey& each) { return each.apiKey == typed || each.id.text() == typed; });
    if (key == keys->end())
        return console.failed({.code = ErrorCode::NotFound, .detail = "no key " + text(typed, 100)});
    const auto revoked = Console::wait((*engine)->revokeKey(key->id));
    if (!revoked) return console.failed(revoked.error());
    console.output().document(contract::toJson(*revoked));
    console.output().line("Revoked " + text(revoked->apiKey) + ".");
    return Exit::Ok;
}

}  // namespace

void addKeys(CLI::App& root, Action& chosen) {
    CLI::App* keys = addNoun(root, "keys", "API keys of programs");
    {
        auto options = std::make_shared<CreateOptions>();
        CLI::App* verb = addVerb(*keys, chosen, "create", "Make a key and show its secret once",
                                 [options](Console& console) { return create(console, *options); });
        verb->add_option("--name", options->name, "What uses it")->required()->type_name("NAME");
        verb->add_option("--description", options->description, "A note on it")->type_name("TEXT");
        verb->add_option("--scopes", options->scopes, "What it may do; the first key gets all, later ones send")
            ->delimiter(',')
            ->check(CLI::IsMember({"send", "read", "admin"}))
            ->type_name("send,read,admin");
        verb->add_flag("--test", options->test, "Its messages go to the sandbox and nowhere else");
    }
    addVerb(*keys, chosen, "list", "Show all keys", list);
    {
        auto key = std::make_shared<std::string>();
        CLI::App* verb = addVerb(*keys, chosen, "revoke", "End a key for good",
                                 [key](Console& console) { return revoke(console, *key); });
        verb->add_option("key", *key, "The key or its id")->required();
    }
}

}  // namespace postroom::ctl
