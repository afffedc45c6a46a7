// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Why a message waits: the sentence, and of each account whether it could carry it now.

#include "engine/contract/resources.h"
#include "ui/models/table_rows.h"

#include <QWidget>

class QLabel;

namespace postroom::ui {

class Banner;
class Table;

class WhyPanel : public QWidget {
    Q_OBJECT

public:
    /// `layout`: the name its columns are kept under.
    explicit WhyPanel(const QString& layout, QWidget* parent = nullptr);
    void show(const contract::Explanation& explanation);
    /// Says in place of an explanation why there is none.
    void say(const QString& text);
    /// The same where nothing is shown yet; else beside what is, which may be out of date now.
    void showTrouble(const QString& text, std::function<void()> again);

private:
    PlainRows<contract::AccountChance> m_rows;
    bool m_isExplained = false;
    Banner* m_trouble;
    QLabel* m_sentence;
    QLabel* m_evidence;  ///< what is known of the last try of what is held
    Table* m_table;
};

}  // namespace postroom::ui
