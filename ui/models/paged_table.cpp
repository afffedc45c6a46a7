// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/models/paged_table.h"

namespace postroom::ui {

PagedTable::PagedTable(Link& link, QObject* parent) : QAbstractTableModel(parent), m_link(link) {
    m_pace.setSingleShot(true);
    // A coarse one may come a twentieth too early, which would be a fifth refresh in the second.
    m_pace.setTimerType(Qt::PreciseTimer);
    m_pace.setInterval(pace);
    connect(&m_pace, &QTimer::timeout, this, [this] {
        if (!m_busy && m_wanted != Want::Nothing) begin(std::exchange(m_wanted, Want::Nothing));
    });
    connect(&link, &Link::everythingStale, this, &PagedTable::refresh);
}

void PagedTable::reload() {
    ++m_round;
    m_loading = true;
    m_busy = false;
    m_wanted = Want::Nothing;
    m_searchedBackTo.reset();
    // It was of what was looked for before.
    m_trouble.reset();
    begin(Want::Anew);
    emit statusChanged();
}

void PagedTable::refresh() {
    if (m_wanted == Want::Nothing) m_wanted = Want::Again;
    if (!m_busy && !m_pace.isActive()) begin(std::exchange(m_wanted, Want::Nothing));
}

void PagedTable::more() {
    if (m_busy || !m_hasMore || isFull()) return;
    m_busy = true;
    loadMore([this, round = m_round](const Loaded& loaded) {
        if (round == m_round) ended(loaded);
    });
}

void PagedTable::setFirstSeen(int row) {
    const bool backAtTop = row == 0 && m_firstSeen != 0;
    m_firstSeen = row;
    if (backAtTop && m_hasNewer) refresh();
}

void PagedTable::showNewest() {
    m_firstSeen = 0;
    refresh();
}

void PagedTable::begin(Want what) {
    m_busy = true;
    m_pace.start();
    const auto done = [this, round = m_round](const Loaded& loaded) {
        if (round == m_round) ended(loaded);
    };
    if (what == Want::Anew || m_loading)
        loadAnew(done);
    else
        loadAgain(m_firstSeen, done);
}

void PagedTable::ended(const Loaded& loaded) {
    m_busy = false;
    m_trouble = loaded.trouble;
    if (!loaded.trouble) {
        m_loading = false;
        m_hasMore = loaded.hasMore;
        m_hasNewer = loaded.hasNewer;
        m_searchedBackTo = loaded.searchedBackTo;
    }
    emit statusChanged();
    if (m_wanted != Want::Nothing && !m_pace.isActive()) m_pace.start();
}

}  // namespace postroom::ui
