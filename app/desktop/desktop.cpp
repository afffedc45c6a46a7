// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/desktop/desktop.h"

#include "app/common/data_folder.h"
#include "engine/base/text.h"
#include "engine/client/control_file.h"
#include "engine/client/http_transport.h"
#include "engine/contract/settings_address.h"
#include "ui/models/wording.h"

#include <QApplication>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>
#include <QTcpServer>

namespace postroom::app {

namespace {

using namespace std::chrono_literals;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(postroom::app::Desktop)
};

constexpr int mostRemembered = 8;
// Whoever closes a window does not wait longer for an engine that does not answer.
constexpr auto patience = 3s;
// From the end of STOP_GRACE on, for what is written then.
constexpr auto afterGrace = 2s;
const QString rememberedKey = QStringLiteral("engines");
const QString hereProfile = QStringLiteral("here");

Result<ui::Link::Dialled> dialHttp(client::HttpTransport::Options options, const QStringList& ctlArguments) {
    const QString url = toQString(options.url);
    auto transport = client::HttpTransport::make(std::move(options));
    if (!transport) return fail(transport.error());
    return ui::Link::Dialled{.transport = std::move(*transport), .url = url, .ctlArguments = ctlArguments};
}

// postroomctl finds the usual folder by itself.
QStringList ctlArgumentsOf(const std::string& folder) {
    const auto usual = dataFolder({});
    if (usual && *usual == folder) return {};
    return {QStringLiteral("--data-dir"), toQString(folder)};
}

QStringList ctlArgumentsOf(const ui::EngineAddress& address) {
    QStringList arguments{QStringLiteral("--url"), address.url};
    if (!address.fingerprint.isEmpty()) arguments << QStringLiteral("--fingerprint") << address.fingerprint;
    // Its secret is read from POSTROOM_SECRET: standard input belongs to the command's own.
    return arguments << QStringLiteral("--key") << address.key;
}

void keep(const QList<ui::EngineAddress>& all) {
    QSettings settings;
    // A shorter list would leave the end of the longer one behind.
    settings.remove(rememberedKey);
    settings.beginWriteArray(rememberedKey);
    for (int i = 0; i < qMin<int>(static_cast<int>(all.size()), mostRemembered); ++i) {
        settings.setArrayIndex(i);
        settings.setValue(QStringLiteral("url"), all[i].url);
        settings.setValue(QStringLiteral("key"), all[i].key);
        settings.setValue(QStringLiteral("fingerprint"), all[i].fingerprint);
    }
    settings.endArray();
}

// The next port from 8001 on that nobody listens on; 0: none of a thousand.
int freePort() {
    for (int port = 8001; port < 9000; ++port)
        if (QTcpServer server; server.listen(QHostAddress::LocalHost, static_cast<quint16>(port))) return port;
    return 0;
}

}  // namespace

Desktop::Desktop(Start start, ui::Preferences& preferences) : m_start(std::move(start)), m_window(*this, preferences) {
    m_patience.setSingleShot(true);
    m_patience.setInterval(patience);
    QObject::connect(&m_patience, &QTimer::timeout, &m_window, [this] { closeAnswered(std::nullopt); });
}

Desktop::~Desktop() = default;

void Desktop::begin() {
    attachHere();
    if (m_start.connect.isEmpty()) {
        startEngine();
    } else {
        // What is here stands behind the question, and after it where it is cancelled.
        m_window.link()->dial();
        ui::EngineAddress known{.url = m_start.connect, .key = {}, .fingerprint = {}};
        for (const ui::EngineAddress& address : addresses())
            if (address.url == known.url) known = address;
        m_window.askForEngine(known);
    }
    if (m_start.minimized)
        m_window.showMinimized();
    else
        m_window.show();
}

void Desktop::startEngine() {
    m_saysNoneRuns = false;
    m_window.say(ui::Tone::Busy, Words::tr("Starting…"));
    if (m_engine.isStarting()) return;
    host::HostSettings settings{
        .settings = m_start.settings, .dataFolder = m_start.dataFolder, .version = POSTROOM_VERSION};
    settings.failed = [this](const Error& error) {
        m_hasFailed = true;
        m_window.say(
            ui::Tone::Bad,
            Words::tr("The engine had to stop: %1 Nothing that was accepted is lost.").arg(ui::errorText(error)),
            Words::tr("Quit"), [this] { quit(1); });
    };
    m_engine.start(std::move(settings), [this](const Result<void>& result) { started(result); });
}

