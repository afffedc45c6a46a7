// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What happened and what is under way: the list behind the strip's Activity button.

#include "ui/models/notices.h"

#include <QWidget>

class QVBoxLayout;
class QLabel;

namespace postroom::ui {

class ActivityPanel : public QWidget {
    Q_OBJECT

public:
    explicit ActivityPanel(Notices& notices, QWidget* parent = nullptr);

private:
    void show();
    [[nodiscard]] QWidget* rowOf(const Notices::Notice& notice);

    Notices& m_notices;
    QVBoxLayout* m_rows;
};

}  // namespace postroom::ui
