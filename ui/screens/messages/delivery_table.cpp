// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/messages/delivery_table.h"

#include "ui/models/wording.h"
#include "ui/widgets/table.h"

#include <QCoreApplication>
#include <QVBoxLayout>

namespace postroom::ui {

namespace {

using contract::Delivery;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(postroom::ui::DeliveryTable)
};

QString kindText(contract::RecipientKind kind) {
    switch (kind) {
        case contract::RecipientKind::To: return Words::tr("To");
        case contract::RecipientKind::Cc: return Words::tr("Cc");
        case contract::RecipientKind::Bcc: return Words::tr("Bcc");
    }
    return {};
}

// The server's own words; ours where it never said any.
QString replyText(const Delivery& delivery) {
    if (!delivery.lastReply.empty()) return toQString(delivery.lastReply).simplified();
    return delivery.reason.empty() ? QString() : reasonText(delivery.reason);
}

std::vector<Column<Delivery>> columns() {
    const auto toned = [](const Delivery& row, int role) -> QVariant {
        if (role == ToneRole) return static_cast<int>(stateWord(row.status).tone);
        return {};
    };
    const auto due = [](const Delivery& row, int role) -> QVariant {
        if (role == Qt::ToolTipRole && row.dueAt) return exactTimeText(*row.dueAt);
        return {};
    };
    return {
        {.title = Words::tr("Recipient"), .text = [](const Delivery& row) { return toQString(row.recipient); }},
        {.title = Words::tr("Kind"), .text = [](const Delivery& row) { return kindText(row.kind); }},
        {.title = Words::tr("State"),
         .text = [](const Delivery& row) { return stateWord(row.status).text; },
         .more = toned},
        {.title = Words::tr("Attempts"),
         .text = [](const Delivery& row) { return countText(row.attempts); },
         .alignment = Qt::AlignRight | Qt::AlignVCenter},
        {.title = Words::tr("Due"), .text = [](const Delivery& row) { return timeText(row.dueAt); }, .more = due},
        {.title = Words::tr("Last reply"), .text = replyText},
    };
}

}  // namespace

DeliveryTable::DeliveryTable(const QString& layout, QWidget* parent)
    : QWidget(parent), m_rows(columns(), [](const Delivery& row) { return row.id.text(); }) {
    auto* table = new Table(layout, this);
    table->setObjectName(QStringLiteral("deliveries"));
    table->setAccessibleName(tr("Recipients"));
    table->setModel(&m_rows);
    table->setColumnWidths({26, 6, 13, 9, 15, 0});
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(table);
}

void DeliveryTable::show(const std::vector<Delivery>& deliveries) {
    m_rows.show(deliveries);
}

}  // namespace postroom::ui
