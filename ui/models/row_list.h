// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A paged list on a screen: its table with its PagedView, and what stands there while it is empty or can't be read. The
// ui thread.

#include "ui/models/paged_view.h"

#include <QWidget>

class QStackedWidget;

namespace postroom::ui {

class Banner;
class EmptyState;
class Table;

class RowList : public QWidget {
    Q_OBJECT

public:
    struct Empty {
        QString title;
        QString text;
        QString action;  ///< empty: no button
        std::function<void()> act;
    };
    /// `layout` is what the table's columns are kept under. Loads at once where the link is there.
    RowList(PagedTable& rows, const Link& link, const QString& layout, const char* iconName, Empty empty,
            QWidget* parent = nullptr);

    [[nodiscard]] Table* table() { return m_table; }
    /// The selected row; -1: none.
    [[nodiscard]] int selectedRow() const;
    /// Selects it, now or as soon as it is loaded.
    void select(const QString& id);

signals:
    /// Another row is selected, or the selected one reads differently.
    void selectedChanged();
    /// Return or a double click.
    void chosen();

private:
    void showStatus();
    void sayWhyEmpty();

    PagedTable& m_rows;
    Empty m_empty;
    Banner* m_trouble;
    QStackedWidget* m_pages;
    Table* m_table;
    EmptyState* m_nothing;
    PagedView* m_view;
};

}  // namespace postroom::ui
