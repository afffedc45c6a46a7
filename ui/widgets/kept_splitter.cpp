// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/widgets/kept_splitter.h"

#include <QSettings>

namespace postroom::ui {

KeptSplitter::KeptSplitter(const QString& name, QWidget* list, QWidget* details, int leastDetails, QWidget* parent)
    : QSplitter(Qt::Vertical, parent) {
    addWidget(list);
    addWidget(details);
    setStretchFactor(0, 2);
    setStretchFactor(1, 3);
    setChildrenCollapsible(false);
    setHandleWidth(5);
    list->setMinimumHeight(110);
    details->setMinimumHeight(leastDetails);
    setSizes({400, 600});
    keepLine(*this, name);
}

void keepLine(QSplitter& splitter, const QString& name) {
    splitter.restoreState(QSettings().value(name).toByteArray());
    QObject::connect(&splitter, &QSplitter::splitterMoved, &splitter,
                     [&splitter, name] { QSettings().setValue(name, splitter.saveState()); });
}

}  // namespace postroom::ui
