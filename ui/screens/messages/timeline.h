// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Every attempt at one message, newest first, and what the server and Postroom said to each other in the one chosen.

#include "engine/contract/resources.h"
#include "ui/models/table_rows.h"

#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QSplitter;

namespace postroom::ui {

class Banner;
class Table;

class Timeline : public QWidget {
    Q_OBJECT

public:
    /// `layout`: the name its columns are kept under.
    explicit Timeline(const QString& layout, QWidget* parent = nullptr);
    void show(std::vector<contract::Attempt> attempts);
    /// Says in place of attempts why there are none.
    void say(const QString& text);
    /// The same where nothing is shown yet; else beside what is, which may be out of date now.
    void showTrouble(const QString& text, std::function<void()> again);

private:
    void showDialogue();

    PlainRows<contract::Attempt> m_rows;
    Banner* m_trouble;
    QLabel* m_note;
    QSplitter* m_split;
    Table* m_table;
    QPlainTextEdit* m_dialogue;
};

}  // namespace postroom::ui
