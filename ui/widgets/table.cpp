// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/widgets/table.h"

#include "ui/widgets/badge.h"

#include <QApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QResizeEvent>
#include <QScrollBar>
#include <QSettings>
#include <QStyledItemDelegate>
#include <QTimer>

namespace postroom::ui {

namespace {

// What the column that takes the rest has at least: most of an address, or the start of a sentence.
constexpr int leastCharacters = 22;

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
    m_characters = characters;
    m_fitting = true;
    const QSettings settings;
    const QByteArray kept = settings.value(QStringLiteral("tables/") + m_name).toByteArray();
    if (!kept.isEmpty()) horizontalHeader()->restoreState(kept);
    // Not the sizes of that state: some of them had given way to others, in a window of another size.
    const QVariantMap sized = settings.value(QStringLiteral("table_widths/") + m_name).toMap();
    for (auto it = sized.begin(); it != sized.end(); ++it) m_sized[it.key().toInt()] = it.value().toInt();
    for (int column = 0; column < characters.size(); ++column)
        horizontalHeader()->setSectionResizeMode(
            column, characters[column] > 0 ? QHeaderView::Interactive : QHeaderView::Fixed);
    m_fitting = false;
    fitColumns();
    connect(horizontalHeader(), &QHeaderView::sectionResized, this, [this](int column, int before, int width) {
        // Hiding a column sizes it to nothing, and showing it brings it back; the header calls it hidden only after.
        if (before == 0 || width == 0)
            QTimer::singleShot(0, this, &Table::fitColumns);
        else
            noteSized(column, width);
    });
    connect(horizontalHeader(), &QHeaderView::sectionMoved, this, &Table::keepLayout);
}

int Table::charactersWide(int characters) const {
    // Of a digit: the average of a font with Chinese in it is that of its ideographs.
    return characters * fontMetrics().horizontalAdvance(QLatin1Char('0')) + 20;
}

int Table::wantedWidth(int column) const {
    if (const auto sized = m_sized.find(column); sized != m_sized.end()) return *sized;
    if (m_characters[column] == 0) return charactersWide(leastCharacters);
    return qMax(charactersWide(m_characters[column]), horizontalHeader()->sectionSizeHint(column));
}

// Qt's own stretching gives its column what the others leave, down to nothing, and knows no order in which they give
// way.
void Table::fitColumns() {
    QHeaderView& header = *horizontalHeader();
    if (m_characters.isEmpty() || !model() || header.count() != m_characters.size() || m_fitting) return;
    QList<int> widths(m_characters.size(), 0), spare(m_characters.size(), 0);
    int wanted = 0, spares = 0, rest = -1;
    for (int column = 0; column < m_characters.size(); ++column) {
        if (isColumnHidden(column)) continue;
        if (m_characters[column] == 0) rest = column;
        widths[column] = wantedWidth(column);
        if (column != rest && column != m_dragged)
            spare[column] = qMax(0, widths[column] - header.sectionSizeHint(column));
        wanted += widths[column];
        spares += spare[column];
    }
    const int room = viewport()->width();
    if (rest >= 0 && wanted < room) widths[rest] += room - wanted;
    // Each gives as much of what it can spare as the others do; a scroll bar comes when nobody can give any more.
    int missing = qMin(wanted - room, spares);
    for (int column = 0; column < widths.size() && missing > 0; ++column) {
        const int given = spares > 0 ? (missing * spare[column] + spares - 1) / spares : 0;
        widths[column] -= given;
        missing -= given;
        spares -= spare[column];
    }
    m_fitting = true;
    for (int column = 0; column < widths.size(); ++column)
        if (!isColumnHidden(column)) header.resizeSection(column, widths[column]);
    m_fitting = false;
}

void Table::noteSized(int column, int width) {
    if (m_fitting || column >= m_characters.size() || m_characters[column] == 0) return;
    m_sized[column] = width;
    m_dragged = column;
    fitColumns();
    m_dragged = -1;
    keepLayout();
}

void Table::changeEvent(QEvent* event) {
    QTableView::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) fitColumns();
}

void Table::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    fitColumns();
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
    QSettings settings;
    settings.setValue(QStringLiteral("tables/") + m_name, horizontalHeader()->saveState());
    QVariantMap sized;
    for (auto it = m_sized.begin(); it != m_sized.end(); ++it) sized[QString::number(it.key())] = it.value();
    settings.setValue(QStringLiteral("table_widths/") + m_name, sized);
}

}  // namespace postroom::ui
