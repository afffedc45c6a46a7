// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/models/paged_view.h"

#include "ui/widgets/table.h"

#include <QHeaderView>
#include <QScrollBar>

namespace postroom::ui {

using namespace std::chrono_literals;

PagedView::PagedView(Table& table, PagedTable& rows) : QObject(&table), m_table(table), m_rows(rows) {
    m_settle.setSingleShot(true);
    m_settle.setInterval(120ms);
    connect(&m_settle, &QTimer::timeout, this, [this] { emit moved(m_chosen); });
    // Before the selection model connects: it moves the current row while the rows are about to go.
    connect(&rows, &QAbstractItemModel::rowsAboutToBeRemoved, this, [this] { m_rowsMove = true; });
    table.setModel(&rows);
    connect(&rows, &QAbstractItemModel::rowsRemoved, this, [this] {
        m_rowsMove = false;
        choose(m_chosen);
    });
    connect(&rows, &QAbstractItemModel::rowsInserted, this, [this] {
        if (m_chosen.isEmpty() || m_table.selectionModel()->hasSelection()) return;
        choose(m_chosen);
        // It was chosen before it was there: now it can be shown.
        keepInView();
    });
    connect(table.selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& current) {
        if (m_rowsMove || !current.isValid()) return;
        m_chosen = m_rows.idAt(current.row());
        m_settle.start();
    });
    const auto open = [this](const QModelIndex& index) {
        if (!index.isValid()) return;
        m_settle.stop();
        m_chosen = m_rows.idAt(index.row());
        emit opened(m_chosen);
    };
    connect(&table, &QAbstractItemView::clicked, this, open);
    connect(&table, &QAbstractItemView::activated, this, open);
    connect(&table, &Table::endIsNear, &rows, [&rows] {
        if (!rows.searchedBackTo()) rows.more();
    });
    connect(table.verticalScrollBar(), &QScrollBar::valueChanged, this, &PagedView::noteSeen);
    connect(&rows, &PagedTable::statusChanged, this, &PagedView::follow);
}

void PagedView::choose(const QString& id) {
    m_settle.stop();
    m_chosen = id;
    const int row = id.isEmpty() ? -1 : m_rows.rowOf(id);
    const bool moving = std::exchange(m_rowsMove, true);
    if (row < 0) {
        m_table.selectionModel()->clear();
    } else if (m_table.currentIndex().row() != row || !m_table.selectionModel()->hasSelection()) {
        m_table.setCurrentIndex(m_rows.index(row, 0));
        m_table.selectRow(row);
    }
    m_rowsMove = moving;
}

void PagedView::keepInView() {
    QTimer::singleShot(0, this, [this] {
        if (m_table.selectionModel()->hasSelection()) m_table.scrollTo(m_table.currentIndex());
    });
}

void PagedView::showNewest() {
    m_table.scrollToTop();
    m_rows.showNewest();
}

void PagedView::follow() {
    noteSeen();
    // What came while a page was under way, or did not fill the view. A load that failed is not repeated by itself, and
    // a search that ran out of time goes on when it is told to.
    if (!m_rows.trouble() && !m_rows.searchedBackTo() && m_rows.hasMore() && isNearEnd()) m_rows.more();
}

void PagedView::noteSeen() {
    const int row = m_table.rowAt(0);
    // rowAt() looks at the layout, which lags behind the rows; at the scroll bar's top there is no doubt.
    const QScrollBar* bar = m_table.verticalScrollBar();
    m_rows.setFirstSeen(bar->value() == bar->minimum() ? 0 : qMax(0, row));
}

bool PagedView::isNearEnd() const {
    // The scroll bar's range lags behind the rows as the layout does; its value is a row.
    const int seen = m_table.viewport()->height() / qMax(1, m_table.verticalHeader()->defaultSectionSize()) + 1;
    return m_table.isVisible() && m_table.verticalScrollBar()->value() + 2 * seen >= m_rows.rowCount();
}

}  // namespace postroom::ui
