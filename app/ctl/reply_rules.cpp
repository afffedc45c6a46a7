// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/ctl/arguments.h"
#include "app/ctl/reasons.h"
#include "engine/policy/reply_trial.h"
#include "engine/policy/retry.h"

namespace postroom::ctl {

namespace {

using contract::ReplyVerdict;
using policy::ReplyRules;

struct TestOptions {
    std::string stage, reply, file;
};

void print(Console& console, std::string_view content) {
    while (!content.empty()) {
        const std::string_view line = content.substr(0, content.find('\n'));
        content.remove_prefix(std::min(content.size(), line.size() + 1));
        console.output().line(text(line, line.size()));
    }
}

Exit show(Console& console, bool builtIn) {
    if (builtIn) {
        console.output().document(json::Object{{"source", "built-in"}, {"text", ReplyRules::builtInText()}});
        print(console, ReplyRules::builtInText());
        return Exit::Ok;
    }
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    const auto rules = Console::wait((*engine)->replyRules());
    if (!rules) return console.failed(rules.error());
    console.output().document(contract::toJson(*rules));
    print(console, rules->text);
    return Exit::Ok;
}

Result<ReplyRules> readRules(const std::string& file) {
    const auto content = readContent(file);
    if (!content) return fail(content.error());
    return ReplyRules::parse(*content);
}

Exit check(Console& console, const std::string& file) {
    const auto rules = readRules(file);
    if (!rules) return console.failed(rules.error());
    console.output().document(json::Object{{"ok", true}, {"rows", rules->size()}});
    console.output().line(text(file) + " is good: " + std::to_string(rules->size()) + " rows.");
    return Exit::Ok;
}

std::string spanText(std::chrono::seconds span) {
    if (span.count() % 3600 == 0) return std::to_string(span.count() / 3600) + " h";
    if (span.count() % 60 == 0) return std::to_string(span.count() / 60) + " min";
    return std::to_string(span.count()) + " s";
}

std::string whatFollows(const ReplyVerdict& verdict) {
    const std::string wait = verdict.wait_ms ? spanText(std::chrono::seconds{*verdict.wait_ms / 1000}) : std::string();
    if (verdict.meaning == "sent") return "It is sent.";
    if (verdict.meaning == "unknown") return "Nobody knows whether it was sent: its on_unknown decides.";
    if (verdict.meaning == "failed")
        return verdict.level == "recipient" ? "This recipient fails for good." : "All recipients of it fail for good.";
    if (verdict.level == "account")
        return "The account rests" + (wait.empty() ? std::string() : ", for " + wait + " at least") +
               "; the message is due at once on another one and counts no attempt.";
    const auto deferral = policy::deferralNamed(verdict.retry);
    const std::string first = deferral ? spanText(policy::scheduleFor(*deferral).first) : std::string("a while");
    return "It is tried again after " + first + " at first" +
           (wait.empty() ? "" : ", and after " + wait + " at least") + ".";
}

void say(Console& console, const ReplyVerdict& verdict) {
    console.output().document(contract::toJson(verdict));
    console.output().line(text(verdict.level) + ", " + text(verdict.meaning) + ": " + text(verdict.reason) + ", " +
                          reasonText(verdict.reason) + ".");
    console.output().line(whatFollows(verdict));
    if (!verdict.rule.empty()) console.output().line("By the row " + text(verdict.rule) + ".");
}

Exit test(Console& console, const TestOptions& options) {
    const auto stage = policy::stageNamed(options.stage);
    const auto reply = policy::readWireReply(options.reply);
    if (!stage || !reply)
        return console.failed(invalidField("reply", "reply.invalid",
                                           "must be a reply as servers give it, like \"550 5.1.1 no such user\""));
    if (!options.file.empty()) {
        const auto rules = readRules(options.file);
        if (!rules) return console.failed(rules.error());
        say(console, policy::tryReply(*rules, *stage, *reply));
        return Exit::Ok;
    }
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    const auto verdict = Console::wait((*engine)->testReply(std::string(name(*stage)), options.reply));
    if (!verdict) return console.failed(verdict.error());
    say(console, *verdict);
    return Exit::Ok;
}

Exit reload(Console& console) {
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    const auto rules = Console::wait((*engine)->reloadReplyRules());
    if (!rules) return console.failed(rules.error());
    console.output().document(contract::toJson(*rules));
    console.output().line(std::to_string(rules->rows) + " rows are in force, " +
                          (rules->path.empty() ? "those built in." : "from " + text(rules->path) + "."));
    return Exit::Ok;
}

}  // namespace

void addReplyRules(CLI::App& root, Action& chosen) {
    CLI::App* rules = addNoun(root, "reply-rules", "What the replies of mail servers mean");
    {
        auto builtIn = std::make_shared<bool>(false);
        CLI::App* verb = addVerb(*rules, chosen, "show", "Print the rules in force, as a file to begin one's own with",
                                 [builtIn](Console& console) { return show(console, *builtIn); });
        verb->add_flag("--built-in", *builtIn, "Those that this program has built in; needs no engine");
    }
    {
        auto options = std::make_shared<TestOptions>();
        CLI::App* verb = addVerb(*rules, chosen, "test", "Say what a reply would mean; changes nothing",
                                 [options](Console& console) { return test(console, *options); });
        verb->add_option("--stage", options->stage, "What it answers")
            ->required()
            ->check(CLI::IsMember(
                {"greeting", "ehlo", "starttls", "auth", "mail", "mail_from", "rcpt", "rcpt_to", "data", "dot"}))
            ->type_name("STAGE");
        verb->add_option("--reply", options->reply, "The reply, as '550 5.1.1 no such user'")
            ->required()
            ->type_name("TEXT");
        verb->add_option("--file", options->file, "By the rules in this file, - for standard input; needs no engine")
            ->type_name("FILE");
    }
    {
        auto file = std::make_shared<std::string>();
        CLI::App* verb =
            addVerb(*rules, chosen, "check", "Say everything that is wrong with a file of rules; needs no engine",
                    [file](Console& console) { return check(console, *file); });
        verb->add_option("file", *file, "The file, - for standard input")->required();
    }
    addVerb(*rules, chosen, "reload", "Have the engine read its file of rules again", reload);
}

}  // namespace postroom::ctl
