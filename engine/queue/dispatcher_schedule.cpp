// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
// Scheduled mail stays in the database, a million of it too, until its time has come: then it becomes queued, a part at
// a time, and is paged in like all that waits there.
#include "engine/queue/dispatcher.h"

#include <QLoggingCategory>

namespace postroom::queue {

namespace {

Q_LOGGING_CATEGORY(log, "postroom.queue")

// So few that one commit with them holds nobody up.
constexpr int promotedAtOnce = 500;

}  // namespace

void Dispatcher::noteScheduled(TimePoint dueAt) {
    m_scheduledDueAt = m_scheduledDueAt ? std::min(*m_scheduledDueAt, dueAt) : dueAt;
}

void Dispatcher::promote(TimePoint now) {
    if (m_promoting || !m_scheduledDueAt || *m_scheduledDueAt > now) return;
    m_promoting = true;
    m_scheduledDueAt.reset();
    const auto promotion = std::make_shared<store::Promotion>();
    m_parts.writer.submit(store::Write{[promotion, now](store::Transaction& transaction) -> Result<void> {
                                           auto made = store::messages::promote(transaction, now, promotedAtOnce);
                                           if (!made) return fail(made.error());
                                           *promotion = std::move(*made);
                                           return {};
                                       },
                                       [this, promotion](const Result<void>& result) {
                                           m_parts.queue.post(
                                               [this, promotion, result] { onPromoted(result, *promotion); });
                                       }});
}

void Dispatcher::onPromoted(const Result<void>& result, const store::Promotion& promotion) {
    const TimePoint now = m_parts.clock.now();
    m_promoting = false;
    if (!result) {
        if (m_stopping || result.error().code == ErrorCode::Stopping) return;
        if (!m_parts.writer.healthy()) return halt(result.error());
        qCWarning(log, "scheduled mail could not be made due: %s", result.error().text().c_str());
        return noteScheduled(now + std::chrono::seconds{1});
    }
    if (!promotion.strays.empty())
        qCWarning(log, "%zu scheduled messages have no record any more, the first is %s: their recipients are held",
                  promotion.strays.size(), promotion.strays.front().text().c_str());
    if (promotion.next) noteScheduled(*promotion.next);
    for (const auto& [lane, priorities] : promotion.lanes)
        for (const int priority : priorities) m_lanes.noteOnDisk(lane, now, priority);
    if (!promotion.messages.empty()) {
        m_parts.events.note(observe::Topic::Messages, promotion.messages);
        m_parts.events.note(observe::Topic::Queue);
    }
    pump();
}

}  // namespace postroom::queue
