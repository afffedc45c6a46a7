// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Every message of the engine, newest first, or those that are looked for; the chosen one in full below the list, and
// acts on all that is found.

#include "ui/models/desk.h"
#include "ui/models/paged_rows.h"

class QComboBox;
class QLabel;
class QPushButton;
class QStackedWidget;
class QToolButton;

namespace postroom::ui {

class Banner;
class BulkAct;
class EmptyState;
class KeptSplitter;
class MessageDetails;
class PagedView;
class SearchField;
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
    [[nodiscard]] QWidget* buildCopyAs(QWidget* parent);
    void connectAll();
    [[nodiscard]] QWidget* buildSearch();
    [[nodiscard]] QWidget* buildFoot();
    void filter();
    /// What is looked for, the chosen state included, in the engine's language; empty: everything.
    [[nodiscard]] std::string asked() const;
    void actOnAll(const std::string& action);
    void goOn();
    void showFoot();
    void showDetails(const QString& id);
    void leaveDetails();
    void showStatus();
    void refresh();
    [[nodiscard]] std::optional<contract::State> state() const;

    std::unique_ptr<PagedRows<contract::Message>> m_rows;
    QComboBox* m_state;
    SearchField* m_search;
    QToolButton* m_acts;
    BulkAct& m_bulk;
    QWidget* m_foot = nullptr;
    QLabel* m_searched;
    QPushButton* m_goOn;
    QLabel* m_status;
    QPushButton* m_newer;
    Banner* m_trouble;
    QStackedWidget* m_list;
    Table* m_table;
    EmptyState* m_empty;
    KeptSplitter* m_split = nullptr;
    MessageDetails* m_details;
    PagedView* m_view = nullptr;
    int m_goesOnFrom = -1;   ///< rows there were when somebody asked to search further; -1: nobody does
    bool m_isStale = false;  ///< something came while nobody looked
};

}  // namespace postroom::ui
