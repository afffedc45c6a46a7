// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The mail accounts: how each one stands, and everything that can be done to one.

#include "ui/models/desk.h"
#include "ui/models/paged_rows.h"

class QPushButton;

namespace postroom::ui {

class AccountPanel;
class CopyAsButton;
class RowList;

class AccountsScreen : public Screen {
    Q_OBJECT

public:
    explicit AccountsScreen(Desk& desk);
    void open(const QString& what) override;

private:
    void build();
    QWidget* buildActs();
    void buildKeys();
    void addCommands(CopyAsButton& copyAs);
    void showSelected();
    [[nodiscard]] const contract::Account* selected() const;

    void add();
    void edit();
    void test();
    void toggle();
    void remove();
    void showForm(std::optional<contract::Account> seen);
    void showTest(const Id& id, const QString& email);
    template <typename Call>
    void act(Call call, const QString& done);

    PagedRows<contract::Account>* m_rows;
    RowList* m_list;
    AccountPanel* m_panel;
    QPushButton *m_edit, *m_test, *m_toggle, *m_remove;
    CopyAsButton* m_copyAs;
};

}  // namespace postroom::ui
