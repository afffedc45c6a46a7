// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The command line's grammar: each noun's file adds its verbs, and the verb that was typed leaves its action.

#include "app/ctl/console.h"

#include <CLI/CLI.hpp>
#include <functional>

namespace postroom::ctl {

/// What the verb that was typed does; set while the line is read, run after it.
using Action = std::function<Exit(Console&)>;

void addKeys(CLI::App& root, Action& chosen);
void addAccounts(CLI::App& root, Action& chosen);
void addSend(CLI::App& root, Action& chosen);
void addMessages(CLI::App& root, Action& chosen);
void addQueue(CLI::App& root, Action& chosen);
void addTemplates(CLI::App& root, Action& chosen);
void addDkim(CLI::App& root, Action& chosen);
void addReplyRules(CLI::App& root, Action& chosen);
void addSuppressions(CLI::App& root, Action& chosen);
void addSandbox(CLI::App& root, Action& chosen);
void addConfig(CLI::App& root, Action& chosen);
void addDatabase(CLI::App& root, Action& chosen);
void addVersion(CLI::App& root, Action& chosen);

/// A noun that needs one verb behind it.
CLI::App* addNoun(CLI::App& root, const std::string& name, const std::string& description);
/// A verb, or a noun that is one. Its option structs are kept alive by `action`.
CLI::App* addVerb(CLI::App& noun, Action& chosen, const std::string& name, const std::string& description,
                  Action action);

/// A file whole, standard input for "-"; BodyTooLarge above what a send may hold.
[[nodiscard]] Result<std::string> readContent(const std::string& file);
/// Reads a message's id; NotFound for what is none.
[[nodiscard]] Result<Id> readId(const std::string& typed, const std::string& what);

}  // namespace postroom::ctl
