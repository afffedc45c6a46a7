// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// One act on all messages that a search finds: counted first, asked with the numbers, then done page after page, with
// its end in the notices. The ui thread.

#include "ui/models/desk.h"

namespace postroom::ui {

class BulkAct : public QObject {
    Q_OBJECT

public:
    /// The question stands over `parent`.
    BulkAct(Desk& desk, QWidget* parent) : QObject(parent), m_desk(desk), m_parent(parent) {}
    /// `action`: cancel, retry, release; `search` in the engine's language, not empty. One at a time.
    void begin(const std::string& action, const std::string& search);
    [[nodiscard]] bool isRunning() const { return m_isRunning; }

signals:
    /// It began or ended.
    void changed();

private:
    void ask(bool dryRun, const std::string& cursor);
    void question(const contract::BulkResult& would);
    void come(const contract::BulkResult& page);
    void end();

    Desk& m_desk;
    QWidget* m_parent;
    std::string m_action, m_search;
    bool m_isRunning = false;
    bool m_isBrokenOff = false;
    int m_notice = 0;
    std::int64_t m_recipients = 0, m_messages = 0;
};

}  // namespace postroom::ui
