// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// postroomd: the engine alone.

#include "app/common/data_folder.h"
#include "app/common/hardening.h"
#include "app/common/settings_files.h"
#include "app/common/signals.h"
#include "engine/host/engine_host.h"
#include "engine/observe/log.h"
#include "engine/queue/rule_book.h"

#include <unistd.h>
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <QCoreApplication>

namespace {

using namespace postroom;

constexpr int exitFailed = 1;
constexpr int exitUsage = 2;

struct Flags {
    std::string dataFolder, envFile, listen;
    bool checkConfig = false;
};

int refuse(const Error& error) {
    if (error.fields.empty())
        std::fprintf(stderr, "postroomd: %s\n",
                     error.detail.empty() ? std::string(title(error.code)).c_str() : error.detail.c_str());
    for (const FieldError& field : error.fields) std::fprintf(stderr, "postroomd: %s\n", field.detail.c_str());
    return exitFailed;
}

Result<contract::Settings> readSettings(const Flags& flags, const std::string& folder) {
    auto layers = app::readLayers(flags.envFile, folder);
    if (!layers) return fail(layers.error());
    if (!flags.listen.empty()) layers->flags["API_LISTEN"] = flags.listen;
    return contract::Settings::resolve(*layers);
}

int run(QCoreApplication& application, const contract::Settings& settings, const std::string& folder) {
    observe::LogSettings log;
    log.level = settings.boolean("DEBUG") ? "DEBUG" : settings.text("LOG_LEVEL");
    if (auto started = observe::startLog(log); !started) return refuse(started.error());
    for (const std::string& notice : settings.notices()) qCInfo(observe::logHost, "%s", notice.c_str());

    const std::chrono::seconds grace{settings.integer("STOP_GRACE")};
    std::unique_ptr<host::EngineHost> host;
    // Before the start: a signal that comes meanwhile is answered right after it, by a clean stop.
    const app::Signals listening{[&host](int signal) {
        if (signal != SIGHUP) return QCoreApplication::exit(0);
        if (auto reloaded = host->reload(); !reloaded)
            qCWarning(observe::logHost, "reload: %s", reloaded.error().text().c_str());
    }};
    auto started = host::EngineHost::start({.settings = settings,
                                            .dataFolder = folder,
                                            .version = POSTROOM_VERSION,
                                            .failed = [&application](const Error&) {
                                                QMetaObject::invokeMethod(
                                                    &application, [] { QCoreApplication::exit(exitFailed); },
                                                    Qt::QueuedConnection);
                                            }});
    if (!started) {
        observe::stopLog();
        return refuse(started.error());
    }
    host = std::move(*started);
    const int code = QCoreApplication::exec();
    // From here on a second signal ends the process at once: what matters is on disk already.
    std::signal(SIGINT, [](int) { ::_exit(exitFailed); });
    std::signal(SIGTERM, [](int) { ::_exit(exitFailed); });
    qCInfo(observe::logHost, "stopping");
    host->stop(grace);
    host.reset();
    qCInfo(observe::logHost, "stopped");
    observe::stopLog();
    return code;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App cli{"The Postroom engine: takes mail by HTTP, delivers it through mail accounts, never loses one."};
    Flags flags;
    cli.add_option("--data-dir", flags.dataFolder, "Where the engine keeps what it owns")->option_text("DIR");
    cli.add_option("--env-file", flags.envFile, "Settings; else DIR/.env, else ./.env")->option_text("FILE");
    cli.add_option("--listen", flags.listen, "Address and port of the API")->option_text("ADDR:PORT");
    cli.add_flag("--check-config", flags.checkConfig, "Checks the settings and ends");
    cli.set_version_flag("--version", std::string("postroomd ") + POSTROOM_VERSION);
    try {
        cli.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return cli.exit(error) == 0 ? 0 : exitUsage;
    }
    app::harden();
    const auto folder = app::dataFolder(flags.dataFolder);
    if (!folder) return refuse(folder.error());
    const auto settings = readSettings(flags, *folder);
    if (!settings) return refuse(settings.error());
    if (flags.checkConfig) {
        const SystemClock clock;
        if (const auto rules = queue::RuleBook{*folder, clock}.reload(); !rules) return refuse(rules.error());
        std::puts("The settings are fine.");
        return 0;
    }
    // Qt's own event loop: GLib's costs 5 us a request more.
    ::qputenv("QT_NO_GLIB", "1");
    QCoreApplication application{argc, argv};
    return run(application, *settings, *folder);
}
