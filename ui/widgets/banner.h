// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A line across the top of what it speaks of: something went wrong or needs a hand, and what can be done.

#include "ui/widgets/tone.h"

#include <functional>
#include <QFrame>

class QLabel;
class QPushButton;

namespace postroom::ui {

class Banner : public QFrame {
    Q_OBJECT

public:
    explicit Banner(QWidget* parent = nullptr);
    /// Shows `text` (plain, any length: it wraps). An empty `action` shows no button.
    void say(Tone tone, const QString& text, const QString& action = {}, std::function<void()> act = {});
    void clear();
    [[nodiscard]] QString text() const;

private:
    QLabel* m_sign;
    QLabel* m_text;
    QPushButton* m_action;
    std::function<void()> m_act;
};

}  // namespace postroom::ui
