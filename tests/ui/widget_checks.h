// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What tests of several screens look for in widgets.

#include <QAbstractItemView>
#include <QAccessible>
#include <QApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>

namespace postroom::ui {

/// The button of this text that can be seen; null if there is none.
inline QPushButton* buttonOf(const QWidget* where, const QString& text) {
    for (auto* button : where->findChildren<QPushButton*>())
        if (button->text() == text && button->isVisible()) return button;
    return nullptr;
}

/// Whether a label or a text under `where` that can be seen holds this, breaks inside long words not counted.
inline bool says(const QWidget* where, const QString& text) {
    const auto holds = [&text](QString shown) { return shown.remove(QChar(0x200B)).contains(text); };
    for (auto* label : where->findChildren<QLabel*>())
        if (label->isVisible() && holds(label->text())) return true;
    for (auto* edit : where->findChildren<QPlainTextEdit*>())
        if (edit->isVisible() && holds(edit->toPlainText())) return true;
    return false;
}

/// The first widget that takes the focus by Tab and has no accessible name; empty if there is none.
inline QString namelessFocus(const QWidget* where) {
    for (auto* widget : where->findChildren<QWidget*>()) {
        if (!(widget->focusPolicy() & Qt::TabFocus) || !widget->isVisible()) continue;
        const QAccessibleInterface* accessible = QAccessible::queryAccessibleInterface(widget);
        if (!accessible || accessible->text(QAccessible::Name).isEmpty())
            return QString::fromLatin1(widget->metaObject()->className()) + QLatin1Char(' ') + widget->objectName();
    }
    return {};
}

/// The first label under `where` that would read html; empty if there is none.
inline QString richLabel(const QWidget* where) {
    for (auto* label : where->findChildren<QLabel*>())
        if (label->textFormat() != Qt::PlainText && Qt::mightBeRichText(label->text())) return label->text();
    return {};
}

}  // namespace postroom::ui
