// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The dialog that adds a mail account or changes one. It stays open until the engine has taken it.
//
// An answer that comes after the dialog was closed is told as a notice: nothing fails unheard.

#include "engine/contract/resources.h"
#include "ui/models/desk.h"

#include <QDialog>

class QPushButton;
class QScrollArea;

namespace postroom::ui {

class AccountFields;
class Banner;

class AccountForm : public QDialog {
    Q_OBJECT

public:
    /// Without `seen` it adds one.
    AccountForm(Desk& desk, std::optional<contract::Account> seen, QWidget* parent);

signals:
    /// The engine has it.
    void saved(const QString& id);
    /// The same, by the button that also wants it tested.
    void testWanted(const QString& id, const QString& email);

private:
    void build();
    void save(bool thenTest);
    void setBusy(bool isBusy);
    void taken(const contract::Account& account, bool thenTest);
    void refused(const Error& error);
    void showWrong();
    void loadAgain();
    [[nodiscard]] QString curl() const;
    [[nodiscard]] QString ctl() const;

    Desk& m_desk;
    std::optional<contract::Account> m_seen;
    Banner* m_banner;
    QScrollArea* m_scroll;
    AccountFields* m_fields;
    QPushButton *m_saveAndTest, *m_save;
    QPointer<QWidget> m_hadFocus;  ///< before it was busy
};

}  // namespace postroom::ui
