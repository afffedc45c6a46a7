// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The sandbox's inbox: what test keys and the account "sandbox" sent, which never left the engine.

#include "ui/models/desk.h"
#include "ui/models/paged_rows.h"

class QLabel;
class QPushButton;
class QStackedWidget;

namespace postroom::ui {

class Banner;
class EmptyState;
class KeptSplitter;
class MailPreview;
class PagedView;
class Table;

class SandboxScreen : public Screen {
    Q_OBJECT

public:
    explicit SandboxScreen(Desk& desk);
    /// A mail's id.
    void open(const QString& what) override;

protected:
    void showEvent(QShowEvent* event) override;

private:
    void build();
    [[nodiscard]] QWidget* buildHead();
    void connectAll();
    void showMail(const QString& id);
    void leaveMail();
    void showStatus();
    void askToEmpty();
    void empty();

    std::unique_ptr<PagedRows<contract::SandboxMail>> m_rows;
    QLabel* m_status;
    QPushButton* m_newer;
    QPushButton* m_clear;
    Banner* m_trouble;
    QStackedWidget* m_pages;
    EmptyState* m_empty;
    KeptSplitter* m_split = nullptr;
    Table* m_table;
    MailPreview* m_mail;
    PagedView* m_view = nullptr;
    QString m_shown;
    int m_round = 0;         ///< counts mails shown: an answer for an older one is not for us
    bool m_isStale = false;  ///< something came while nobody looked
};

}  // namespace postroom::ui
