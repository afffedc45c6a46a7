// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/widgets/card.h"

#include "ui/widgets/icon.h"
#include "ui/widgets/plain.h"
#include "ui/widgets/theme.h"

#include <QEvent>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace postroom::ui {

Card::Card(const QString& title, QWidget* parent) : QFrame(parent), m_body(new QVBoxLayout) {
    setObjectName(QStringLiteral("card"));
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(14, 12, 14, 12);
    all->setSpacing(8);
    if (!title.isEmpty()) {
        auto* heading = new QLabel(title, this);
        QFont font = heading->font();
        font.setBold(true);
        heading->setFont(font);
        all->addWidget(heading);
    }
    m_body->setContentsMargins(0, 0, 0, 0);
    m_body->setSpacing(6);
    all->addLayout(m_body, 1);
}

EmptyState::EmptyState(const char* iconName, QWidget* parent)
    : QWidget(parent),
      m_iconName(iconName),
      m_sign(new QLabel(this)),
      m_title(new QLabel(this)),
      m_text(new QLabel(this)),
      m_action(new QPushButton(this)) {
    auto* all = new QVBoxLayout(this);
    all->setSpacing(10);
    all->addStretch(1);
    for (QLabel* label : {m_sign, m_title, m_text}) {
        label->setAlignment(Qt::AlignCenter);
        label->setTextFormat(Qt::PlainText);
        all->addWidget(label);
    }
    all->addWidget(m_action, 0, Qt::AlignHCenter);
    all->addStretch(2);
    QFont font = m_title->font();
    font.setBold(true);
    font.setPointSizeF(font.pointSizeF() * 1.2);
    m_title->setFont(font);
    m_text->setWordWrap(true);
    m_text->setProperty("tone", QStringLiteral("muted"));
    m_action->setProperty("role", QStringLiteral("primary"));
    drawSign();
    connect(m_action, &QPushButton::clicked, this, [this] {
        if (m_act) m_act();
    });
}

void EmptyState::say(const QString& title, const QString& text, const QString& action, std::function<void()> act) {
    m_title->setText(title);
    m_text->setText(breakable(text));
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
    m_act = std::move(act);
}

void EmptyState::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) drawSign();
}

void EmptyState::drawSign() {
    m_sign->setPixmap(iconPixmap(m_iconName, colours().muted, 40, devicePixelRatioF()));
}

QLabel* mutedLabel(const QString& text, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setProperty("tone", QStringLiteral("muted"));
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

QLabel* headingLabel(const QString& text, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    QFont font = label->font();
    font.setBold(true);
    font.setPointSizeF(font.pointSizeF() * 1.5);
    label->setFont(font);
    return label;
}

}  // namespace postroom::ui
