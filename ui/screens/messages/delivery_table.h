// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The recipients of one message: where each stands.

#include "engine/contract/resources.h"
#include "ui/models/table_rows.h"

#include <QWidget>

namespace postroom::ui {

class DeliveryTable : public QWidget {
    Q_OBJECT

public:
    /// `layout`: the name its columns are kept under.
    explicit DeliveryTable(const QString& layout, QWidget* parent = nullptr);
    void show(const std::vector<contract::Delivery>& deliveries);

private:
    PlainRows<contract::Delivery> m_rows;
};

}  // namespace postroom::ui
