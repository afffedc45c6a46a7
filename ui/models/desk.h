// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What every screen is handed, and what a screen is.

#include "ui/models/link.h"
#include "ui/models/notices.h"

#include <any>
#include <QWidget>

namespace postroom::ui {

enum class Place { Overview, Accounts, Messages, Keys, Sandbox, Compose };

struct Desk {
    Link& link;
    Notices& notices;
    /// Goes to a screen, there to what `what` names: an id, or "new" for the form of a new one; empty: just there.
    std::function<void(Place place, const QString& what)> go;
    /// Under which name layouts are kept: one for each engine.
    QString profile;
    /// What is being composed, which outlives the screen that shows it; only that screen knows what is in it.
    std::any draft = {};
    /// Parent of what goes on when the screen that began it is gone. They end with the desk, when the link may be gone.
    std::unique_ptr<QObject> jobs = std::make_unique<QObject>();

    /// The name a table keeps its columns under.
    [[nodiscard]] QString layoutOf(const char* table) const {
        return profile + QLatin1Char('/') + QString::fromLatin1(table);
    }
};

/// One page of the window. Built when it is first shown, built anew when the language changes or another engine is
/// attached; disabled and greyed, not emptied, while the link is lost.
class Screen : public QWidget {
    Q_OBJECT

public:
    explicit Screen(Desk& desk) : m_desk(desk) {}
    /// See Desk::go.
    virtual void open(const QString& /*what*/) {}

protected:
    [[nodiscard]] Desk& desk() { return m_desk; }
    [[nodiscard]] Link& link() { return m_desk.link; }

private:
    Desk& m_desk;
};

}  // namespace postroom::ui
