// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A Table over a PagedTable: loads more when the view nears the end, tells the model what is seen, and knows what the
// user has chosen by its id. What the model does to its rows never chooses another one. The ui thread.

#include "ui/models/paged_table.h"

#include <QPointer>

namespace postroom::ui {

class Table;

class PagedView : public QObject {
    Q_OBJECT

public:
    /// Sets the model; the view lives as long as the table.
    PagedView(Table& table, PagedTable& rows);

    /// Selects this row if it is loaded, and shows it; none otherwise. Says nothing.
    void choose(const QString& id);
    /// Scrolls to what is chosen once the layout has settled: the table may just have become smaller.
    void keepInView();
    /// Back to the top, with what is new there.
    void showNewest();

signals:
    /// The user moved to this row, and stayed a moment.
    void moved(const QString& id);
    /// The user clicked it, or pressed Return.
    void opened(const QString& id);

private:
    void follow();
    void noteSeen();
    [[nodiscard]] bool isNearEnd() const;

    Table& m_table;
    PagedTable& m_rows;
    QString m_chosen;
    QTimer m_settle;
    bool m_rowsMove = false;  ///< Qt moves the current row when it goes: that is not the user's choice
};

}  // namespace postroom::ui
