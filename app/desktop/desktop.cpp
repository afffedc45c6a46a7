// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/desktop/desktop.h"

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

struct Words {
    Q_DECLARE_TR_FUNCTIONS(postroom::app::Desktop)
};

constexpr int mostRemembered = 8;
const QString rememberedKey = QStringLiteral("engines");
const QString hereProfile = QStringLiteral("here");

Result<ui::Link::Dialled> dialHttp(client::HttpTransport::Options options) {
    const QString url = toQString(options.url);
    auto transport = client::HttpTransport::make(std::move(options));
    if (!transport) return fail(transport.error());
    return ui::Link::Dialled{.transport = std::move(*transport), .url = url};
}

// The next port from 8001 on that nobody listens on; 0: none of a thousand.
int freePort() {
    for (int port = 8001; port < 9000; ++port)
        if (QTcpServer server; server.listen(QHostAddress::LocalHost, static_cast<quint16>(port))) return port;
    return 0;
}

}  // namespace

Desktop::Desktop(Start start, ui::Preferences& preferences) : m_start(std::move(start)), m_window(*this, preferences) {}

Desktop::~Desktop() = default;

void Desktop::begin() {
    if (m_start.connect.isEmpty()) {
        attachHere();
        startEngine();
    } else {
        attachHere();
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
    m_window.say(ui::Tone::Busy, Words::tr("Starting…"));
    host::HostSettings settings{
        .settings = m_start.settings, .dataFolder = m_start.dataFolder, .version = POSTROOM_VERSION};
    settings.failed = [this](const Error& error) {
        m_window.say(
            ui::Tone::Bad,
            Words::tr("The engine had to stop: %1 Nothing that was accepted is lost.").arg(ui::errorText(error)),
            Words::tr("Quit"), [this] { quit(1); });
    };
    m_engine.start(std::move(settings), [this](const Result<void>& result) { started(result); });
}

void Desktop::started(const Result<void>& result) {
    if (m_quitting) return;
    m_window.say(ui::Tone::Calm, {});
    // Another engine has the folder: the window shows that one.
    if (result || result.error().code == ErrorCode::StorageOwned) return m_window.link()->dial();
    const Error& error = result.error();
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
    m_window.attach(std::make_unique<ui::Link>([this] { return dialHere(); }), hereProfile);
}

Result<ui::Link::Dialled> Desktop::dialHere() {
    if (m_engine.isRunning()) {
        auto transport = m_engine.transport();
        if (!transport) return fail(transport.error());
        return ui::Link::Dialled{.transport = std::move(*transport), .url = toQString(m_engine.url())};
    }
    // Not inside: perhaps an engine of this folder runs beside the window. Read anew each time, for its token.
    auto control = client::ControlFile::read(m_start.dataFolder);
    if (!control && control.error().code == ErrorCode::NotFound)
        return fail(ErrorCode::Unavailable, "no engine runs on " + m_start.dataFolder);
    if (!control) return fail(control.error());
    return dialHttp({.url = control->url,
                     .fingerprint = control->fingerprint,
                     .credentials = client::LocalToken{std::move(control->token)}});
}

QList<ui::EngineAddress> Desktop::addresses() const {
    QList<ui::EngineAddress> all{ui::EngineAddress{}};
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
    QList<ui::EngineAddress> all = addresses();
    all.removeFirst();
    all.removeIf([&](const ui::EngineAddress& known) { return known.url == address.url; });
    all.prepend(address);
    QSettings settings;
    settings.beginWriteArray(rememberedKey);
    for (int i = 0; i < qMin<int>(static_cast<int>(all.size()), mostRemembered); ++i) {
        settings.setArrayIndex(i);
        settings.setValue(QStringLiteral("url"), all[i].url);
        settings.setValue(QStringLiteral("key"), all[i].key);
        settings.setValue(QStringLiteral("fingerprint"), all[i].fingerprint);
    }
    settings.endArray();
}

void Desktop::choose(const ui::EngineAddress& address, const Secret& secret) {
    if (address.url.isEmpty()) {
        attachHere();
        if (!m_engine.isRunning()) startEngine();
        return;
    }
    remember(address);
    m_window.say(ui::Tone::Calm, {});
    m_window.attach(std::make_unique<ui::Link>([address, secret] {
                        return dialHttp({.url = toUtf8(address.url),
                                         .fingerprint = toUtf8(address.fingerprint),
                                         .credentials = client::KeyPair{toUtf8(address.key), secret}});
                    }),
                    address.url);
}

void Desktop::closeAsked() {
    if (m_quitting || m_asking) return;
    if (!m_engine.isRunning()) return quit();
    m_asking = true;
    m_own = std::make_unique<ui::Link>([this] { return dialHere(); });
    m_own->dial();
    m_own->ask(
        &m_window, [](client::EngineClient& engine) { return engine.queueStatus(); },
        [this](const Result<contract::QueueStatus>& queue) {
            m_asking = false;
            // Later: this is called by the link itself.
            m_own.release()->deleteLater();
            std::int64_t waiting = 0;
            if (queue)
                for (const char* state : {"queued", "sending", "scheduled"})
                    if (const auto found = queue->recipients.find(state); found != queue->recipients.end())
                        waiting += found->second;
            if (waiting == 0) return quit();
            askBeforeClosing(waiting);
        });
}

void Desktop::askBeforeClosing(std::int64_t waiting) {
    auto* box = new QMessageBox(&m_window);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setIcon(QMessageBox::Question);
    box->setWindowTitle(Words::tr("Mail is still moving"));
    box->setText(Words::tr("%n recipient(s) still wait for their mail.", nullptr, static_cast<int>(waiting)));
    box->setInformativeText(
        Words::tr("While Postroom does not run nothing is sent. Nothing is lost: it goes on at the next start."));
    QPushButton* quitButton = box->addButton(Words::tr("Quit"), QMessageBox::DestructiveRole);
    QPushButton* minimize = box->addButton(Words::tr("Keep running in the background"), QMessageBox::AcceptRole);
    box->addButton(QMessageBox::Cancel);
    box->setDefaultButton(minimize);
    QObject::connect(box, &QMessageBox::finished, &m_window, [this, box, quitButton, minimize] {
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
        m_window.letClose();
        QCoreApplication::exit(code);
    });
}

}  // namespace postroom::app
