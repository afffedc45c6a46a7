// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/widgets/banner.h"

#include "ui/widgets/icon.h"
#include "ui/widgets/plain.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QStyle>

namespace postroom::ui {

namespace {
const char* kindOf(Tone tone) {
    switch (tone) {
        case Tone::Bad: return "bad";
        case Tone::Warn: return "warn";
        case Tone::Good: return "good";
        default: return "busy";
    }
}
const char* signOf(Tone tone) {
    switch (tone) {
        case Tone::Bad:
        case Tone::Warn: return "warning";
        case Tone::Good: return "check";
        default: return "about";
    }
}
}  // namespace

Banner::Banner(QWidget* parent)
    : QFrame(parent), m_sign(new QLabel(this)), m_text(new QLabel(this)), m_action(new QPushButton(this)) {
    setObjectName(QStringLiteral("banner"));
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(12, 8, 12, 8);
    line->setSpacing(10);
    line->addWidget(m_sign, 0, Qt::AlignTop);
    line->addWidget(m_text, 1);
    line->addWidget(m_action, 0, Qt::AlignVCenter);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    connect(m_action, &QPushButton::clicked, this, [this] {
        // A copy: what is done may say something else here, or clear.
        if (const auto act = m_act) act();
    });
    hide();
}

void Banner::say(Tone tone, const QString& text, const QString& action, std::function<void()> act) {
    setProperty("kind", QString::fromLatin1(kindOf(tone)));
    style()->unpolish(this);
    style()->polish(this);
    m_sign->setPixmap(iconPixmap(signOf(tone), inkOf(tone), 18, devicePixelRatioF()));
    m_text->setText(breakable(text));
    m_text->setAccessibleName(text.left(600));
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
    m_act = std::move(act);
    show();
}

void Banner::clear() {
    m_act = {};
    hide();
}

QString Banner::text() const {
    return withoutBreaks(m_text->text());
}

}  // namespace postroom::ui
