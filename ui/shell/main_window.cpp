// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/shell/main_window.h"

#include "ui/models/wording.h"
#include "ui/screens/accounts/accounts_screen.h"
#include "ui/screens/compose/compose_screen.h"
#include "ui/screens/keys/keys_screen.h"
#include "ui/screens/messages/messages_screen.h"
#include "ui/screens/overview/overview_screen.h"
#include "ui/screens/sandbox/sandbox_screen.h"
#include "ui/shell/activity_panel.h"
#include "ui/shell/connection_strip.h"
#include "ui/shell/preferences.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/icon.h"

#include <QActionGroup>
#include <QButtonGroup>
#include <QCloseEvent>
#include <QDialog>
#include <QLabel>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>
#include <QShortcut>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace postroom::ui {

namespace {

constexpr std::array places{Place::Overview, Place::Messages, Place::Accounts,
                            Place::Keys,     Place::Sandbox,  Place::Compose};

std::size_t indexOf(Place place) {
    return static_cast<std::size_t>(std::find(places.begin(), places.end(), place) - places.begin());
}

const char* iconOf(Place place) {
    switch (place) {
        case Place::Overview: return "overview";
        case Place::Accounts: return "accounts";
        case Place::Messages: return "messages";
        case Place::Keys: return "keys";
        case Place::Sandbox: return "sandbox";
        case Place::Compose: return "compose";
    }
    return "about";
}

// What asking again soon does not heal, but another key or address does.
bool wantsAnotherAddress(ErrorCode code) {
    return code == ErrorCode::CredentialsRejected || code == ErrorCode::Unauthorized || code == ErrorCode::TlsFailed;
}

}  // namespace

MainWindow::MainWindow(Port& port, Preferences& preferences) : m_port(port), m_preferences(preferences) {
    setWindowIcon(icon("postroom"));
    setMinimumSize(900, 620);
    resize(1280, 800);
    const QByteArray kept = QSettings().value(QStringLiteral("window/geometry")).toByteArray();
    if (!kept.isEmpty()) restoreGeometry(kept);
    connect(&m_preferences, &Preferences::changed, this, &MainWindow::build);
    for (std::size_t i = 0; i < places.size(); ++i) {
        auto* key = new QShortcut(QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + static_cast<int>(i))), this);
        connect(key, &QShortcut::activated, this, [this, i] { go(places[i]); });
    }
    auto* quit = new QShortcut(QKeySequence::Quit, this);
    connect(quit, &QShortcut::activated, this, &QWidget::close);
}

MainWindow::~MainWindow() {
    clearContents();
}

void MainWindow::clearContents() {
    // Screens speak to the link and the notices until their end, when the banners that show it may be gone already.
    disconnect(&m_notices, &Notices::told, this, nullptr);
    delete takeCentralWidget();
    m_screens.fill(nullptr);
    m_programBanner = m_linkBanner = m_errorBanner = nullptr;
}

void MainWindow::attach(std::unique_ptr<Link> link, const QString& profile) {
    attachUndialled(std::move(link), profile);
    m_link->dial();
}

void MainWindow::attachUndialled(std::unique_ptr<Link> link, const QString& profile) {
    clearContents();
    // It was of the engine before.
    m_error.clear();
    m_link = std::move(link);
    m_desk.reset(new Desk{.link = *m_link,
                          .notices = m_notices,
                          .go = [this](Place place, const QString& what) { go(place, what); },
                          .profile = profile});
    connect(m_link.get(), &Link::stateChanged, this, &MainWindow::showLink);
    build();
}

void MainWindow::build() {
    if (!m_desk) return;
    clearContents();
    auto* all = new QWidget(this);
    auto* column = new QVBoxLayout(all);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_strip = new ConnectionStrip(*m_desk, all);
    column->addWidget(m_strip);
    auto* row = new QHBoxLayout;
    row->setSpacing(0);
    column->addLayout(row, 1);
    row->addWidget(buildNavigation());
    auto* middle = new QVBoxLayout;
    middle->setSpacing(0);
    row->addLayout(middle, 1);
    auto* banners = new QVBoxLayout;
    banners->setContentsMargins(0, 0, 0, 0);
    middle->addLayout(banners);
    for (Banner** banner : {&m_programBanner, &m_linkBanner, &m_errorBanner}) {
        *banner = new Banner(all);
        (*banner)->setContentsMargins(0, 0, 0, 0);
        banners->addWidget(*banner);
    }
    m_stack = new QStackedWidget(all);
    middle->addWidget(m_stack, 1);
    m_activity = new ActivityPanel(m_notices, all);
    m_activity->setVisible(m_isActivityOpen);
    row->addWidget(m_activity);
    m_strip->activityButton()->setChecked(m_isActivityOpen);
    connect(m_strip->activityButton(), &QToolButton::toggled, this, [this](bool open) {
        m_isActivityOpen = open;
        m_activity->setVisible(open);
    });
    connect(&m_notices, &Notices::told, this, &MainWindow::noteError);
    setCentralWidget(all);
    fillMenus();
    say(m_said.tone, m_said.text, m_said.action, m_said.act);
    showError();
    go(m_place);
}

