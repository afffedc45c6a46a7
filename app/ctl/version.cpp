// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/ctl/arguments.h"
#include "app/ctl/table.h"

namespace postroom::ctl {

namespace {

// Works with no engine: then it tells its own version alone.
Exit version(Console& console) {
    json::Object document{{"version", POSTROOM_VERSION}, {"engine", nullptr}};
    console.output().line("postroomctl " POSTROOM_VERSION);
    const auto engine = console.engine();
    const bool named = !console.options().url.empty();
    if (!engine && named) return console.failed(engine.error());
    if (engine) {
        const auto info = Console::wait((*engine)->version());
        if (info) {
            document["engine"] = contract::toJson(*info);
            console.output().line("engine " + text(info->version) + " at " + (*engine)->describe());
        } else if (named) {
            return console.failed(info.error());
        }
    }
    console.output().document(document);
    return Exit::Ok;
}

Exit health(Console& console) {
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    const auto ready = Console::wait((*engine)->readiness());
    if (!ready) return console.failed(ready.error());
    if (!ready->is_object())
        return console.failed({.code = ErrorCode::ProtocolViolated, .detail = "the answer is not a JSON object"});
    console.output().document(*ready);
    const std::string status = json::text(ready->get_object(), "status");
    console.output().line("The engine at " + (*engine)->describe() + " is " + text(status, 50) + ".");
    Table checks({"CHECK", "STATUS", "MS"});
    for (const auto& check : json::object(ready->get_object(), "checks")) {
        if (!check.value().is_object()) continue;
        const json::Object& result = check.value().get_object();
        const json::Value* took = json::present(result, "ms");
        checks.add({std::string(check.key()), json::text(result, "status"), took ? json::serialise(*took) : ""});
    }
    if (!checks.empty()) checks.print(console.output(), "");
    return status == "ready" || status == "degraded" ? Exit::Ok : Exit::Failed;
}

}  // namespace

void addVersion(CLI::App& root, Action& chosen) {
    addVerb(root, chosen, "health", "Say whether the engine can do its work", health);
    addVerb(root, chosen, "version", "Print the versions of this program and of the engine", version);
}

}  // namespace postroom::ctl
