// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/widgets/field.h"

#include "ui/widgets/plain.h"

#include <QLabel>
#include <QStyle>
#include <QVBoxLayout>

namespace postroom::ui {

Field::Field(const QString& name, const QString& label, QWidget* editor, const QString& hint, QWidget* parent)
    : QWidget(parent), m_name(name), m_hint(hint), m_editor(editor), m_text(new QLabel(this)) {
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(3);
    auto* title = new QLabel(label, this);
    title->setBuddy(editor);
    editor->setParent(this);
    editor->setAccessibleName(label);
    editor->setObjectName(name);
    all->addWidget(title);
    all->addWidget(editor);
    all->addWidget(m_text);
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    showText();
}

void Field::setWrong(const QString& reason) {
    if (reason == m_wrong) return;
    m_wrong = reason;
    showText();
}

void Field::setHint(const QString& hint) {
    m_hint = hint;
    showText();
}

void Field::showText() {
    const bool isWrong = !m_wrong.isEmpty();
    m_text->setText(isWrong ? breakable(m_wrong, 400) : m_hint);
    m_text->setVisible(!m_text->text().isEmpty());
    m_text->setProperty("tone", isWrong ? QStringLiteral("bad") : QStringLiteral("muted"));
    m_editor->setProperty("wrong", isWrong);
    m_editor->setAccessibleDescription(withoutBreaks(m_text->text()));
    for (QWidget* widget : {static_cast<QWidget*>(m_text), m_editor}) {
        widget->style()->unpolish(widget);
        widget->style()->polish(widget);
    }
}

}  // namespace postroom::ui
