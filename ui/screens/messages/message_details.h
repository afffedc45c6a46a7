// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// One message in full: its head, its recipients, what was tried, the mail itself, and why it waits. Each part is asked
// for when it is first looked at, and again when the engine says that the message has changed; an answer about a
// message that is not shown any more is dropped.

#include "ui/models/desk.h"

#include <QTimer>

class QTabWidget;

namespace postroom::ui {

class Banner;
class DeliveryTable;
class MailPreview;
class MessageFacts;
class Timeline;
class WhyPanel;

class MessageDetails : public QWidget {
    Q_OBJECT

public:
    explicit MessageDetails(Desk& desk, QWidget* parent = nullptr);
    /// Shows another message; the same once more is a refresh.
    void showMessage(const QString& id);
    /// Shows none.
    void clear();
    [[nodiscard]] QString shown() const { return m_shown; }
    /// Asks again, soon, or when it is seen again; many calls become one.
    void refresh();

signals:
    void left();

protected:
    void showEvent(QShowEvent* event) override;

private:
    enum Tab { Recipients, Attempts, Mail, Why };
    void loadMessage();
    void loadTab();
    void loadAttempts();
    void loadMail();
    void loadWhy();
    template <typename Call, typename Receive>
    void ask(Call call, Receive receive);

    Desk& m_desk;
    QString m_shown;
    Id m_id;
    int m_round = 0;             ///< counts messages shown: an answer for an older one is not for us
    bool m_tabIsLoaded[4] = {};  ///< nothing that came since has made it out of date
    bool m_isStale = false;      ///< something came while nobody looked
    QTimer m_pace;
    Banner* m_trouble;
    MessageFacts* m_facts;
    QTabWidget* m_tabs;
    DeliveryTable* m_deliveries;
    Timeline* m_timeline;
    MailPreview* m_mail;
    WhyPanel* m_why;
};

}  // namespace postroom::ui
