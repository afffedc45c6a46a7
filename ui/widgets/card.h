// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A framed part of a screen with a title, and what an empty one says.

#include <functional>
#include <QFrame>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace postroom::ui {

class Card : public QFrame {
    Q_OBJECT

public:
    explicit Card(const QString& title = {}, QWidget* parent = nullptr);
    /// Where the contents go.
    [[nodiscard]] QVBoxLayout* body() { return m_body; }

private:
    QVBoxLayout* m_body;
};

/// Stands where a list will be: what it is, and the button that begins it.
class EmptyState : public QWidget {
    Q_OBJECT

public:
    explicit EmptyState(const char* iconName, QWidget* parent = nullptr);
    /// An empty `action` shows no button.
    void say(const QString& title, const QString& text, const QString& action = {}, std::function<void()> act = {});

protected:
    void changeEvent(QEvent* event) override;

private:
    void drawSign();

    const char* m_iconName;
    QLabel* m_sign;
    QLabel* m_title;
    QLabel* m_text;
    QPushButton* m_action;
    std::function<void()> m_act;
};

/// A label in the tone of a side remark.
[[nodiscard]] QLabel* mutedLabel(const QString& text, QWidget* parent = nullptr);
/// The big line at the top of a screen.
[[nodiscard]] QLabel* headingLabel(const QString& text, QWidget* parent = nullptr);

}  // namespace postroom::ui
