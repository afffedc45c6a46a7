// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/shell/activity_panel.h"

#include "ui/widgets/card.h"

#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace postroom::ui {

namespace {
// Rows are widgets: more than this is for the engine's audit and log.
constexpr std::size_t mostShown = 60;
}  // namespace

ActivityPanel::ActivityPanel(Notices& notices, QWidget* parent) : QWidget(parent), m_notices(notices) {
    setObjectName(QStringLiteral("navigation"));
    setAttribute(Qt::WA_StyledBackground);
    setFixedWidth(300);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(12, 12, 12, 12);
    all->addWidget(headingLabel(tr("Activity"), this));
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(tr("Activity"));
    auto* list = new QWidget(scroll);
    m_rows = new QVBoxLayout(list);
    m_rows->setContentsMargins(0, 0, 0, 0);
    scroll->setWidget(list);
    // The panel shows through.
    list->setAutoFillBackground(false);
    scroll->viewport()->setAutoFillBackground(false);
    all->addWidget(scroll, 1);
    connect(&m_notices, &Notices::changed, this, &ActivityPanel::show);
    show();
}

void ActivityPanel::show() {
    while (QLayoutItem* item = m_rows->takeAt(0)) {
        // Later: it may be the row whose Cancel was clicked.
        if (QWidget* row = item->widget()) {
            row->hide();
            row->deleteLater();
        }
        delete item;
    }
    const auto& all = m_notices.all();
    if (all.empty()) m_rows->addWidget(mutedLabel(tr("Nothing has happened in this window yet."), this));
    for (std::size_t i = 0; i < std::min(all.size(), mostShown); ++i) m_rows->addWidget(rowOf(all[i]));
    m_rows->addStretch(1);
}

QWidget* ActivityPanel::rowOf(const Notices::Notice& notice) {
    auto* row = new QWidget(this);
    auto* column = new QVBoxLayout(row);
    column->setContentsMargins(0, 4, 0, 4);
    column->setSpacing(2);
    auto* head = new QHBoxLayout;
    head->addWidget(mutedLabel(QLocale().toString(notice.at.time(), QStringLiteral("HH:mm:ss")), row), 1);
    if (notice.running && notice.cancel) {
        auto* cancel = new QPushButton(tr("Cancel"), row);
        cancel->setAccessibleName(tr("Cancel: %1").arg(notice.text));
        connect(cancel, &QPushButton::clicked, this, notice.cancel);
        head->addWidget(cancel);
    }
    column->addLayout(head);
    auto* text = new QLabel(row);
    // A label breaks only at blanks: what has none is cut to the panel's width.
    QString shown = notice.text.left(400);
    for (qsizetype at = 24; at < shown.size(); at += 25)
        if (!shown.mid(at - 24, 24).contains(QLatin1Char(' '))) shown.insert(at, QChar(0x200B));
    text->setText(shown);
    text->setTextFormat(Qt::PlainText);
    text->setWordWrap(true);
    text->setProperty("tone", notice.tone == Tone::Bad    ? QStringLiteral("bad")
                              : notice.tone == Tone::Good ? QStringLiteral("good")
                              : notice.tone == Tone::Warn ? QStringLiteral("warn")
                                                          : QString());
    column->addWidget(text);
    return row;
}

}  // namespace postroom::ui