QWidget* MainWindow::buildNavigation() {
    auto* side = new QWidget(this);
    side->setObjectName(QStringLiteral("navigation"));
    side->setAttribute(Qt::WA_StyledBackground);
    side->setFixedWidth(184);
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(10, 14, 10, 14);
    column->setSpacing(4);
    const QString names[] = {tr("Overview"), tr("Messages"), tr("Mail accounts"),
                             tr("API keys"), tr("Sandbox"),  tr("Send a test mail")};
    delete m_navigation;
    m_navigation = new QButtonGroup(this);
    for (std::size_t i = 0; i < places.size(); ++i) {
        auto* button = new QPushButton(icon(iconOf(places[i])), names[i], side);
        button->setProperty("role", QStringLiteral("nav"));
        button->setCheckable(true);
        button->setIconSize(QSize(18, 18));
        button->setToolTip(QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + static_cast<int>(i)))
                               .toString(QKeySequence::NativeText));
        button->setAccessibleName(names[i]);
        m_navigation->addButton(button, static_cast<int>(i));
        column->addWidget(button);
    }
    connect(m_navigation, &QButtonGroup::idClicked, this, [this](int id) { go(places[static_cast<std::size_t>(id)]); });
    column->addStretch(1);
    return side;
}

void MainWindow::fillEngines() {
    auto* engines = new QMenu(m_strip);
    const QList<EngineAddress> addresses = m_port.addresses();
    // Later, all of them: another engine takes this menu away, which is still at work on the click.
    for (const EngineAddress& address : addresses) {
        const QString name = address.url.isEmpty() ? tr("This computer") : address.url;
        connect(
            engines->addAction(name), &QAction::triggered, this,
            [this, address] {
                if (address.url.isEmpty())
                    m_port.choose(address, {});
                else
                    askForEngine(address);
            },
            Qt::QueuedConnection);
    }
    engines->addSeparator();
    connect(
        engines->addAction(tr("Connect to another engine…")), &QAction::triggered, this, [this] { askForEngine({}); },
        Qt::QueuedConnection);
    QMenu* forget = nullptr;
    for (const EngineAddress& address : addresses) {
        // The one that is shown would come back at once.
        if (address.url.isEmpty() || address.url == m_port.shown().url) continue;
        if (!forget) forget = engines->addMenu(tr("Forget"));
        connect(
            forget->addAction(address.url), &QAction::triggered, this,
            [this, address] {
                m_port.forget(address);
                fillEngines();
            },
            Qt::QueuedConnection);
    }
    if (QMenu* before = m_strip->engineButton()->menu()) before->deleteLater();
    m_strip->engineButton()->setMenu(engines);
}

void MainWindow::fillMenus() {
    fillEngines();
    auto* menu = new QMenu(m_strip);
    QMenu* language = menu->addMenu(tr("Language"));
    // Each by its own name, so that whoever landed in the wrong one finds the way back.
    const std::pair<QString, QString> languages[] = {{QString(), tr("As the system")},
                                                     {QStringLiteral("en"), QStringLiteral("English")},
                                                     {QStringLiteral("zh_CN"), QStringLiteral("简体中文")}};
    auto* oneLanguage = new QActionGroup(menu);
    for (const auto& [code, name] : languages) {
        QAction* choice = language->addAction(name);
        choice->setCheckable(true);
        choice->setChecked(code == m_preferences.language());
        oneLanguage->addAction(choice);
        // Later: building anew takes this menu away.
        connect(
            choice, &QAction::triggered, &m_preferences, [this, code = code] { m_preferences.setLanguage(code); },
            Qt::QueuedConnection);
    }
    QMenu* theme = menu->addMenu(tr("Theme"));
    const std::pair<Theme, QString> themes[] = {
        {Theme::System, tr("As the system")}, {Theme::Light, tr("Light")}, {Theme::Dark, tr("Dark")}};
    auto* oneTheme = new QActionGroup(menu);
    for (const auto& [value, name] : themes) {
        QAction* choice = theme->addAction(name);
        choice->setCheckable(true);
        choice->setChecked(value == m_preferences.theme());
        oneTheme->addAction(choice);
        connect(
            choice, &QAction::triggered, &m_preferences, [this, value = value] { m_preferences.setTheme(value); },
            Qt::QueuedConnection);
    }
    menu->addSeparator();
    connect(menu->addAction(tr("About Postroom")), &QAction::triggered, this, &MainWindow::about);
    connect(menu->addAction(tr("Quit")), &QAction::triggered, this, &QWidget::close, Qt::QueuedConnection);
    m_strip->menuButton()->setMenu(menu);
}

