// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A list of the engine as a table: loaded a page at a time by keyset, never whole; refreshed row by row when the engine
// says it is stale, at most four times a second.
//
// While the view is at its top, new rows come in there. While somebody reads further down only what is seen is brought
// up to date, and hasNewer() says that there is more: nothing moves under the reader's eyes. The ui thread. Ids, or
// the plan's keys, must sort as the engine's list does (UUIDv7: by time).

#include "ui/models/paged_table.h"
#include "ui/models/table_rows.h"

#include <set>

namespace postroom::ui {

enum class Order { NewestFirst, OldestFirst };

/// A page of a list of T, as the engine gives it.
template <typename T>
struct PageOf {
    using Type = contract::Page<T>;
};
template <>
struct PageOf<contract::Message> {
    using Type = contract::MessagePage;
};

template <typename T>
class PagedRows : public TableRows<T, PagedTable> {
    using Base = TableRows<T, PagedTable>;
    using Done = PagedTable::Done;

public:
    using Page = typename PageOf<T>::Type;
    /// Asks for the page behind `cursor`; empty: the first.
    using Fetch = std::function<Task<Page>(client::EngineClient&, const std::string& cursor, int limit)>;

    struct Plan {
        std::vector<Column<T>> columns;
        Fetch fetch;
        std::function<std::string(const T&)> id = [](const T& row) { return row.id.text(); };
        Order order = Order::NewestFirst;
        /// What the engine sorts its list by, as text that sorts so; none: the id.
        std::function<std::string(const T&)> key = {};
    };

    PagedRows(Link& link, Plan plan, QObject* parent = nullptr)
        : Base(std::move(plan.columns), std::move(plan.id), link, parent),
          m_fetch(std::move(plan.fetch)),
          m_order(plan.order),
          m_key(std::move(plan.key)) {}

    using Base::at;
    [[nodiscard]] int rowOf(const QString& id) const override {
        const std::string wanted = toUtf8(id);
        for (int row = 0; row < this->rowCount(); ++row)
            if (this->idOf(at(row)) == wanted) return row;
        return -1;
    }
    [[nodiscard]] QString idAt(int row) const override { return toQString(this->idOf(at(row))); }
    /// For a new filter; reload() follows.
    void setFetch(Fetch fetch) { m_fetch = std::move(fetch); }

protected:
    void loadAnew(Done done) override {
        load({}, PagedTable::pageRows, done, [this, done](const Page& page) {
            m_starts.clear();
            m_above.clear();
            take({}, page, true);
            done(loaded());
        });
    }

    void loadAgain(int firstSeen, Done done) override {
        if (firstSeen == 0 || this->rows().empty())
            return load({}, PagedTable::pageRows, done, [this, done](const Page& page) {
                m_above.clear();
                take({}, page, false);
                done(loaded());
            });
        const PageStart start = startAbove(static_cast<std::size_t>(firstSeen));
        if (start.cursor.empty()) return loadBelowNewer(done);
        // From the page that begins above the row, as much as can be seen; and then the newest row there is.
        const int limit = std::clamp(this->rowCount() - static_cast<int>(rowsUpTo(start)), PagedTable::pageRows,
                                     2 * PagedTable::pageRows);
        load(start.cursor, limit, done, [this, start, done](const Page& page) {
            take(start, page, false);
            load({}, 1, done, [this, done](const Page& newest) {
                const bool hasNewer = !newest.items.empty() && isAboveOurs(newest.items.front());
                done(loaded(hasNewer));
            });
        });
    }

    void loadMore(Done done) override {
        if (!hasMoreBehind()) return done(loaded());
        const PageStart start = m_starts.back();
        load(start.cursor, PagedTable::pageRows, done, [this, start, done](const Page& page) {
            take(start, page, false);
            done(loaded(this->hasNewer()));
        });
    }

private:
    /// Where a page begins: behind the row `after`, which is what `cursor` means. Both empty: at the top.
    struct PageStart {
        std::string after = {};
        std::string cursor = {};
        std::optional<TimePoint> searchedBackTo = std::nullopt;  ///< the page before ended here for want of time
    };

