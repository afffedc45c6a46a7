// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// When a paged list is loaded, and how much of it; paged_rows.h says of what. See there.
//
// The ui thread.

#include "ui/models/link.h"

#include <optional>
#include <QAbstractTableModel>
#include <QTimer>

namespace postroom::ui {

class PagedTable : public QAbstractTableModel {
    Q_OBJECT

public:
    /// Pages of this many rows are asked for, and no more than `mostRows` are kept: who wants more filters.
    static constexpr int pageRows = 100;
    static constexpr int mostRows = 2000;
    /// Between two refreshes at least.
    static constexpr std::chrono::milliseconds pace{250};

    explicit PagedTable(Link& link, QObject* parent = nullptr);

    /// Throws the rows away and loads the first page: for a new filter.
    void reload();
    /// Brings the rows that are seen up to date, soon; many calls become one.
    void refresh();
    /// Loads the next page, if there is one and room for it.
    void more();
    /// Where the view stands: its first row that is seen (0: at the top).
    void setFirstSeen(int row);
    /// Goes to the newest: the view should scroll to its top.
    void showNewest();

    /// The first page has not come yet.
    [[nodiscard]] bool isLoading() const { return m_loading; }
    /// There are more rows than are loaded.
    [[nodiscard]] bool hasMore() const { return m_hasMore; }
    /// There are newer rows above the first, which wait until the reader is back at the top.
    [[nodiscard]] bool hasNewer() const { return m_hasNewer; }
    /// A search ran out of time before the last page was full, this far back: more() goes on when somebody asks for it.
    [[nodiscard]] const std::optional<TimePoint>& searchedBackTo() const { return m_searchedBackTo; }
    /// There is no room for another page.
    [[nodiscard]] bool isFull() const { return rowCount() + pageRows > mostRows; }
    /// Something is being loaded.
    [[nodiscard]] bool isBusy() const { return m_busy; }
    /// Why the last load failed.
    [[nodiscard]] const std::optional<Error>& trouble() const { return m_trouble; }
    /// The row of an id; -1: it is not loaded.
    [[nodiscard]] virtual int rowOf(const QString& id) const = 0;
    [[nodiscard]] virtual QString idAt(int row) const = 0;

signals:
    /// Of anything above, or of the number of rows.
    void statusChanged();

protected:
    struct Loaded {
        std::optional<Error> trouble = std::nullopt;
        bool hasMore = false;
        bool hasNewer = false;
        std::optional<TimePoint> searchedBackTo = std::nullopt;
    };
    using Done = std::function<void(const Loaded&)>;

    /// Loads the first page; what was there goes when it has come.
    virtual void loadAnew(Done done) = 0;
    /// Loads the page again that row `firstSeen` is on and merges it.
    virtual void loadAgain(int firstSeen, Done done) = 0;
    virtual void loadMore(Done done) = 0;

    [[nodiscard]] Link& link() { return m_link; }
    /// Counts reloads: what was asked for in an older one is thrown away, since it answers an older filter.
    [[nodiscard]] int round() const { return m_round; }

private:
    enum class Want { Nothing, Again, Anew };
    void begin(Want what);
    void ended(const Loaded& loaded);

    Link& m_link;
    QTimer m_pace;
    Want m_wanted = Want::Nothing;
    int m_round = 0;
    int m_firstSeen = 0;
    bool m_busy = false, m_loading = true, m_hasMore = false, m_hasNewer = false;
    std::optional<Error> m_trouble;
    std::optional<TimePoint> m_searchedBackTo;
};

}  // namespace postroom::ui
