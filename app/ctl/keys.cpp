// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/ctl/arguments.h"
#include "app/ctl/pages.h"
#include "app/ctl/span.h"
#include "app/ctl/table.h"

namespace postroom::ctl {

namespace {

using contract::ApiKey;

struct CreateOptions {
    std::string name;
    std::string description;
    std::vector<std::string> scopes;
    std::string expires;
    std::vector<std::string> ips, from, accounts;
    bool test = false;
};

struct RotateOptions {
    std::string key;
    std::string overlap;
};

std::string stateOf(const ApiKey& key) {
    if (!key.isActive) return "revoked";
    return key.expiresAt && *key.expiresAt <= SystemClock{}.now() ? "expired" : "active";
}

void showSecret(Console& console, const ApiKey& key) {
    console.output().line("API Key: " + text(key.apiKey));
    console.output().line("API Secret: " + text(key.apiSecret.value_or("")));
}

Exit create(Console& console, const CreateOptions& options) {
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    json::Object body{{"name", options.name}};
    if (!options.description.empty()) body["description"] = options.description;
    if (!options.scopes.empty()) body["scopes"] = contract::toJson(options.scopes);
    if (!options.expires.empty()) body["expires_at"] = timeFrom(options.expires);
    if (!options.ips.empty()) body["allowed_ips"] = contract::toJson(options.ips);
    if (!options.from.empty()) body["allowed_from"] = contract::toJson(options.from);
    if (!options.accounts.empty()) body["allowed_accounts"] = contract::toJson(options.accounts);
    if (options.test) body["is_test"] = true;
    const auto key = Console::wait((*engine)->createKey(std::move(body)));
    if (!key) return console.failed(key.error());
    console.output().document(contract::toJson(*key));
    showSecret(console, *key);
    console.output().line("Scopes: " + joined(key->scopes));
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
    Table table({"KEY", "NAME", "SCOPES", "STATE", "CREATED", "EXPIRES", "LAST USED"});
    for (const ApiKey& key : *keys)
        table.add({key.apiKey, key.name, joined(key.scopes), stateOf(key), timeText(key.createdAt),
                   timeText(key.expiresAt), timeText(key.lastUsedAt)});
    table.print(console.output(), "No keys yet: postroomctl keys create --name NAME");
    return Exit::Ok;
}

// Asks for the key somebody typed, does `act` with it and says how it ended.
template <typename Act, typename Say>
Exit withKey(Console& console, const std::string& typed, Act act, Say say) {
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    const auto keys = allKeys(**engine);
    if (!keys) return console.failed(keys.error());
    const auto key = std::find_if(keys->begin(), keys->end(),
                                  [&](const ApiKey& each) { return each.apiKey == typed || each.id.text() == typed; });
    if (key == keys->end())
        return console.failed({.code = ErrorCode::NotFound, .detail = "no key " + text(typed, 100)});
    const Result<ApiKey> done = act(**engine, *key);
    if (!done) return console.failed(done.error());
    console.output().document(contract::toJson(*done));
    say(*done);
    return Exit::Ok;
}

Exit show(Console& console, const std::string& typed) {
    return withKey(
        console, typed, [](client::EngineClient&, const ApiKey& key) -> Result<ApiKey> { return key; },
        [&](const ApiKey& key) {
            const auto line = [&](const std::string& name, const std::string& value) {
                console.output().line(name + ": " + text(value.empty() ? "-" : value, 2000));
            };
            line("Key", key.apiKey);
            line("Name", key.name);
            line("Description", key.description);
            line("Scopes", joined(key.scopes));
            line("State", stateOf(key));
            line("Test key", key.isTest ? "yes" : "no");
            line("Created", timeText(key.createdAt));
            line("Expires", timeText(key.expiresAt));
            line("Last used", timeText(key.lastUsedAt));
            line("Old secret good until", timeText(key.oldSecretUntil));
            line("From addresses of", joined(key.allowedIps));
            line("Sends as", joined(key.allowedFrom));
            line("Through accounts", joined(key.allowedAccounts));
        });
}

Exit rotate(Console& console, const RotateOptions& options) {
    const auto overlap = options.overlap.empty() ? std::nullopt : readSpan(options.overlap);
    if (!options.overlap.empty() && !overlap)
        return console.output().misused(invalidField("--overlap", "field.type", "is not a time like 24h, 30m or 0"));
    return withKey(
        console, options.key,
        [&](client::EngineClient& engine, const ApiKey& key) {
            return Console::wait(
                engine.rotateKey(key.id, overlap ? std::optional<Milliseconds>(*overlap) : std::nullopt));
        },
        [&](const ApiKey& key) {
            showSecret(console, key);
            console.output().line(key.oldSecretUntil
                                      ? "The old secret is good until " + timeText(key.oldSecretUntil) + "."
                                      : "The old secret is good no more.");
            if (!console.output().isJson()) console.output().note("the secret is shown this once; keep it now.");
        });
}

Exit endOldSecret(Console& console, const std::string& typed) {
    return withKey(
        console, typed,
        [](client::EngineClient& engine, const ApiKey& key) { return Console::wait(engine.endOldSecret(key.id)); },
        [&](const ApiKey& key) {
            console.output().line("The old secret of " + text(key.apiKey) + " is good no more.");
        });
}

Exit revoke(Console& console, const std::string& typed) {
    return withKey(
        console, typed,
        [](client::EngineClient& engine, const ApiKey& key) { return Console::wait(engine.revokeKey(key.id)); },
        [&](const ApiKey& key) { console.output().line("Revoked " + text(key.apiKey) + "."); });
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
        verb->add_option("--expires", options->expires, "When it ends: a time, or how long from now (90d)")
            ->type_name("TIME");
        verb->add_option("--allow-ip", options->ips, "An address or network it may be used from; may be repeated")
            ->type_name("CIDR");
        verb->add_option("--allow-from", options->from, "An a@b or *@b it may send as; may be repeated")
            ->type_name("PATTERN");
        verb->add_option("--allow-account", options->accounts, "An account that may carry its mail; may be repeated")
            ->type_name("ACCOUNT");
        verb->add_flag("--test", options->test, "Its messages go to the sandbox and nowhere else");
    }
    addVerb(*keys, chosen, "list", "Show all keys", list);
    {
        auto key = std::make_shared<std::string>();
        CLI::App* verb =
            addVerb(*keys, chosen, "show", "Show one key", [key](Console& console) { return show(console, *key); });
        verb->add_option("key", *key, "The key or its id")->required();
    }
    {
        auto options = std::make_shared<RotateOptions>();
        CLI::App* verb = addVerb(*keys, chosen, "rotate", "Give a key a new secret; the old one stays good for a day",
                                 [options](Console& console) { return rotate(console, *options); });
        verb->add_option("key", options->key, "The key or its id")->required();
        verb->add_option("--overlap", options->overlap, "How long the old secret stays good: 24h, 30m, 0")
            ->type_name("SPAN");
    }
    {
        auto key = std::make_shared<std::string>();
        CLI::App* verb = addVerb(*keys, chosen, "end-old-secret", "End the secret before the last rotation now",
                                 [key](Console& console) { return endOldSecret(console, *key); });
        verb->add_option("key", *key, "The key or its id")->required();
    }
    {
        auto key = std::make_shared<std::string>();
        CLI::App* verb = addVerb(*keys, chosen, "revoke", "End a key for good",
                                 [key](Console& console) { return revoke(console, *key); });
        verb->add_option("key", *key, "The key or its id")->required();
    }
}

}  // namespace postroom::ctl
