// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/common/signals.h"
#include "app/ctl/accounts.h"
#include "app/ctl/arguments.h"
#include "app/ctl/reasons.h"

#include <cstdio>
#include <QEventLoop>
#include <QTimer>

namespace postroom::ctl {

namespace {

using client::EngineClient;
using contract::Account;
using contract::AccountAuthorization;
using namespace std::chrono_literals;

struct AuthorizeOptions {
    std::string account;
    std::string provider;
    std::string tokenFile;
};

// Waits, and is woken by Ctrl-C. False once that came.
class Patience {
public:
    Patience() : m_signals([this](int) { m_isOver = true, m_loop.quit(); }) {}
    [[nodiscard]] bool wait(std::chrono::milliseconds time) {
        if (m_isOver) return false;
        QTimer::singleShot(time, &m_loop, &QEventLoop::quit);
        m_loop.exec();
        return !m_isOver;
    }

private:
    bool m_isOver = false;
    QEventLoop m_loop;
    app::Signals m_signals;
};

// A person needs the address and the code before the document is there: with --json they go to stderr.
void say(const Console& console, const std::string& sentence) {
    console.output().isJson() ? console.output().note(sentence) : console.output().line(sentence);
    std::fflush(stdout);
}

void sayCode(const Console& console, const Account& account, const AccountAuthorization& asked) {
    say(console, "To let Postroom send as " + text(account.email) + ", open " + text(asked.verificationUri, 2000) +
                     " in any browser, log in as that account and enter the code " + text(asked.userCode, 100) + ".");
    if (!asked.verificationUriComplete.empty()) say(console, "Or open " + text(asked.verificationUriComplete, 2000));
    say(console, "The code is good until " + timeText(asked.expiresAt) + ". Waiting; Ctrl-C gives up.");
}

// A line of dots for who looks at a terminal and for nobody else.
class Dots {
public:
    explicit Dots(const Console& console) : m_isShown(!console.output().isJson()) {}
    ~Dots() {
        if (m_isAny) std::fputc('\n', stderr);
    }
    Dots(const Dots&) = delete;
    Dots& operator=(const Dots&) = delete;
    void next() {
        if (!m_isShown) return;
        std::fputc('.', stderr);
        m_isAny = true;
    }

private:
    bool m_isShown;
    bool m_isAny = false;
};

Exit ended(const Console& console, const Account& account, const AccountAuthorization& result) {
    console.output().document(contract::toJson(result));
    if (result.state == "authorized") {
        console.output().line(text(account.email) + " is authorized. Try it: postroomctl accounts test " +
                              text(account.email));
        return Exit::Ok;
    }
    const std::string why = result.detail.empty() ? result.reason : result.detail;
    const std::string what = result.state == "denied"    ? "the consent was refused"
                             : result.state == "expired" ? "nobody entered the code in time"
                             : result.state == "pending" ? "it was given up"
                                                         : "the provider gave no access";
    console.output().note(text(account.email) + " is not authorized: " + what +
                          (why.empty() ? std::string(".") : " (" + text(why, 500) + ")."));
    return Exit::Failed;
}

Exit waitFor(Console& console, EngineClient& engine, const Account& account, AccountAuthorization asked) {
    sayCode(console, account, asked);
    Patience patience;
    {
        Dots dots(console);
        while (asked.state == "pending") {
            const auto interval =
                std::clamp<std::chrono::milliseconds>(std::chrono::milliseconds{asked.interval_ms}, 500ms, 5s);
            if (!patience.wait(interval)) {
                (void)Console::wait(engine.cancelAuthorization(account.id));
                break;
            }
            dots.next();
            auto now = Console::wait(engine.authorization(account.id));
            if (!now) return console.failed(now.error());
            asked = std::move(*now);
        }
    }
    return ended(console, account, asked);
}

Exit authorize(Console& console, const AuthorizeOptions& options) {
    Secret token;
    if (!options.tokenFile.empty()) {
        auto read = readSecret(options.tokenFile);
        if (!read) return console.unread(read.error());
        token = std::move(*read);
    }
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    const auto account = findAccount(**engine, options.account);
    if (!account) return console.failed(account.error());
    auto asked = Console::wait((*engine)->beginAuthorization(account->id, options.provider, token));
    if (!asked) return console.failed(asked.error());
    if (asked->state != "pending") return ended(console, *account, *asked);
    return waitFor(console, **engine, *account, std::move(*asked));
}

}  // namespace

void addAuthorize(CLI::App& accounts, std::function<Exit(Console&)>& chosen) {
    auto options = std::make_shared<AuthorizeOptions>();
    CLI::App* verb = addVerb(accounts, chosen, "authorize", "Ask its provider for access (OAuth)",
                             [options](Console& console) { return authorize(console, *options); });
    verb->add_option("account", options->account, "Its address or id")->required();
    verb->add_option("--provider", options->provider, "Who is asked, unless the account says it")
        ->check(CLI::IsMember({"google", "microsoft", "generic"}))
        ->type_name("google|microsoft|generic");
    verb->add_option("--refresh-token-file", options->tokenFile,
                     "File with a refresh token that was got elsewhere, - for standard input")
        ->type_name("FILE");
}

}  // namespace postroom::ctl