    [[nodiscard]] static std::optional<TimePoint> cutAt(const Page& page) {
        if constexpr (requires { page.searchedBackTo; })
            if (page.nextCursor) return page.searchedBackTo;
        return std::nullopt;
    }
    /// How far a page reaches: to its last row; where it was cut to its cursor, which is a key then.
    [[nodiscard]] std::string endOf(const PageStart& start, const Page& page) const {
        if (cutAt(page)) return *page.nextCursor;
        return page.items.empty() ? start.after : keyOf(page.items.back());
    }
    [[nodiscard]] typename PagedTable::Loaded loaded(bool hasNewer = false) const {
        return {.hasMore = hasMoreBehind(),
                .hasNewer = hasNewer,
                .searchedBackTo = hasMoreBehind() ? m_starts.back().searchedBackTo : std::nullopt};
    }

    [[nodiscard]] std::string keyOf(const T& row) const { return m_key ? m_key(row) : this->idOf(row); }
    [[nodiscard]] bool isBefore(const std::string& a, const std::string& b) const {
        return m_order == Order::NewestFirst ? a > b : a < b;
    }
    [[nodiscard]] bool hasMoreBehind() const { return !m_starts.empty() && !m_starts.back().cursor.empty(); }

    /// How many of `rows` stand before this start.
    [[nodiscard]] std::size_t rowsUpTo(const PageStart& start, const std::vector<T>& rows) const {
        if (start.after.empty()) return 0;
        const auto end = std::partition_point(rows.begin(), rows.end(),
                                              [&](const T& row) { return !isBefore(start.after, keyOf(row)); });
        return static_cast<std::size_t>(end - rows.begin());
    }
    [[nodiscard]] std::size_t rowsUpTo(const PageStart& start) const { return rowsUpTo(start, this->rows()); }

    [[nodiscard]] PageStart startAbove(std::size_t row) const {
        PageStart found;
        for (const PageStart& start : m_starts)
            if (!start.cursor.empty() && rowsUpTo(start) <= row) found = start;
        return found;
    }

    [[nodiscard]] bool isAboveOurs(const T& row) const {
        return !this->rows().empty() && isBefore(keyOf(row), keyOf(this->rows().front()));
    }
    [[nodiscard]] bool isOurs(const T& row) const {
        const std::string id = this->idOf(row);
        return std::any_of(this->rows().begin(), this->rows().end(),
                           [&](const T& known) { return this->idOf(known) == id; });
    }

    /// How many rows at the head of `page` stand above all of ours and are none of them. One of ours whose key has
    /// changed may stand there too; left out of sight, it would look removed.
    [[nodiscard]] std::size_t newerIn(const Page& page) const {
        const auto end = std::find_if(page.items.begin(), page.items.end(),
                                      [&](const T& row) { return !isAboveOurs(row) || (m_key && isOurs(row)); });
        return static_cast<std::size_t>(end - page.items.begin());
    }

    /// The first page while somebody reads in it: what is newer stays above, out of sight. So that our rows are in the
    /// page however many those become, m_above follows them down to a little above our first row.
    void loadBelowNewer(Done done) {
        load(m_above, 2 * PagedTable::pageRows, done, [this, done](Page page) {
            const std::size_t newer = newerIn(page);
            const auto ended = [this, done, newer] { done(loaded(newer > 0 || !m_above.empty())); };
            // A search that found nothing in its time says nothing of what is seen.
            if (page.items.empty() && cutAt(page)) return ended();
            if (newer == page.items.size() && page.nextCursor) {
                m_above = *page.nextCursor;
                return ended();
            }
            page.items.erase(page.items.begin(), page.items.begin() + static_cast<std::ptrdiff_t>(newer));
            take({}, page, false);
            if (newer <= PagedTable::pageRows / 2) return ended();
            load(m_above, static_cast<int>(newer), done, [this, ended](const Page& above) {
                if (above.nextCursor) m_above = *above.nextCursor;
                ended();
            });
        });
    }

