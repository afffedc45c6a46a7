// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/ctl/arguments.h"

namespace postroom::ctl {

CLI::App* addNoun(CLI::App& root, const std::string& name, const std::string& description) {
    CLI::App* noun = root.add_subcommand(name, description);
    noun->require_subcommand(1);
    noun->fallthrough();
    return noun;
}

CLI::App* addVerb(CLI::App& noun, Action& chosen, const std::string& name, const std::string& description,
                  Action action) {
    CLI::App* verb = noun.add_subcommand(name, description);
    verb->fallthrough();
    verb->final_callback([&chosen, action = std::move(action)] { chosen = action; });
    return verb;
}

Result<Id> readId(const std::string& typed, const std::string& what) {
    const auto id = Id::parse(typed);
    if (!id) return fail(ErrorCode::NotFound, "\"" + text(typed, 100) + "\" is no id of " + what);
    return *id;
}

}  // namespace postroom::ctl