Screen* MainWindow::screenAt(Place place) {
    Screen*& screen = m_screens[indexOf(place)];
    if (screen) return screen;
    switch (place) {
        case Place::Overview: screen = new OverviewScreen(*m_desk); break;
        case Place::Accounts: screen = new AccountsScreen(*m_desk); break;
        case Place::Messages: screen = new MessagesScreen(*m_desk); break;
        case Place::Keys: screen = new KeysScreen(*m_desk); break;
        case Place::Sandbox: screen = new SandboxScreen(*m_desk); break;
        case Place::Compose: screen = new ComposeScreen(*m_desk); break;
    }
    m_stack->addWidget(screen);
    return screen;
}

void MainWindow::go(Place place, const QString& what) {
    m_place = place;
    if (!m_desk) return;
    Screen* screen = screenAt(place);
    m_stack->setCurrentWidget(screen);
    m_navigation->button(static_cast<int>(indexOf(place)))->setChecked(true);
    if (!what.isEmpty()) screen->open(what);
}

void MainWindow::showLink() {
    const Link& link = *m_link;
    setWindowTitle(link.url().isEmpty() ? tr("Postroom") : tr("Postroom – %1").arg(link.url()));
    const bool lost = link.state() == Link::State::Lost;
    // Greyed, not emptied: what was known stays readable until the engine is back.
    enableScreens(!lost);
    if (!lost || !m_said.text.isEmpty()) return m_linkBanner->clear();
    const int seconds = link.secondsToRetry();
    const QString next = seconds > 0 ? tr("Trying again in %n s.", nullptr, seconds) : tr("Trying again…");
    const QString text =
        tr("%1 %2", "what went wrong, then when it is tried again").arg(errorText(link.trouble()), next);
    if (const EngineAddress shown = m_port.shown(); !shown.url.isEmpty() && wantsAnotherAddress(link.trouble().code))
        return m_linkBanner->say(Tone::Bad, text, tr("Check address and key…"), [this, shown] { askForEngine(shown); });
    m_linkBanner->say(Tone::Bad, text, tr("Try now"), [this] { m_link->dial(); });
}

void MainWindow::enableScreens(bool enabled) {
    if (m_stack->isEnabled() == enabled) return;
    // Dialogs are children of their screens, but what was typed, or a secret that is shown this once, is still needed.
    // They would lose the focus with their screen and not get it back.
    std::vector<std::pair<QDialog*, QWidget*>> dialogs;
    for (auto* dialog : m_stack->findChildren<QDialog*>()) dialogs.emplace_back(dialog, dialog->focusWidget());
    m_stack->setEnabled(enabled);
    for (const auto& [dialog, focused] : dialogs) {
        dialog->setEnabled(true);
        if (focused) focused->setFocus();
    }
}

void MainWindow::noteError(Tone tone, const QString& text) {
    // What goes well later does not undo it.
    if (tone != Tone::Bad) return;
    m_error = text;
    showError();
}

void MainWindow::showError() {
    if (m_error.isEmpty()) return m_errorBanner->clear();
    m_errorBanner->say(Tone::Bad, m_error, tr("Dismiss"), [this] {
        m_error.clear();
        m_errorBanner->clear();
    });
}

void MainWindow::say(Tone tone, const QString& text, const QString& action, std::function<void()> act) {
    m_said = {.tone = tone, .text = text, .action = action, .act = act};
    if (!m_programBanner) return;
    if (text.isEmpty())
        m_programBanner->clear();
    else
        // Later: what it does may take the banner away, or give it another act, under the click.
        m_programBanner->say(tone, text, action, [this, act = std::move(act)] {
            if (act) QMetaObject::invokeMethod(this, act, Qt::QueuedConnection);
        });
    showLink();
}

void MainWindow::askForEngine(const EngineAddress& known) {
    auto* dialog = new ConnectDialog(known, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(
        dialog, &QDialog::accepted, this, [this, dialog] { m_port.choose(dialog->address(), dialog->secret()); },
        Qt::DirectConnection);
    dialog->open();
}

void MainWindow::raiseNow() {
    if (isMinimized()) showNormal();
    show();
    raise();
    activateWindow();
}

void MainWindow::letClose() {
    m_mayClose = true;
    close();
}

void MainWindow::closeEvent(QCloseEvent* event) {
    keepGeometry();
    if (m_mayClose) return QMainWindow::closeEvent(event);
    event->ignore();
    m_port.closeAsked();
}

void MainWindow::keepGeometry() {
    QSettings().setValue(QStringLiteral("window/geometry"), saveGeometry());
}

void MainWindow::about() {
    auto* box = new QMessageBox(this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(tr("About Postroom"));
    box->setIconPixmap(icon("postroom").pixmap(48, 48));
    box->setTextFormat(Qt::PlainText);
    box->setText(tr("Postroom %1").arg(QCoreApplication::applicationVersion()));
    const QString engine = m_link->engineVersion();
    box->setInformativeText(
        tr("Sends an organisation's notification mail: none lost, none twice if it can be helped.\n\n"
           "Engine: %1 at %2\nQt %3\n\n"
           "Free software under the GNU General Public License, version 3 or later.")
            .arg(engine.isEmpty() ? tr("not connected") : engine, m_link->url(), QString::fromLatin1(qVersion())));
    box->open();
}

}  // namespace postroom::ui
