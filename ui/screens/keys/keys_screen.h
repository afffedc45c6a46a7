// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The API keys by which programs sign in: who has one, what it may do, when it was last used.

#include "ui/models/desk.h"
#include "ui/models/paged_rows.h"

class QPushButton;

namespace postroom::ui {

class KeyForm;
class RowList;

class KeysScreen : public Screen {
    Q_OBJECT

public:
    explicit KeysScreen(Desk& desk);
    void open(const QString& what) override;

private:
    void build();
    QWidget* buildActs();
    void showSelected();
    [[nodiscard]] const contract::ApiKey* selected() const;

    void add();
    void create(KeyForm& form);
    void created(const contract::ApiKey& key);
    void copyKey();
    void rotate();
    void revoke();

    PagedRows<contract::ApiKey>* m_rows;
    RowList* m_list;
    QPushButton *m_copyKey, *m_rotate, *m_revoke;
};

}  // namespace postroom::ui
