// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A word in a rounded box of its tone: the state of a message, an account, a link.

#include "ui/widgets/tone.h"

#include <QLabel>

namespace postroom::ui {

class Badge : public QLabel {
    Q_OBJECT

public:
    explicit Badge(QWidget* parent = nullptr);
    void show(const QString& word, Tone tone);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

    /// The same drawn into a cell of a table.
    static void paint(QPainter& painter, const QRect& cell, const QString& word, Tone tone, const QFont& font);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Tone m_tone = Tone::Calm;
};

}  // namespace postroom::ui
