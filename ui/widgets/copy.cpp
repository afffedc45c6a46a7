// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/widgets/copy.h"

#include "ui/widgets/icon.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QToolTip>

namespace postroom::ui {

namespace {

constexpr int shownFor_ms = 2000;

}  // namespace

void copyText(const QString& text, QWidget* at) {
    QGuiApplication::clipboard()->setText(text);
    // A rectangle would hide it again as soon as the mouse leaves that; a key may have been what asked.
    if (at)
        QToolTip::showText(at->mapToGlobal(QPoint(0, at->height() / 2)), CopyLine::tr("Copied"), at, {}, shownFor_ms);
}

CopyLine::CopyLine(const QString& name, const QString& text, QWidget* parent) : QWidget(parent) {
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(0, 0, 0, 0);
    auto* shown = new QLineEdit(text, this);
    shown->setReadOnly(true);
    shown->setAccessibleName(name);
    shown->setCursorPosition(0);
    auto* copy = new QPushButton(icon("copy"), tr("Copy"), this);
    copy->setAccessibleName(tr("Copy: %1").arg(name));
    connect(copy, &QPushButton::clicked, this, [shown, copy] { copyText(shown->text(), copy); });
    line->addWidget(shown, 1);
    line->addWidget(copy);
}

CopyAsButton::CopyAsButton(QWidget* parent) : QToolButton(parent) {
    setIcon(ui::icon("copy"));
    setText(tr("Copy as"));
    setAccessibleName(tr("Copy as a command"));
    setToolTip(tr("Copy what this does as a command"));
    setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    setPopupMode(QToolButton::InstantPopup);
    // QToolButton takes the focus by Tab only where it is told to.
    setFocusPolicy(Qt::StrongFocus);
    setMenu(new QMenu(this));
}

CopyAsButton::CopyAsButton(std::function<Commands()> commands, QWidget* parent) : CopyAsButton(parent) {
    fill(menu(), commands);
}

void CopyAsButton::addAct(const QString& name, std::function<Commands()> commands) {
    fill(menu()->addMenu(name), commands);
}

void CopyAsButton::fill(QMenu* menu, const std::function<Commands()>& commands) {
    QAction* curl = menu->addAction(tr("Copy as curl"));
    QAction* ctl = menu->addAction(tr("Copy as postroomctl"));
    connect(curl, &QAction::triggered, this, [this, commands] { copyText(commands().curl, this); });
    connect(ctl, &QAction::triggered, this, [this, commands] { copyText(commands().ctl, this); });
    connect(menu, &QMenu::aboutToShow, menu, [commands, curl, ctl] {
        const Commands now = commands();
        curl->setEnabled(!now.curl.isEmpty());
        ctl->setEnabled(!now.ctl.isEmpty());
    });
}

}  // namespace postroom::ui
