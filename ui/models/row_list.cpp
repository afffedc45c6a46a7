// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/models/row_list.h"

#include "ui/models/wording.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/card.h"
#include "ui/widgets/table.h"

#include <QStackedWidget>
#include <QVBoxLayout>

namespace postroom::ui {

RowList::RowList(PagedTable& rows, const Link& link, const QString& layout, const char* iconName, Empty empty,
                 QWidget* parent)
    : QWidget(parent),
      m_rows(rows),
      m_empty(std::move(empty)),
      m_trouble(new Banner(this)),
      m_pages(new QStackedWidget(this)),
      m_table(new Table(layout, this)),
      m_nothing(new EmptyState(iconName, this)),
      m_view(new PagedView(*m_table, rows)) {
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_trouble);
    all->addWidget(m_pages, 1);
    m_pages->addWidget(m_table);
    m_pages->addWidget(m_nothing);
    connect(m_table, &QAbstractItemView::activated, this, &RowList::chosen);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &RowList::selectedChanged);
    connect(&m_rows, &QAbstractItemModel::dataChanged, this, [this](const QModelIndex& first, const QModelIndex& last) {
        if (const int row = selectedRow(); row >= first.row() && row <= last.row()) emit selectedChanged();
    });
    connect(&m_rows, &PagedTable::statusChanged, this, &RowList::showStatus);
    if (link.state() == Link::State::Online) m_rows.refresh();
    showStatus();
}

int RowList::selectedRow() const {
    const QModelIndexList rows = m_table->selectionModel()->selectedRows();
    return rows.isEmpty() ? -1 : rows.first().row();
}

void RowList::select(const QString& id) {
    m_view->choose(id);
}

void RowList::showStatus() {
    const bool isEmpty = m_rows.rowCount() == 0;
    m_pages->setCurrentWidget(isEmpty ? static_cast<QWidget*>(m_nothing) : m_table);
    if (isEmpty) sayWhyEmpty();
    if (!isEmpty && m_rows.trouble())
        m_trouble->say(Tone::Warn, errorText(*m_rows.trouble()), tr("Try again"), [this] { m_rows.refresh(); });
    else
        m_trouble->clear();
}

void RowList::sayWhyEmpty() {
    if (m_rows.trouble())
        return m_nothing->say(tr("The list can't be read"), errorText(*m_rows.trouble()), tr("Try again"),
                              [this] { m_rows.refresh(); });
    if (m_rows.isLoading()) return m_nothing->say(tr("Reading the list…"), {});
    m_nothing->say(m_empty.title, m_empty.text, m_empty.action, m_empty.act);
}

}  // namespace postroom::ui
