// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What there is to know about one account: its state and why, what went wrong last, what it has used of its day.

#include "engine/contract/resources.h"
#include "ui/widgets/card.h"

class QGridLayout;

namespace postroom::ui {

class Badge;

class AccountPanel : public Card {
    Q_OBJECT

public:
    explicit AccountPanel(QWidget* parent = nullptr);
    void show(const contract::Account& account);

private:
    QLabel* row(const QString& name);
    static void fill(QLabel* value, const QString& text);

    QGridLayout* m_grid;
    QLabel* m_email;
    Badge* m_state;
    QLabel *m_why, *m_problem, *m_used, *m_limits, *m_from, *m_server;
};

}  // namespace postroom::ui
