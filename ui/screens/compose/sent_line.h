// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What became of the mail that was sent last: its id and its state, followed until it ends.

#include "ui/models/desk.h"

#include <QFrame>

namespace postroom::ui {

class Badge;
class LineLabel;

class SentLine : public QFrame {
    Q_OBJECT

public:
    explicit SentLine(Desk& desk, QWidget* parent = nullptr);
    void follow(const Id& message);

private:
    void look();
    void lookSoon();
    void show(const contract::Message& message);

    Desk& m_desk;
    Id m_id;
    bool m_ended = false;
    QTimer m_pace;
    Badge* m_state;
    LineLabel* m_text;
};

}  // namespace postroom::ui
