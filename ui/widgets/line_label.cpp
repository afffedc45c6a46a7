// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/widgets/line_label.h"

#include "ui/widgets/plain.h"

#include <QPainter>
#include <QStyle>

namespace postroom::ui {

namespace {
constexpr qsizetype longest = 1000;
constexpr int leastCharacters = 6;
}  // namespace

LineLabel::LineLabel(QWidget* parent) : QLabel(parent) {
    setTextFormat(Qt::PlainText);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void LineLabel::showLine(const QString& text) {
    const QString line = text.left(longest).simplified();
    if (line == this->text()) return;
    setText(line);
    setToolTip(toolTipOf(line));
}

QSize LineLabel::sizeHint() const {
    const QFontMetrics metrics(font());
    const int room = leastCharacters * metrics.averageCharWidth();
    return {qMin(metrics.horizontalAdvance(text().left(2 * leastCharacters)), room), metrics.height() + 2};
}

QSize LineLabel::minimumSizeHint() const {
    return sizeHint();
}

void LineLabel::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    const QString shown = fontMetrics().elidedText(text(), Qt::ElideRight, width());
    style()->drawItemText(&painter, rect(), static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter), palette(), isEnabled(),
                          shown, foregroundRole());
}

}  // namespace postroom::ui
