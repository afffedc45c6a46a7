// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/ctl/accounts.h"

#include "app/ctl/arguments.h"
#include "app/ctl/pages.h"
#include "app/ctl/reasons.h"
#include "app/ctl/table.h"
#include "engine/base/text.h"

namespace postroom::ctl {

namespace {

using client::EngineClient;
using contract::Account;

struct AddOptions {
    std::string email;
    std::string host;
    int port = 0;
    std::string username;
    std::string passwordFile;
    std::string security;
    std::string provider;
    std::string displayName;
    std::optional<std::int64_t> limit;
    std::optional<std::int64_t> hourlyLimit;
    std::optional<std::int64_t> ratePerMinute;
    bool rolling = false;
    std::string timeZone;
    std::optional<int> priority;
};

Result<std::vector<Account>> allAccounts(EngineClient& engine) {
    return allOf<Account>([&](const client::PageQuery& page) { return engine.accounts(page); });
}

Exit add(Console& console, const AddOptions& options) {
    json::Object body{{"email", options.email}, {"smtp_host", options.host}, {"smtp_port", options.port}};
    if (!options.username.empty()) body["smtp_username"] = options.username;
    if (!options.displayName.empty()) body["display_name"] = options.displayName;
    if (!options.security.empty()) body["security"] = options.security;
    if (!options.provider.empty()) {
        body["auth"] = "xoauth2";
        body["oauth_provider"] = options.provider;
    }
    if (options.limit) body["daily_limit"] = *options.limit;
    if (options.hourlyLimit) body["hourly_limit"] = *options.hourlyLimit;
    if (options.ratePerMinute) body["rate_per_minute"] = *options.ratePerMinute;
    if (options.rolling) body["limit_window"] = "rolling";
    if (!options.timeZone.empty()) body["time_zone"] = options.timeZone;
    if (options.priority) body["priority"] = *options.priority;
    // POSTROOM_SECRET is the key's secret where one is shown.
    auto password = console.options().key.empty() || !options.passwordFile.empty() ? secretFrom(options.passwordFile)
                                                                                   : Result<Secret>(Secret());
    if (!password) return console.failed(password.error());
    const bool usesToken = !options.provider.empty();
    if (!options.username.empty() && password->empty() && !usesToken)
        return console.unread(
            {.code = ErrorCode::ConfigInvalid,
             .detail = "--username needs a password: --password-file FILE (or -), or POSTROOM_SECRET"});
    if (!options.username.empty() && !usesToken) body["smtp_password"] = password->reveal();
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    const auto account = Console::wait((*engine)->createAccount(std::move(body)));
    if (!account) return console.failed(account.error());
    console.output().document(contract::toJson(*account));
    console.output().line("Added " + text(account->email) + " (" + account->id.text() + "). " +
                          (usesToken ? "Authorize" : "Try") + " it: postroomctl accounts " +
                          (usesToken ? "authorize " : "test ") + text(account->email));
    return Exit::Ok;
}

std::string usage(const Account& account) {
    return std::to_string(account.dailySentCount) + "/" +
           (account.dailyLimit ? std::to_string(*account.dailyLimit) : std::string("no limit"));
}

Exit list(Console& console) {
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    const auto accounts = allAccounts(**engine);
    if (!accounts) return console.failed(accounts.error());
    console.output().document(json::Object{{"items", contract::toJson(*accounts)}});
    Table table({"EMAIL", "SERVER", "SECURITY", "PRIORITY", "TODAY", "STATE", "WHY", "ID"});
    for (const Account& account : *accounts)
        table.add({account.email, account.smtpHost + ":" + std::to_string(account.smtpPort),
                   std::string(contract::name(account.security)), std::to_string(account.priority), usage(account),
                   account.state, account.waitingFor ? sentence(*account.waitingFor) : account.problemDetail,
                   account.id.text()});
    table.print(console.output(), "No accounts yet: postroomctl accounts add --email A --host H --port P");
    return Exit::Ok;
}

Exit test(Console& console, EngineClient& engine, const Account& account) {
    const auto result = Console::wait(engine.testAccount(account.id));
    if (!result) return console.failed(result.error());
    console.output().document(contract::toJson(*result));
    Table table({"STEP", "RESULT", "MS", "DETAIL"});
    for (const auto& step : result->steps)
        table.add({step.stage, step.ok ? "ok" : "failed", std::to_string(step.took_ms), step.detail});
    table.print(console.output(), "The engine told no steps.");
    console.output().line(result->ok ? "The account works." : "The account does not work.");
    if (!result->ok)
        for (const std::string& line : result->transcript) console.output().line("  " + text(line));
    return result->ok ? Exit::Ok : Exit::Failed;
}

Exit turned(Console& console, const Result<Account>& account) {
    if (!account) return console.failed(account.error());
    console.output().document(contract::toJson(*account));
    console.output().line(text(account->email) + " is " + text(account->state) + ".");
    return Exit::Ok;
}

// The account as it is after its pause began or ended.
Exit paused(Console& console, EngineClient& engine, const Account& account,
            const Result<contract::QueueStatus>& changed) {
    if (!changed) return console.failed(changed.error());
    return turned(console, Console::wait(engine.account(account.id)));
}

Exit remove(Console& console, EngineClient& engine, const Account& account) {
    const auto removed = Console::wait(engine.removeAccount(account.id));
    if (!removed) return console.failed(removed.error());
    console.output().document(json::Object{{"removed", account.id.text()}});
    console.output().line("Removed " + text(account.email) + ".");
    return Exit::Ok;
}

// A verb on one account, which is found first.
void addOn(CLI::App& accounts, Action& chosen, const std::string& name, const std::string& description,
           const std::function<Exit(Console&, EngineClient&, const Account&)>& act) {
    auto typed = std::make_shared<std::string>();
    CLI::App* verb = addVerb(accounts, chosen, name, description, [typed, act](Console& console) {
        const auto engine = console.engine();
        if (!engine) return console.failed(engine.error());
        const auto account = findAccount(**engine, *typed);
        if (!account) return console.failed(account.error());
        return act(console, **engine, *account);
    });
    verb->add_option("account", *typed, "Its address or id")->required();
}

}  // namespace

Result<Account> findAccount(EngineClient& engine, const std::string& typed) {
    if (const auto id = Id::parse(typed)) return Console::wait(engine.account(*id));
    auto accounts = allAccounts(engine);
    if (!accounts) return fail(accounts.error());
    for (Account& account : *accounts)
        if (equalsIgnoreCase(account.email, typed)) return std::move(account);
    return fail(ErrorCode::NotFound, "no account " + text(typed, 100));
}

void addAccounts(CLI::App& root, Action& chosen) {
    CLI::App* accounts = addNoun(root, "accounts", "Mail accounts that messages leave through");
    auto options = std::make_shared<AddOptions>();
    CLI::App* verb = addVerb(*accounts, chosen, "add", "Add an account",
                             [options](Console& console) { return add(console, *options); });
    verb->add_option("--email", options->email, "Its address")->required()->type_name("ADDRESS");
    verb->add_option("--host", options->host, "Its SMTP server")->required()->type_name("HOST");
    verb->add_option("--port", options->port, "The server's port")
        ->required()
        ->check(CLI::Range(1, 65535))
        ->type_name("PORT");
    auto* user = verb->add_option("--username", options->username, "Name to log in with")->type_name("NAME");
    verb->add_option("--password-file", options->passwordFile,
                     "File with the password, - for standard input; or POSTROOM_SECRET")
        ->type_name("FILE")
        ->needs(user);
    verb->add_option("--security", options->security, "How the connection is secured")
        ->check(CLI::IsMember({"tls", "starttls", "none"}))
        ->type_name("tls|starttls|none");
    verb->add_option("--oauth", options->provider, "Log in with an access token of this provider")
        ->check(CLI::IsMember({"google", "microsoft", "generic"}))
        ->type_name("google|microsoft|generic")
        ->excludes("--password-file");
    verb->add_option("--display-name", options->displayName, "Name beside its address")->type_name("NAME");
    verb->add_option("--limit", options->limit, "Recipients a day")->check(CLI::NonNegativeNumber)->type_name("N");
    verb->add_flag("--rolling", options->rolling, "A day is any 24 hours, not the calendar's");
    verb->add_option("--hourly-limit", options->hourlyLimit, "Recipients an hour")
        ->check(CLI::NonNegativeNumber)
        ->type_name("N");
    verb->add_option("--rate", options->ratePerMinute, "Recipients a minute, evenly spread")
        ->check(CLI::PositiveNumber)
        ->type_name("N");
    verb->add_option("--time-zone", options->timeZone, "Zone of its days, like Asia/Shanghai")->type_name("ZONE");
    verb->add_option("--priority", options->priority, "Greater goes first")->type_name("N");

    addVerb(*accounts, chosen, "list", "Show all accounts", list);
    addOn(*accounts, chosen, "test", "Connect and log in, without sending", test);
    addAuthorize(*accounts, chosen);
    addOn(*accounts, chosen, "enable", "Let messages leave through it",
          [](Console& console, EngineClient& engine, const Account& account) {
              return turned(console, Console::wait(engine.enableAccount(account.id)));
          });
    addOn(*accounts, chosen, "disable", "Let nothing leave through it",
          [](Console& console, EngineClient& engine, const Account& account) {
              return turned(console, Console::wait(engine.disableAccount(account.id)));
          });
    addOn(*accounts, chosen, "pause", "Let nothing new leave through it until it is resumed",
          [](Console& console, EngineClient& engine, const Account& account) {
              return paused(console, engine, account, Console::wait(engine.pauseQueue({.account = account.id})));
          });
    addOn(*accounts, chosen, "resume", "End its pause",
          [](Console& console, EngineClient& engine, const Account& account) {
              return paused(console, engine, account, Console::wait(engine.resumeQueue({.account = account.id})));
          });
    addOn(*accounts, chosen, "remove", "Remove it and its password", remove);
}

}  // namespace postroom::ctl
