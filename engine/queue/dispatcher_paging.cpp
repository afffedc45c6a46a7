// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/dispatcher.h"

#include <algorithm>
#include <QLoggingCategory>

namespace postroom::queue {

namespace {

Q_LOGGING_CATEGORY(log, "postroom.queue")

constexpr std::size_t pageSize = 2000;
constexpr std::size_t pageBodies_bytes = 16 << 20;
// A message of so many recipients at most is not torn apart where a page ends: they would leave as two mails.
constexpr std::size_t keptWhole = 100;

struct Page {
    std::vector<Parcel> parcels;
    store::DueByPriority next;  ///< when the database has something due that is not in the parcels
};

std::shared_ptr<const content::Composition> readBody(store::Connection& connection, Slots& slotFile,
                                                     const store::MessageRecord& message, TimePoint now) {
    const Slots::Reading reading{slotFile, message.id, now};
    auto body = store::messages::body(connection, message.id);
    if (!body) return {};
    auto composition = unpackBody(*body, message.messageIdHeader);
    return composition ? *composition : nullptr;
}

// Takes the last message off a full page if rows behind the page may be of it, too.
void leaveTheTorn(std::vector<store::DueDelivery>& rows) {
    const store::MessageRecord& last = rows.back().message;
    const auto begins =
        std::find_if(rows.rbegin(), rows.rend(), [&](const auto& row) { return row.message.id != last.id; });
    const auto here = static_cast<std::size_t>(begins - rows.rbegin());
    const bool isWhole = here >= static_cast<std::size_t>(last.recipients);
    if (!isWhole && begins != rows.rend() && here <= keptWhole) rows.erase(begins.base(), rows.end());
}

// What has less priority than `least` is left out of it.
Result<Page> readPage(store::Connection& connection, Slots& slotFile, const policy::Pauses& pauses,
                      const std::string& lane, TimePoint until, std::size_t limit, int least) {
    auto rows = store::messages::due(connection, lane, until, static_cast<int>(limit), least);
    if (!rows) return fail(rows.error());
    Page page;
    const bool isFull = rows->size() >= limit;
    if (isFull) leaveTheTorn(*rows);
    std::size_t bodies = 0;
    for (const store::DueDelivery& row : *rows) {
        const bool same = !page.parcels.empty() && page.parcels.back().message->id == row.message.id &&
                          page.parcels.back().dueAt == row.delivery.dueAt;
        if (!same) {
            page.parcels.push_back({.message = toMessage(row.message), .deliveries = {}, .dueAt = row.delivery.dueAt});
            const bool isKeptBack =
                policy::pauseOf(pauses, row.message.templateName, row.delivery.recipient).has_value();
            if (bodies < pageBodies_bytes && !isKeptBack) {
                page.parcels.back().message->composition = readBody(connection, slotFile, row.message, until);
                bodies += static_cast<std::size_t>(row.message.size_bytes);
            }
        }
        page.parcels.back().deliveries.push_back({.delivery = row.delivery.id,
                                                  .recipient = row.delivery.recipient,
                                                  .attempts = row.delivery.attempts,
                                                  .reason = row.delivery.reason});
    }
    auto next = store::messages::nextDue(connection, lane, until);
    if (!next) return fail(next.error());
    page.next = *next;
    std::fill(page.next.begin(), page.next.begin() + least, std::nullopt);
    // It ended within a priority: of that one and of lesser ones there may be more.
    if (isFull) std::fill(page.next.begin() + least, page.next.begin() + rows->back().message.priority + 1, until);
    return page;
}

}  // namespace

void Dispatcher::pageIn(Lane& lane, TimePoint now) {
    if (const auto dueAt = lane.nextOnDisk(); lane.reading || !dueAt || *dueAt > now) return;
    const std::size_t room = m_lanes.roomFor(lane);
    // A page is worth its query when it brings much, or when nothing else is left to do.
    const bool isWorthIt = room >= pageSize / 4 || (room > 0 && lane.held == 0);
    // What goes before all that is in memory does not wait for room: it is read alone, and admit() makes room.
    if (!isWorthIt && !Lanes::isUrgent(lane, now)) return;
    const int least = isWorthIt ? 0 : lane.ready.lowest() + 1;
    Lanes::beginPage(lane, least);
    // Rows that are in memory come along and are dropped: the page must be wide enough to show what is behind them.
    const std::size_t limit = (isWorthIt ? std::min(room, pageSize) : pageSize / 4) + lane.held;
    m_parts.readers.submit(
        [this, name = lane.name, now, limit, least, pauses = m_pauses](store::Connection& connection) {
            auto page = readPage(connection, m_parts.slotFile, *pauses, name, now, limit, least);
            m_parts.queue.post([this, name, now, page = std::move(page)]() mutable {
                if (page) return onPage(name, std::move(page->parcels), page->next);
                qCWarning(log, "the queue could not be read: %s", page.error().text().c_str());
                store::DueByPriority again;
                again.fill(now + std::chrono::seconds{1});
                onPage(name, {}, again);
            });
        });
}

void Dispatcher::onPage(const std::string& name, std::vector<Parcel> parcels, const store::DueByPriority& next) {
    const TimePoint now = m_parts.clock.now();
    for (Parcel& parcel : parcels) {
        keepBody(*parcel.message);
        m_lanes.admit(std::move(parcel), now);
    }
    m_lanes.pageArrived(name);
    for (std::size_t priority = 0; priority < next.size(); ++priority)
        if (next[priority]) m_lanes.noteOnDisk(name, *next[priority], static_cast<int>(priority));
    pump();
}

void Dispatcher::load(Lane& lane) {
    Parcel parcel = std::move(lane.ready.front());
    lane.ready.pop_front();
    const Id id = parcel.message->id;
    auto& waiting = m_loading[id];
    waiting.push_back(std::move(parcel));
    if (waiting.size() > 1) return;
    m_parts.readers.submit([this, id](store::Connection& connection) {
        auto record = store::messages::find(connection, id);
        auto composition =
            record && *record ? readBody(connection, m_parts.slotFile, **record, m_parts.clock.now()) : nullptr;
        m_parts.queue.post([this, id, composition = std::move(composition)] {
            const auto at = m_loading.find(id);
            if (at == m_loading.end()) return;  // withdrawn meanwhile
            std::vector<Parcel> parcels = std::move(at->second);
            m_loading.erase(at);
            const TimePoint now = m_parts.clock.now();
            for (Parcel& parcel : parcels) {
                if (composition) {
                    parcel.message->composition = composition;
                    countBody(*parcel.message);
                    m_lanes.putFirst(std::move(parcel));
                } else {
                    qCWarning(log, "the body of message %s can't be read now", id.text().c_str());
                    parcel.dueAt = now + std::chrono::seconds{60};
                    m_lanes.putBack(std::move(parcel), now);
                }
            }
            pump();
        });
    });
}

}  // namespace postroom::queue
