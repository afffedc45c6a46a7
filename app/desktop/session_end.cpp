// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/desktop/session_end.h"

#include <QEvent>
#include <QSessionManager>

namespace postroom::app {

SessionEnd::SessionEnd(QGuiApplication& application, std::function<void()> ended) : m_ended(std::move(ended)) {
    application.installEventFilter(this);
    // Whether it starts with the next session is its autostart's business, and Qt's own "-session ID" no flag of ours.
    connect(
        &application, &QGuiApplication::commitDataRequest, this,
        [](QSessionManager& session) { session.setRestartHint(QSessionManager::RestartNever); }, Qt::DirectConnection);
}

bool SessionEnd::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::Quit || watched != QCoreApplication::instance()) return false;
    // Qt would ask every window to close, and this one asks back.
    event->accept();
    m_ended();
    return true;
}

}  // namespace postroom::app
