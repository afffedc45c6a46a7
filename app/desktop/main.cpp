// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// postroom: the window, with an engine inside or attached to one elsewhere.

#include "app/common/data_folder.h"
#include "app/common/hardening.h"
#include "app/common/settings_files.h"
#include "app/common/signals.h"
#include "app/desktop/desktop.h"
#include "app/desktop/session_end.h"
#include "app/desktop/single_window.h"
#include "engine/base/text.h"
#include "engine/observe/log.h"
#include "ui/shell/preferences.h"

#include <unistd.h>
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <QApplication>

namespace {

using namespace postroom;

constexpr int exitFailed = 1;
constexpr int exitUsage = 2;

struct Flags {
    std::string dataFolder, connect;
    bool minimized = false;
};

int refuse(const Error& error) {
    if (error.fields.empty())
        std::fprintf(stderr, "postroom: %s\n",
                     error.detail.empty() ? std::string(title(error.code)).c_str() : error.detail.c_str());
    for (const FieldError& field : error.fields) std::fprintf(stderr, "postroom: %s\n", field.detail.c_str());
    return exitFailed;
}

int run(QApplication& application, const Flags& flags, const std::string& folder) {
    auto layers = app::readLayers({}, folder);
    if (!layers) return refuse(layers.error());
    auto settings = contract::Settings::resolve(*layers);
    if (!settings) return refuse(settings.error());
    observe::LogSettings log;
    log.level = settings->boolean("DEBUG") ? "DEBUG" : settings->text("LOG_LEVEL");
    if (auto started = observe::startLog(log); !started) return refuse(started.error());

    std::unique_ptr<app::SingleWindow> single;
    if (flags.connect.empty()) {
        auto taken = app::SingleWindow::take(folder);
        // Raised the other: that is what the second start was for.
        if (!taken && taken.error().code == ErrorCode::StorageOwned) return 0;
        if (!taken) return refuse(taken.error());
        single = std::move(*taken);
    }
    ui::Preferences preferences(application);
    app::Desktop desktop({.dataFolder = folder,
                          .layers = std::move(*layers),
                          .settings = std::move(*settings),
                          .connect = toQString(flags.connect),
                          .minimized = flags.minimized},
                         preferences);
    if (single) single->onRaise([&desktop] { desktop.window().raiseNow(); });
    const app::Signals listening{[&desktop](int signal) {
        if (signal == SIGHUP) return desktop.reload();
        desktop.quit();
    }};
    const app::SessionEnd sessionEnd(application, [&desktop] { desktop.quitAndWait(); });
    desktop.begin();
    const int code = QApplication::exec();
    std::signal(SIGINT, [](int) { ::_exit(exitFailed); });
    std::signal(SIGTERM, [](int) { ::_exit(exitFailed); });
    return code;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App cli{
        "Postroom: sends an organisation's notification mail; its window, with the engine inside or attached."};
    Flags flags;
    auto* data =
        cli.add_option("--data-dir", flags.dataFolder, "Where the engine keeps what it owns")->option_text("DIR");
    cli.add_option("--connect", flags.connect, "Attach to the engine at this address")
        ->option_text("URL")
        ->excludes(data);
    cli.add_flag("--minimized", flags.minimized, "Start without coming to the front");
    cli.set_version_flag("--version", std::string("postroom ") + POSTROOM_VERSION);
    try {
        cli.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return cli.exit(error) == 0 ? 0 : exitUsage;
    }
    app::harden();
    const auto folder = app::dataFolder(flags.dataFolder);
    if (!folder) return refuse(folder.error());
    // Qt's own event loop: GLib's costs the engine's threads 5 us a request more.
    ::qputenv("QT_NO_GLIB", "1");
    QApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("Postroom"));
    QApplication::setApplicationName(QStringLiteral("postroom"));
    QApplication::setApplicationVersion(QStringLiteral(POSTROOM_VERSION));
    QApplication::setQuitOnLastWindowClosed(false);
    const int code = run(application, flags, *folder);
    observe::stopLog();
    return code;
}
