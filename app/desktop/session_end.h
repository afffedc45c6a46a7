// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The end of the desktop's session, told from everything that may still be taken back.
//
// QGuiApplication::commitDataRequest is no end: it also comes for a checkpoint, and before some other program cancels
// the logoff, and QSessionManager tells neither apart (the protocol's "shutdown" flag does not reach it). What follows
// when the session really ends is QEvent::Quit at the application; the window asks for nothing else that sends one.
// How long the session waits from then on can't be known. Where there is no session manager (Wayland, most of today's
// desktops), SIGTERM is all that comes.
//
// The ui thread.

#include <functional>
#include <QGuiApplication>

namespace postroom::app {

class SessionEnd : public QObject {
public:
    /// `ended` is called once the session ends and returns when the program may be killed; it makes the program exit.
    SessionEnd(QGuiApplication& application, std::function<void()> ended);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    std::function<void()> m_ended;
};

}  // namespace postroom::app
