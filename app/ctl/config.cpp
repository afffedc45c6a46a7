// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/common/settings_files.h"
#include "app/ctl/arguments.h"
#include "app/ctl/table.h"
#include "engine/base/platform.h"

#include <filesystem>

namespace postroom::ctl {

namespace {

using contract::Settings;

Exit init(Console& console, bool force) {
    const auto folder = console.dataFolder();
    if (!folder) return console.failed(folder.error());
    const std::string path = *folder + "/.env";
    std::error_code error;
    if (std::filesystem::exists(path, error) && !force)
        return console.failed({.code = ErrorCode::AlreadyExists,
                               .detail = path + " is there; --force replaces it with fresh secrets, and what was "
                                                "encrypted with the old ones can't be read any more"});
    if (const auto made = platform::makePrivateFolder(*folder); !made) return console.failed(made.error());
    const auto written = platform::writePrivateFile(path, contract::configTemplate(contract::makeFreshSecrets()));
    if (!written) return console.failed(written.error());
    console.output().document(json::Object{{"path", path}});
    console.output().line("Wrote " + path + " with fresh secrets. Keep a copy of ENCRYPTION_KEY elsewhere.");
    return Exit::Ok;
}

struct Resolved {
    std::string file;
    Settings settings;
};

Result<Resolved> resolve(const Console& console, const std::string& envFile) {
    const auto folder = console.dataFolder();
    if (!folder) return fail(folder.error());
    const auto layers = app::readLayers(envFile, *folder);
    if (!layers) return fail(layers.error());
    auto settings = Settings::resolve(*layers);
    if (!settings) return fail(settings.error());
    return Resolved{.file = layers->file ? layers->file->path : std::string(), .settings = std::move(*settings)};
}

Exit check(Console& console, const std::string& envFile) {
    const auto resolved = resolve(console, envFile);
    if (!resolved) return console.failed(resolved.error());
    json::Array notices;
    for (const std::string& notice : resolved->settings.notices()) {
        notices.emplace_back(notice);
        console.output().line("Note: " + text(notice, 1000));
    }
    console.output().document(
        json::Object{{"ok", true}, {"file", json::orNull(resolved->file)}, {"notices", std::move(notices)}});
    console.output().line(resolved->file.empty() ? "There is no .env file; the settings are good."
                                                 : resolved->file + " is good.");
    return Exit::Ok;
}

Exit show(Console& console, const std::string& envFile) {
    const auto resolved = resolve(console, envFile);
    if (!resolved) return console.failed(resolved.error());
    json::Array items;
    Table table({"NAME", "VALUE", "SOURCE", "EFFECT", "MEANING"});
    for (const Settings::Shown& row : resolved->settings.show()) {
        items.push_back(json::Object{{"name", row.name},
                                     {"value", row.value},
                                     {"source", row.source},
                                     {"effect", row.effect},
                                     {"meaning", row.meaning}});
        table.add({row.name, row.value, row.source, row.effect, row.meaning});
    }
    console.output().document(json::Object{{"items", std::move(items)}});
    table.print(console.output(), "");
    return Exit::Ok;
}

Exit generate(Console& console) {
    const auto secrets = contract::makeFreshSecrets();
    console.output().document(
        json::Object{{"ENCRYPTION_KEY", secrets.encryptionKey.reveal()}, {"JWT_SECRET_KEY", secrets.jwtKey.reveal()}});
    console.output().line("ENCRYPTION_KEY=" + std::string(secrets.encryptionKey.reveal()));
    console.output().line("JWT_SECRET_KEY=" + std::string(secrets.jwtKey.reveal()));
    return Exit::Ok;
}

}  // namespace

void addConfig(CLI::App& root, Action& chosen) {
    CLI::App* config = addNoun(root, "config", "The .env file and the settings; needs no engine");
    auto force = std::make_shared<bool>(false);
    CLI::App* verb = addVerb(*config, chosen, "init", "Write a commented .env with fresh secrets into the data folder",
                             [force](Console& console) { return init(console, *force); });
    verb->add_flag("--force", *force, "Replace the one that is there");
    const auto addReading = [&](const char* name, const char* description, Exit (*act)(Console&, const std::string&)) {
        auto file = std::make_shared<std::string>();
        CLI::App* reading =
            addVerb(*config, chosen, name, description, [file, act](Console& console) { return act(console, *file); });
        reading->add_option("--env-file", *file, "Another file than DIR/.env or ./.env")->type_name("FILE");
    };
    addReading("check", "Say everything that would keep the engine from starting", check);
    addReading("show", "Show every name, its value, where it comes from and what it does", show);

    CLI::App* secrets = addNoun(root, "secrets", "Secrets of the settings; needs no engine");
    addVerb(*secrets, chosen, "generate", "Print a fresh ENCRYPTION_KEY and JWT_SECRET_KEY", generate);
}

}  // namespace postroom::ctl