void Desktop::started(const Result<void>& result) {
    if (m_quitting) return;
    // Another engine has the folder: the window shows that one. One that has the same PostgreSQL database from
    // elsewhere left no word here.
    const bool isThere = result || (result.error().code == ErrorCode::StorageOwned &&
                                    client::ControlFile::read(m_start.dataFolder).has_value());
    if (!m_shown.url.isEmpty()) {
        // The window went elsewhere meanwhile.
        if (!isThere)
            m_window.notices().tell(ui::Tone::Bad,
                                    Words::tr("The engine could not start. %1").arg(ui::errorText(result.error())));
        return;
    }
    if (!isThere)
        sayWhyNotStarted(result.error());
    else if (!m_hasFailed)
        m_window.say(ui::Tone::Calm, {});
    m_window.link()->dial();
}

void Desktop::sayWhyNotStarted(const Error& error) {
    if (error.code == ErrorCode::Unavailable)
        m_window.say(ui::Tone::Bad,
                     Words::tr("Another program listens on %1, so no program can post mail to this one. Close that "
                               "program and start again, or use another port.")
                         .arg(toQString(m_start.settings.text("API_LISTEN"))),
                     Words::tr("Use another port"), [this] { useAnotherPort(); });
    else
        m_window.say(ui::Tone::Bad, Words::tr("The engine could not start. %1").arg(ui::errorText(error)),
                     Words::tr("Try again"), [this] { startEngine(); });
}

void Desktop::useAnotherPort() {
    const int port = freePort();
    if (port == 0) return;
    m_start.layers.flags["API_LISTEN"] = "127.0.0.1:" + std::to_string(port);
    auto settings = contract::Settings::resolve(m_start.layers);
    if (!settings) return m_window.say(ui::Tone::Bad, ui::errorText(settings.error()));
    m_start.settings = std::move(*settings);
    startEngine();
}

void Desktop::attachHere() {
    m_shown = {};
    m_window.attachUndialled(std::make_unique<ui::Link>([this] { return dialHere(); }), hereProfile);
}

Result<ui::Link::Dialled> Desktop::dialHere() {
    if (m_engine.isRunning()) {
        auto transport = m_engine.transport();
        if (!transport) return fail(transport.error());
        return ui::Link::Dialled{.transport = std::move(*transport),
                                 .url = toQString(m_engine.url()),
                                 .ctlArguments = ctlArgumentsOf(m_start.dataFolder)};
    }
    // Not inside: perhaps an engine of this folder runs beside the window. Read anew each time, for its token.
    auto control = client::ControlFile::read(m_start.dataFolder);
    if (!control && control.error().code == ErrorCode::NotFound) {
        sayNoneRuns();
        return fail(ErrorCode::Unavailable, "no engine runs on " + m_start.dataFolder);
    }
    if (std::exchange(m_saysNoneRuns, false)) m_window.say(ui::Tone::Calm, {});
    if (!control) return fail(control.error());
    return dialHttp({.url = control->url,
                     .fingerprint = control->fingerprint,
                     .credentials = client::LocalToken{std::move(control->token)}},
                    ctlArgumentsOf(m_start.dataFolder));
}

void Desktop::sayNoneRuns() {
    // Whatever stands there already says why.
    if (!m_window.said().isEmpty()) return;
    m_saysNoneRuns = true;
    m_window.say(ui::Tone::Warn, Words::tr("No engine runs on this computer."), Words::tr("Start it"),
                 [this] { startEngine(); });
}

QList<ui::EngineAddress> Desktop::addresses() const {
    QList<ui::EngineAddress> all = remembered();
    // As it is used now. One that never worked yet is not remembered, but it may only want a letter changed.
    all.removeIf([this](const ui::EngineAddress& known) { return known.url == m_shown.url; });
    if (!m_shown.url.isEmpty()) all.prepend(m_shown);
    all.prepend(ui::EngineAddress{});
    return all;
}

QList<ui::EngineAddress> Desktop::remembered() {
    QList<ui::EngineAddress> all;
    QSettings settings;
    const int count = settings.beginReadArray(rememberedKey);
    for (int i = 0; i < qMin(count, mostRemembered); ++i) {
        settings.setArrayIndex(i);
        all.append({.url = settings.value(QStringLiteral("url")).toString(),
                    .key = settings.value(QStringLiteral("key")).toString(),
                    .fingerprint = settings.value(QStringLiteral("fingerprint")).toString()});
    }
    return all;
}

void Desktop::remember(const ui::EngineAddress& address) {
    QList<ui::EngineAddress> all = remembered();
    all.removeIf([&](const ui::EngineAddress& known) { return known.url == address.url; });
    all.prepend(address);
    keep(all);
}

