// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The window: navigation, the strip, banners, one screen at a time. Shows one engine through one Link and knows nothing
// of what carries it; whoever made the window (its Port) decides which engine that is and what closing means.
//
// The ui thread. Screens are made when they are first shown and made anew when language, theme or engine change.

#include "ui/models/desk.h"
#include "ui/shell/connect_dialog.h"

#include <array>
#include <QMainWindow>

class QButtonGroup;
class QMenu;
class QStackedWidget;
class QVBoxLayout;

namespace postroom::ui {

class ActivityPanel;
class Banner;
class ConnectionStrip;
class Preferences;

class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    /// What the program around the window does for it.
    class Port {
    public:
        virtual ~Port() = default;
        /// Engines one may go to: this computer's first, then those attached to lately.
        [[nodiscard]] virtual QList<EngineAddress> addresses() const = 0;
        /// The one whose link the window has; an empty url: this computer's.
        [[nodiscard]] virtual EngineAddress shown() const { return {}; }
        /// Attaches to one of them, or to a new one; an empty url is this computer's. Calls MainWindow::attach().
        virtual void choose(const EngineAddress& address, const Secret& secret) = 0;
        /// Takes one out of addresses() for good.
        virtual void forget(const EngineAddress& /*address*/) {}
        /// The window was asked to close; it stays until MainWindow::letClose().
        virtual void closeAsked() = 0;
    };

    MainWindow(Port& port, Preferences& preferences);
    ~MainWindow() override;

    /// Shows this engine from now on. `profile` is what its layouts are kept under.
    void attach(std::unique_ptr<Link> link, const QString& profile);
    /// The same for an engine that does not run yet: whoever starts it dials.
    void attachUndialled(std::unique_ptr<Link> link, const QString& profile);
    [[nodiscard]] Link* link() { return m_link.get(); }
    [[nodiscard]] Notices& notices() { return m_notices; }
    /// A banner over everything, of the program itself; an empty text clears it. While it stands the window says
    /// nothing of a lost link: the program knows better why. `act` may take the banner away.
    void say(Tone tone, const QString& text, const QString& action = {}, std::function<void()> act = {});
    /// What say() said last.
    [[nodiscard]] const QString& said() const { return m_said.text; }
    void go(Place place, const QString& what = {});
    [[nodiscard]] Place place() const { return m_place; }
    /// Asks for another engine's address and secret, starting from what is known of it.
    void askForEngine(const EngineAddress& known);
    /// Comes to the front.
    void raiseNow();
    /// Closes without asking anybody.
    void letClose();

protected:
    void closeEvent(QCloseEvent* event) override;

private:
    void build();
    void clearContents();
    [[nodiscard]] QWidget* buildNavigation();
    void fillMenus();
    void fillEngines();
    [[nodiscard]] Screen* screenAt(Place place);
    void showLink();
    void enableScreens(bool enabled);
    void noteError(Tone tone, const QString& text);
    void showError();
    void keepGeometry();
    void about();

    Port& m_port;
    Preferences& m_preferences;
    Notices m_notices;
    std::unique_ptr<Link> m_link;
    std::unique_ptr<Desk> m_desk;
    Place m_place = Place::Overview;
    bool m_mayClose = false;
    bool m_isActivityOpen = false;
    QString m_error;  ///< the last that went wrong, until it is dismissed

    // Of the built contents; they die with the central widget.
    QStackedWidget* m_stack = nullptr;
    QButtonGroup* m_navigation = nullptr;
    ConnectionStrip* m_strip = nullptr;
    ActivityPanel* m_activity = nullptr;
    Banner* m_programBanner = nullptr;
    Banner* m_linkBanner = nullptr;
    Banner* m_errorBanner = nullptr;
    std::array<Screen*, 6> m_screens{};
    struct Said {
        Tone tone = Tone::Calm;
        QString text, action;
        std::function<void()> act;
    } m_said;
};

}  // namespace postroom::ui
