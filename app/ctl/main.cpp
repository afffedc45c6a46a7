// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// postroomctl: the command line. Reads the line, then runs the one verb it names.

#include "app/ctl/arguments.h"

#include <cstdio>
#include <iostream>
#include <QCoreApplication>

using namespace postroom;

namespace {

// What each exit code means stands in the manual page too.
constexpr auto footer =
    "Without --url the engine is found by the control.json in its data folder.\n"
    "Exit codes: 0 ok, 1 failed, 2 usage, 3 cannot connect, 4 not allowed, 5 not found, 6 conflict, 7 partly done.";

void addGlobals(CLI::App& root, ctl::GlobalOptions& options) {
    auto* data = root.add_option("--data-dir", options.dataFolder, "Data folder of the engine")->type_name("DIR");
    auto* url =
        root.add_option("--url", options.url, "Address of an engine elsewhere")->type_name("URL")->excludes(data);
    root.add_option("--fingerprint", options.fingerprint, "SHA-256 of that engine's own certificate")
        ->type_name("HEX")
        ->needs(url);
    auto* key = root.add_option("--key", options.key, "API key to show there")->type_name("KEY")->needs(url);
    root.add_option("--secret-file", options.secretFile,
                    "File with the key's secret, - for standard input; or POSTROOM_SECRET")
        ->type_name("FILE")
        ->needs(key);
    root.add_flag("--json", options.json, "Print one JSON document");
    root.set_version_flag("--version", "postroomctl " POSTROOM_VERSION, "Print the version");
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App root("Postroom's command line: keys, accounts, messages and the state of an engine.", "postroomctl");
    root.footer(footer);
    root.require_subcommand(1);
    root.fallthrough();
    ctl::GlobalOptions options;
    ctl::Action chosen;
    addGlobals(root, options);
    ctl::addKeys(root, chosen);
    ctl::addAccounts(root, chosen);
    ctl::addSend(root, chosen);
    ctl::addMessages(root, chosen);
    ctl::addTemplates(root, chosen);
    ctl::addQueue(root, chosen);
    ctl::addDkim(root, chosen);
    ctl::addReplyRules(root, chosen);
    ctl::addSuppressions(root, chosen);
    ctl::addSandbox(root, chosen);
    ctl::addConfig(root, chosen);
    ctl::addDatabase(root, chosen);
    ctl::addVersion(root, chosen);

    try {
        root.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        // Help and the version are errors of code 0 to the library.
        if (error.get_exit_code() == 0) return root.exit(error);
        std::cerr << "postroomctl: " << ctl::text(error.what(), 1000) << "\nTry 'postroomctl --help'.\n";
        return static_cast<int>(ctl::Exit::Usage);
    }

    QCoreApplication application(argc, argv);
    ctl::Exit exit = ctl::Exit::Ok;
    {
        ctl::Console console(options);
        exit = chosen(console);
    }
    // Somebody who pipes into a full disk must not read "ok".
    if (std::fflush(stdout) != 0 && exit == ctl::Exit::Ok) exit = ctl::Exit::Failed;
    return static_cast<int>(exit);
}
