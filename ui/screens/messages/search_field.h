// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Where an operator types what to look for, in the engine's own language: read here first, so that a wrong word is told
// at once and never asked. Under it stand what is wrong, or while it is being typed the terms there are.

#include "engine/contract/search.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QLineEdit;

namespace postroom::ui {

class SearchField : public QWidget {
    Q_OBJECT

public:
    explicit SearchField(QWidget* parent = nullptr);
    /// What is looked for; as it was while what is typed is wrong.
    [[nodiscard]] const contract::Search& search() const { return m_search; }
    /// What stands in the field is what is looked for: it is not wrong, and nobody is typing.
    [[nodiscard]] bool isSettled() const { return m_wrong.isEmpty() && !m_pause.isActive(); }
    /// The state that is chosen beside the field: what is typed must not name another.
    void setState(std::optional<contract::State> state);
    void clear();
    /// What the engine finds wrong.
    void setWrong(const QString& text);
    [[nodiscard]] QLineEdit* editor() const { return m_editor; }

signals:
    /// Something else is looked for; at most once in a typing pause.
    void searched();
    /// Of isSettled(), or perhaps.
    void settledChanged();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void read();
    void showText();

    QLineEdit* m_editor;
    QLabel* m_text;
    QTimer m_pause;
    contract::Search m_search;
    std::optional<contract::State> m_state;
    QString m_wrong;
};

}  // namespace postroom::ui
