// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// One act on all messages that a search finds: counted first, asked with the numbers, then done page after page, with
// its end in the notices. The ui thread.
//
// There is one at a desk, and it lives as long: a screen that is built anew does not stop half way what somebody
// said yes to.

#include "ui/models/desk.h"

#include <QPointer>

namespace postroom::ui {

class BulkAct : public QObject {
    Q_OBJECT

public:
    /// The desk's.
    [[nodiscard]] static BulkAct& of(Desk& desk);
    /// Says what was done, where it is under way.
    ~BulkAct() override;
    /// `action`: cancel, retry, release; `search` in the engine's language, not empty. The question stands over
    /// `parent`; without it there is none, and nothing is done. One at a time.
    void begin(const std::string& action, const std::string& search, QWidget* parent);
    [[nodiscard]] bool isRunning() const { return m_isRunning; }

signals:
    /// It began or ended.
    void changed();

private:
    explicit BulkAct(Desk& desk) : QObject(desk.jobs.get()), m_link(desk.link), m_notices(desk.notices) {}
    void ask(bool dryRun, const std::string& cursor);
    void question(const contract::BulkResult& would);
    void act(const std::string& action, const std::string& search, const std::string& cursor);
    void come(const contract::BulkResult& page);
    void end();
    /// "12 recipients of 3 messages were cancelled."
    [[nodiscard]] QString doneText() const;
    /// Tells that it ended early, and what was done; `why` is a sentence, or empty.
    void breakOff(Tone tone, const QString& why);

    Link& m_link;
    Notices& m_notices;
    QPointer<QWidget> m_parent;
    std::string m_action, m_search;
    bool m_isRunning = false;
    bool m_isBrokenOff = false;
    int m_notice = 0;  ///< while messages are being changed
    std::int64_t m_recipients = 0, m_messages = 0;
};

}  // namespace postroom::ui
