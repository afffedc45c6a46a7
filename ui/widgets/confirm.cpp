// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/widgets/confirm.h"

#include "ui/widgets/icon.h"
#include "ui/widgets/plain.h"
#include "ui/widgets/tone.h"

#include <QMessageBox>
#include <QPushButton>
#include <QStyle>

namespace postroom::ui {

namespace {
constexpr int signSize = 32;
}

void confirm(QWidget* parent, const QString& title, const QString& text, const QString& act,
             std::function<void()> then) {
    auto* box = new QMessageBox(QMessageBox::NoIcon, title, breakable(text, 2000), QMessageBox::Cancel, parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setIconPixmap(iconPixmap("warning", inkOf(Tone::Warn), signSize, box->devicePixelRatioF()));
    // Only this label can be told not to read html: the informative text below it can't.
    box->setTextFormat(Qt::PlainText);
    QPushButton* yes = box->addButton(act, QMessageBox::AcceptRole);
    yes->setProperty("role", QStringLiteral("danger"));
    yes->style()->unpolish(yes);
    yes->style()->polish(yes);
    yes->setAccessibleName(act);
    yes->setObjectName(QStringLiteral("confirmed"));
    box->button(QMessageBox::Cancel)->setAccessibleName(box->button(QMessageBox::Cancel)->text());
    box->setDefaultButton(QMessageBox::Cancel);
    box->setEscapeButton(QMessageBox::Cancel);
    QObject::connect(yes, &QPushButton::clicked, parent, [then = std::move(then)] { then(); });
    box->open();
}

}  // namespace postroom::ui
