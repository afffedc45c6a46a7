// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The head of a message's details: what it is, what it waits for, and what can be done with it.

#include "ui/models/desk.h"

class QGridLayout;
class QLabel;
class QPushButton;

namespace postroom::ui {

class Badge;
class LineLabel;

/// Recipients that POST .../retry would try now.
[[nodiscard]] std::int64_t retriable(const contract::Message& message);
/// Recipients that wait for a person's decision.
[[nodiscard]] std::int64_t heldIn(const contract::Message& message);
/// Recipients that POST .../cancel would cancel.
[[nodiscard]] std::int64_t cancellable(const contract::Message& message);

class MessageFacts : public QWidget {
    Q_OBJECT

public:
    explicit MessageFacts(Desk& desk, QWidget* parent = nullptr);
    void show(const contract::Message& message);
    /// Before the message has come: its id alone.
    void showId(const QString& id);

signals:
    /// Something was changed: what is shown may be out of date.
    void acted();
    void left();

private:
    LineLabel* addFact(QGridLayout* grid, int row, int column, const QString& name);
    [[nodiscard]] QWidget* buildActs();
    /// Retries, cancels, releases or drops, as the button says.
    void act(QPushButton* button);
    void askToCancel();
    void showActs(bool onlyHeld);
    void askToDecide(QPushButton* button);
    [[nodiscard]] static QString labelsOf(const contract::Message& message);

    Desk& m_desk;
    QString m_id;
    std::int64_t m_cancellable = 0, m_held = 0;
    Badge* m_state;
    Badge* m_sandbox;
    LineLabel* m_subject;
    QLabel* m_waiting;
    QLabel* m_labels;
    QPushButton* m_retry;
    QPushButton* m_cancel;
    QPushButton* m_release;
    QPushButton* m_drop;
    LineLabel *m_from, *m_created, *m_size, *m_messageId, *m_expires, *m_idLine;
};

}  // namespace postroom::ui
