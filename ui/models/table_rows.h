// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Rows of structs as a table: what each column says of one, and how new rows take the place of old ones without moving
// what is selected. PagedRows lies over it, and PlainRows where the whole list is at hand. The ui thread.

#include "engine/base/text.h"
#include "engine/contract/codec.h"
#include "ui/models/row_diff.h"
#include "ui/widgets/plain.h"

#include <functional>
#include <QAbstractTableModel>

namespace postroom::ui {

/// One column: what a cell says, and what may be said about it.
template <typename T>
struct Column {
    QString title;
    std::function<QString(const T&)> text;
    /// Answers for other roles (Table's CellRole, Qt::ToolTipRole); may be empty.
    std::function<QVariant(const T&, int role)> more{};
    Qt::Alignment alignment = Qt::AlignLeft | Qt::AlignVCenter;
};

/// `Base` is the model it becomes: QAbstractTableModel, or PagedTable.
template <typename T, typename Base>
class TableRows : public Base {
public:
    template <typename... Arguments>
    TableRows(std::vector<Column<T>> columns, std::function<std::string(const T&)> id, Arguments&&... base)
        : Base(std::forward<Arguments>(base)...), m_columns(std::move(columns)), m_id(std::move(id)) {}

    [[nodiscard]] const T& at(int row) const { return m_rows[static_cast<std::size_t>(row)]; }
    [[nodiscard]] const std::vector<T>& rows() const { return m_rows; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
    }
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : static_cast<int>(m_columns.size());
    }
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override {
        if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) return {};
        const Column<T>& column = m_columns[static_cast<std::size_t>(section)];
        if (role == Qt::DisplayRole) return column.title;
        if (role == Qt::TextAlignmentRole) return QVariant(column.alignment);
        return {};
    }
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override {
        if (!index.isValid() || index.row() >= rowCount()) return {};
        const Column<T>& column = m_columns[static_cast<std::size_t>(index.column())];
        const T& row = at(index.row());
        // Measuring a cell of 10 kB at each paint is felt; no cell shows as much as this.
        if (role == Qt::DisplayRole) return column.text(row).left(500);
        if (role == Qt::TextAlignmentRole) return QVariant(column.alignment);
        if (column.more)
            if (QVariant answer = column.more(row, role); answer.isValid()) return answer;
        // What is cut off in its cell can be read whole.
        if (role == Qt::ToolTipRole) return toolTipOf(column.text(row));
        return {};
    }

protected:
    [[nodiscard]] std::string idOf(const T& row) const { return m_id(row); }

    /// Makes these the rows, with as few steps as there can be.
    void become(std::vector<T> rows) {
        QStringList before, after;
        for (const T& row : m_rows) before.append(toQString(m_id(row)));
        for (const T& row : rows) after.append(toQString(m_id(row)));
        const auto changed = [&](qsizetype b, qsizetype a) {
            return contract::toJson(m_rows[static_cast<std::size_t>(b)]) !=
                   contract::toJson(rows[static_cast<std::size_t>(a)]);
        };
        for (const RowStep& step : rowDiff(before, after, changed)) {
            const auto first = static_cast<int>(step.at), last = static_cast<int>(step.at + step.count - 1);
            const auto at = m_rows.begin() + step.at;
            const auto from = rows.begin() + step.at;
            switch (step.kind) {
                case RowStep::Remove:
                    this->beginRemoveRows({}, first, last);
                    m_rows.erase(at, at + step.count);
                    this->endRemoveRows();
                    break;
                case RowStep::Insert:
                    this->beginInsertRows({}, first, last);
                    m_rows.insert(at, from, from + step.count);
                    this->endInsertRows();
                    break;
                case RowStep::Change:
                    std::copy(from, from + step.count, at);
                    emit this->dataChanged(this->index(first, 0), this->index(last, columnCount() - 1));
                    break;
            }
        }
    }

private:
    std::vector<Column<T>> m_columns;
    std::function<std::string(const T&)> m_id;
    std::vector<T> m_rows;
};

/// A list that is at hand as a whole.
template <typename T>
class PlainRows final : public TableRows<T, QAbstractTableModel> {
public:
    PlainRows(std::vector<Column<T>> columns, std::function<std::string(const T&)> id, QObject* parent = nullptr)
        : TableRows<T, QAbstractTableModel>(std::move(columns), std::move(id), parent) {}
    void show(std::vector<T> rows) { this->become(std::move(rows)); }
};

}  // namespace postroom::ui
