// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/widgets/table.h"

#include "ui/widgets/badge.h"

#include <QApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>
#include <QSettings>
#include <QStyledItemDelegate>

namespace postroom::ui {

namespace {

class CellDelegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const QVariant tone = index.data(ToneRole);
        const QVariant fill = index.data(FillRole);
        QStyleOptionViewItem bare = option;
        initStyleOption(&bare, index);
        const QString text = std::exchange(bare.text, QString());
        QApplication::style()->drawControl(QStyle::CE_ItemViewItem, &bare, painter, option.widget);
        if (tone.isValid())
            Badge::paint(*painter, option.rect.adjusted(6, 1, -4, -1), text, static_cast<Tone>(tone.toInt()),
                         option.font);
        else if (fill.isValid() && fill.toDouble() >= 0)
            paintBar(*painter, option, text, fill.toDouble());
        else
            paintText(*painter, bare, text);
    }

private:
    // As far from the edge as the header's text: the style puts it nearer, where columns run into each other.
    static void paintText(QPainter& painter, const QStyleOptionViewItem& option, const QString& text) {
        const bool selected = option.state & QStyle::State_Selected;
        const QRect room = option.rect.adjusted(7, 0, -7, 0);
        const bool enabled = option.state & QStyle::State_Enabled;
        QApplication::style()->drawItemText(&painter, room, static_cast<int>(option.displayAlignment), option.palette,
                                            enabled,
                                            option.fontMetrics.elidedText(text, option.textElideMode, room.width()),
                                            selected ? QPalette::HighlightedText : QPalette::Text);
    }

    static void paintBar(QPainter& painter, const QStyleOptionViewItem& option, const QString& text, double fill) {
        const bool selected = option.state & QStyle::State_Selected;
        const QRect room = option.rect.adjusted(6, 0, -6, 0);
        const QRect bar(room.left(), room.bottom() - 6, room.width(), 3);
        painter.save();
        painter.setPen(Qt::NoPen);
        // On the selection's ground only its own ink can be told apart.
        QColor track = colours().calmTint, ink = fill >= 1     ? colours().bad
                                                 : fill >= 0.8 ? colours().warn
                                                               : colours().busy;
        if (selected) {
            track = ink = colours().onAccent;
            track.setAlpha(80);
        }
        painter.setBrush(track);
        painter.drawRect(bar);
        painter.setBrush(ink);
        painter.drawRect(QRect(bar.topLeft(), QSize(static_cast<int>(bar.width() * qBound(0.0, fill, 1.0)), 3)));
        painter.setPen(selected ? colours().onAccent : colours().text);
        painter.drawText(room.adjusted(0, 0, 0, -7), Qt::AlignVCenter | Qt::AlignRight,
                         option.fontMetrics.elidedText(text, Qt::ElideRight, room.width()));
        painter.restore();
    }
};

}  // namespace

Table::Table(const QString& name, QWidget* parent) : QTableView(parent), m_name(name) {
    setItemDelegate(new CellDelegate(this));
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setShowGrid(false);
    setAlternatingRowColors(true);
    setWordWrap(false);
    setTabKeyNavigation(false);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 16);
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    horizontalHeader()->setSectionsMovable(true);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    horizontalHeader()->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(horizontalHeader(), &QWidget::customContextMenuRequested, this, &Table::chooseColumns);
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, [this](int value) {
        const QScrollBar* bar = verticalScrollBar();
        if (value >= bar->maximum() - bar->pageStep()) emit endIsNear();
        if (const bool atTop = value == bar->minimum(); atTop != m_atTop) emit topChanged(m_atTop = atTop);
    });
}

void Table::setColumnWidths(const QList<int>& characters) {
    // Of a digit: the average of a font with Chinese in it is that of its ideographs.
    const int unit = fontMetrics().horizontalAdvance(QLatin1Char('0'));
    for (int column = 0; column < characters.size(); ++column) {
        if (characters[column] > 0)
            setColumnWidth(column, characters[column] * unit + 20);
        else
            horizontalHeader()->setSectionResizeMode(column, QHeaderView::Stretch);
    }
    QSettings settings;
    const QByteArray kept = settings.value(QStringLiteral("tables/") + m_name).toByteArray();
    if (!kept.isEmpty()) horizontalHeader()->restoreState(kept);
    connect(horizontalHeader(), &QHeaderView::sectionResized, this, &Table::keepLayout, Qt::UniqueConnection);
    connect(horizontalHeader(), &QHeaderView::sectionMoved, this, &Table::keepLayout, Qt::UniqueConnection);
}

void Table::keyPressEvent(QKeyEvent* event) {
    // Return opens what is selected, as a double click does.
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && currentIndex().isValid())
        emit activated(currentIndex());
    else
        QTableView::keyPressEvent(event);
}

void Table::chooseColumns(const QPoint& where) {
    QMenu menu(this);
    for (int column = 0; column < model()->columnCount(); ++column) {
        QAction* choice = menu.addAction(model()->headerData(column, Qt::Horizontal).toString());
        choice->setCheckable(true);
        choice->setChecked(!isColumnHidden(column));
        // The first one says what a row is.
        choice->setEnabled(column > 0);
        connect(choice, &QAction::toggled, this, [this, column](bool shown) {
            setColumnHidden(column, !shown);
            keepLayout();
        });
    }
    menu.exec(horizontalHeader()->mapToGlobal(where));
}

void Table::keepLayout() {
    QSettings().setValue(QStringLiteral("tables/") + m_name, horizontalHeader()->saveState());
}

}  // namespace postroom::ui
