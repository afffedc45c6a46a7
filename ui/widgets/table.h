// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The one way Postroom shows rows: whole rows selected, columns that can be moved, sized and hidden, badges and bars.
//
// A model says how a cell is drawn by the roles below; a cell with none of them is text.

#include "ui/widgets/tone.h"

#include <QMap>
#include <QTableView>

namespace postroom::ui {

enum CellRole {
    /// int(Tone): the cell's text is drawn as a badge.
    ToneRole = Qt::UserRole + 1,
    /// double, 0..1: how full a bar behind the text is; below 0 or absent: no bar.
    FillRole,
};

class Table : public QTableView {
    Q_OBJECT

public:
    /// `name` keeps the layout of its columns apart from other tables'.
    explicit Table(const QString& name, QWidget* parent = nullptr);
    /// After the model was set: widths in average characters, in the order of its columns; 0 takes what is left. Where
    /// there is not room for all of them they give way as far as their headers allow; the one that takes the rest keeps
    /// enough to be read. What the user chooses is kept.
    void setColumnWidths(const QList<int>& characters);

signals:
    /// The view came near the last row that is loaded.
    void endIsNear();
    /// Of the scroll bar: at its top, or not any more.
    void topChanged(bool atTop);

protected:
    void changeEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void chooseColumns(const QPoint& where);
    void fitColumns();
    void keepLayout();
    [[nodiscard]] int charactersWide(int characters) const;
    void noteSized(int column, int width);
    [[nodiscard]] int wantedWidth(int column) const;

    QString m_name;
    QList<int> m_characters;  ///< a column; 0: takes what is left
    QMap<int, int> m_sized;   ///< widths the user chose, by column
    int m_dragged = -1;       ///< the column the user is sizing: it doesn't give way
    bool m_fitting = false;   ///< sizes change by our own doing
    bool m_atTop = true;
};

}  // namespace postroom::ui
