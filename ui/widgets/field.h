// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// One line of a form: a label, its editor, and under it what is wrong with it or what it is for.

#include <QWidget>

class QLabel;

namespace postroom::ui {

class Field : public QWidget {
    Q_OBJECT

public:
    /// Takes `editor` over. `hint` stands under it while nothing is wrong; `name` is the field's name on the wire, by
    /// which an engine's refusal finds it.
    Field(const QString& name, const QString& label, QWidget* editor, const QString& hint = {},
          QWidget* parent = nullptr);

    [[nodiscard]] const QString& name() const { return m_name; }
    [[nodiscard]] QWidget* editor() const { return m_editor; }
    /// Empty: nothing is wrong.
    void setWrong(const QString& reason);
    [[nodiscard]] QString wrong() const { return m_wrong; }
    void setHint(const QString& hint);

private:
    void showText();

    QString m_name;
    QString m_hint;
    QString m_wrong;
    QWidget* m_editor;
    QLabel* m_text;
};

}  // namespace postroom::ui
