// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/widgets/badge.h"

#include <QPainter>

namespace postroom::ui {

namespace {
constexpr int side = 8;   // between the word and the box's end
constexpr int above = 3;  // between the word and the box's top
}  // namespace

Badge::Badge(QWidget* parent) : QLabel(parent) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setTextFormat(Qt::PlainText);
}

void Badge::show(const QString& word, Tone tone) {
    m_tone = tone;
    setText(word);
    setVisible(!word.isEmpty());
    updateGeometry();
}

QSize Badge::sizeHint() const {
    const QFontMetrics metrics(font());
    return {metrics.horizontalAdvance(text()) + 2 * side, metrics.height() + 2 * above};
}

void Badge::paint(QPainter& painter, const QRect& cell, const QString& word, Tone tone, const QFont& font) {
    const QFontMetrics metrics(font);
    const int width = qMin(cell.width(), metrics.horizontalAdvance(word) + 2 * side);
    const int height = qMin(cell.height(), metrics.height() + 2 * above);
    const QRect box(cell.left(), cell.center().y() - height / 2 + 1, width, height);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(tintOf(tone));
    painter.drawRoundedRect(box, height / 2.0, height / 2.0);
    painter.setPen(inkOf(tone));
    painter.setFont(font);
    painter.drawText(box.adjusted(side, 0, -side, 0), Qt::AlignCenter,
                     metrics.elidedText(word, Qt::ElideRight, width - 2 * side + 1));
    painter.restore();
}

void Badge::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    paint(painter, rect(), text(), m_tone, font());
}

}  // namespace postroom::ui
