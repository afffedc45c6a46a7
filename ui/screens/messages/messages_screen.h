// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Every message of the engine, newest first, one state at a time if wished; the chosen one in full below the list.

#include "ui/models/desk.h"
#include "ui/models/paged_rows.h"

class QComboBox;
class QLabel;
class QPushButton;
class QStackedWidget;

namespace postroom::ui {

class Banner;
class EmptyState;
class KeptSplitter;
class MessageDetails;
class PagedView;
class Table;

class MessagesScreen : public Screen {
    Q_OBJECT

public:
    explicit MessagesScreen(Desk& desk);
    /// A message's id; or the name of a state on the wire ("failed") for all that are in it.
    void open(const QString& what) override;

protected:
    void showEvent(QShowEvent* event) override;

private:
    void build();
    [[nodiscard]] QWidget* buildHead();
    void connectAll();
    void filter();
    void showDetails(const QString& id);
    void leaveDetails();
    void showStatus();
    void refresh();
    [[nodiscard]] std::optional<contract::State> state() const;

    std::unique_ptr<PagedRows<contract::Message>> m_rows;
    QComboBox* m_state;
    QLabel* m_status;
    QPushButton* m_newer;
    Banner* m_trouble;
    QStackedWidget* m_list;
    Table* m_table;
    EmptyState* m_empty;
    KeptSplitter* m_split = nullptr;
    MessageDetails* m_details;
    PagedView* m_view = nullptr;
    bool m_isStale = false;  ///< something came while nobody looked
};

}  // namespace postroom::ui