    template <typename Receive>
    void load(const std::string& cursor, int limit, Done done, Receive receive) {
        this->link().ask(
            this, [&](client::EngineClient& engine) { return m_fetch(engine, cursor, limit); },
            [this, receive = std::move(receive), done, round = this->round()](const Result<Page>& page) {
                if (round != this->round()) return;
                if (page)
                    receive(*page);
                else
                    done({.trouble = page.error()});
            });
    }

    /// Puts a page in the place of the rows it stands for: those behind `start` down to its own last row. Rows further
    /// down stay where the page meets them; where it does not (more came than a page holds) they go, to be loaded
    /// again.
    void take(const PageStart& start, const Page& page, bool replace) {
        const std::vector<T>& known = this->rows();
        const std::size_t above = replace ? 0 : rowsUpTo(start);
        std::vector<T> rows(known.begin(), known.begin() + static_cast<std::ptrdiff_t>(above));
        rows.insert(rows.end(), page.items.begin(), page.items.end());
        std::size_t tail = known.size();
        if (!replace && page.nextCursor && (cutAt(page) || !page.items.empty()))
            if (const std::size_t below = rowsUpTo({.after = endOf(start, page)}); below > above || cutAt(page))
                tail = below;
        // A search that found nothing further down got there all the same.
        const bool wentFurther =
            !replace && cutAt(page) && !m_starts.empty() && isBefore(endOf(start, page), m_starts.back().after);
        const bool keepsTail = tail < known.size() || wentFurther;
        rows.insert(rows.end(), known.begin() + static_cast<std::ptrdiff_t>(tail), known.end());
        if (m_key) dropDoubles(rows, above, above + page.items.size());
        noteEnd(start, page, keepsTail);
        trim(rows);
        this->become(std::move(rows));
    }

    /// A row whose key has changed since stands where the page has it, [first, last), and nowhere else.
    void dropDoubles(std::vector<T>& rows, std::size_t first, std::size_t last) const {
        std::set<std::string> come;
        for (std::size_t row = first; row < last; ++row) come.insert(this->idOf(rows[row]));
        std::vector<T> kept;
        for (std::size_t row = 0; row < rows.size(); ++row)
            if ((row >= first && row < last) || !come.contains(this->idOf(rows[row])))
                kept.push_back(std::move(rows[row]));
        rows = std::move(kept);
    }

    /// Keeps the list of page starts true after `page` was taken.
    void noteEnd(const PageStart& start, const Page& page, bool keepsTail) {
        if (!keepsTail)
            std::erase_if(m_starts, [&](const PageStart& known) {
                return start.after.empty() || known.after.empty() || isBefore(start.after, known.after);
            });
        const PageStart end{.after = endOf(start, page),
                            .cursor = page.nextCursor.value_or(std::string()),
                            .searchedBackTo = cutAt(page)};
        const auto where = std::find_if(m_starts.begin(), m_starts.end(),
                                        [&](const PageStart& known) { return !isBefore(known.after, end.after); });
        if (where == m_starts.end() || where->after != end.after)
            m_starts.insert(where, end);
        else if (!keepsTail)
            *where = end;
    }

    /// Forgets each start between two that are no more than a page apart, and of the rows as many pages at the end as
    /// there are too many.
    void trim(std::vector<T>& rows) {
        for (std::size_t i = 0; i + 2 < m_starts.size();) {
            const std::size_t before = i == 0 ? 0 : rowsUpTo(m_starts[i - 1], rows);
            if (rowsUpTo(m_starts[i + 1], rows) - before <= PagedTable::pageRows)
                m_starts.erase(m_starts.begin() + static_cast<std::ptrdiff_t>(i));
            else
                ++i;
        }
        while (rows.size() > PagedTable::mostRows && m_starts.size() > 1) {
            m_starts.pop_back();
            rows.resize(rowsUpTo(m_starts.back(), rows));
        }
    }

    Fetch m_fetch;
    Order m_order;
    std::function<std::string(const T&)> m_key;
    std::string m_above;              ///< a cursor above our first row, where many newer ones wait; empty: the top
    std::vector<PageStart> m_starts;  ///< of the pages behind the first, in order; the last: where to go on, or the end
};

}  // namespace postroom::ui