void Desktop::forget(const ui::EngineAddress& address) {
    QList<ui::EngineAddress> all = remembered();
    all.removeIf([&](const ui::EngineAddress& known) { return known.url == address.url; });
    keep(all);
}

void Desktop::choose(const ui::EngineAddress& address, const Secret& secret) {
    if (address.url.isEmpty()) {
        attachHere();
        if (!m_engine.isRunning()) return startEngine();
        return m_window.link()->dial();
    }
    m_saysNoneRuns = false;
    m_window.say(ui::Tone::Calm, {});
    m_shown = address;
    auto link = std::make_unique<ui::Link>([address, secret] {
        return dialHttp({.url = toUtf8(address.url),
                         .fingerprint = toUtf8(address.fingerprint),
                         .credentials = client::KeyPair{toUtf8(address.key), secret}},
                        ctlArgumentsOf(address));
    });
    // Not before: a mistyped one is not worth a place in the list.
    QObject::connect(link.get(), &ui::Link::stateChanged, link.get(),
                     [this, address, link = link.get(), isKept = false]() mutable {
                         if (isKept || link->state() != ui::Link::State::Online) return;
                         isKept = true;
                         remember(address);
                     });
    m_window.attach(std::move(link), address.url);
}

void Desktop::closeAsked() {
    if (m_quitting || m_asking || m_question) return;
    if (!m_engine.isRunning()) return quit();
    m_asking = true;
    m_patience.start();
    m_own = std::make_unique<ui::Link>([this] { return dialHere(); });
    m_own->dial();
    m_own->ask(
        &m_window, [](client::EngineClient& engine) { return engine.queueStatus(); },
        [this](const Result<contract::QueueStatus>& queue) {
            if (!queue) return closeAnswered(std::nullopt);
            std::int64_t waiting = 0;
            for (const char* state : {"queued", "sending", "scheduled"})
                if (const auto found = queue->recipients.find(state); found != queue->recipients.end())
                    waiting += found->second;
            closeAnswered(waiting);
        });
}

void Desktop::closeAnswered(std::optional<std::int64_t> waiting) {
    if (!std::exchange(m_asking, false)) return;
    m_patience.stop();
    // Later: the link itself may be calling.
    m_own.release()->deleteLater();
    if (m_quitting) return;
    if (waiting == 0) return quit();
    askBeforeClosing(waiting);
}

void Desktop::askBeforeClosing(std::optional<std::int64_t> waiting) {
    auto* box = new QMessageBox(&m_window);
    m_question = box;
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setIcon(QMessageBox::Question);
    box->setWindowTitle(Words::tr("Mail is still moving"));
    box->setText(waiting ? Words::tr("%n recipient(s) still wait for their mail.", nullptr, static_cast<int>(*waiting))
                         : Words::tr("It can't be said how much mail still waits: the engine does not answer."));
    box->setInformativeText(
        Words::tr("While Postroom does not run nothing is sent. Nothing is lost: it goes on at the next start."));
    QPushButton* quitButton = box->addButton(Words::tr("Quit"), QMessageBox::DestructiveRole);
    QPushButton* minimize = box->addButton(Words::tr("Keep running in the background"), QMessageBox::AcceptRole);
    box->addButton(QMessageBox::Cancel);
    box->setDefaultButton(minimize);
    QObject::connect(box, &QMessageBox::finished, &m_window, [this, box, quitButton, minimize] {
        m_question.clear();
        if (box->clickedButton() == quitButton) quit();
        if (box->clickedButton() == minimize) m_window.showMinimized();
    });
    box->open();
}

void Desktop::quit(int code) {
    if (m_quitting) return;
    m_quitting = true;
    m_window.say(ui::Tone::Busy, Words::tr("Postroom finishes what it has begun and stops…"));
    const std::chrono::seconds grace{m_start.settings.integer("STOP_GRACE")};
    m_engine.stop(grace, [this, code] {
        m_isStopped = true;
        m_window.letClose();
        QCoreApplication::exit(code);
    });
}

void Desktop::quitAndWait() {
    quit();
    const std::chrono::seconds grace{m_start.settings.integer("STOP_GRACE")};
    // What it may take before STOP_GRACE begins: calls of the window, then the server's last requests.
    QDeadlineTimer deadline(2 * std::min<std::chrono::seconds>(grace, 5s) + grace + afterGrace);
    // Wakes the loop when the deadline is over. No QEventLoop: what stops the program ends its loops for good.
    QTimer wake;
    wake.start(100ms);
    while (!m_isStopped && !deadline.hasExpired())
        QCoreApplication::processEvents(QEventLoop::ExcludeUserInputEvents | QEventLoop::WaitForMoreEvents);
}

}  // namespace postroom::app
