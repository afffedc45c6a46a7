// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
// What is not to leave yet. Scheduled mail stays in the database, a million of it too, until its time has come: then it
// becomes queued, a part at a time, and is paged in like all that waits there. What a domain has asked a pause for goes
// back there, so that it takes no room of what can leave.
#include "engine/policy/reason.h"
#include "engine/queue/dispatcher.h"
#include "engine/store/actions.h"

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

bool Dispatcher::putOff(Lane& lane, TimePoint now) {
    if (m_destinations.none() || lane.ready.front().message->sandbox) return false;
    struct PutOff {
        Id delivery;
        TimePoint dueAt;
        std::string reason;
    };
    std::vector<PutOff> waiting;
    std::vector<Due> rest;
    for (const Due& due : lane.ready.front().deliveries) {
        const auto until = m_destinations.waitsUntil(due, now, dice());
        if (!until) {
            rest.push_back(due);
            continue;
        }
        // A doubt stays the last thing that is known of it.
        const bool isDoubt = due.reason == policy::reason::unknownOutcome;
        waiting.push_back({due.delivery, *until, isDoubt ? due.reason : std::string(policy::reason::domainPaused)});
    }
    if (waiting.empty()) return false;
    Parcel parcel = std::move(lane.ready.front());
    lane.ready.pop_front();
    const Id message = parcel.message->id;
    std::vector<Id> ids;
    for (const PutOff& one : waiting) {
        ids.push_back(one.delivery);
        m_lanes.noteOnDisk(lane.name, one.dueAt, parcel.message->priority);
    }
    m_lanes.forget(lane.name, ids);
    if (!rest.empty())
        m_lanes.putFirst({.message = std::move(parcel.message), .deliveries = std::move(rest), .dueAt = parcel.dueAt});
    m_parts.writer.submit(store::Write{
        [waiting = std::move(waiting), message, now](store::Transaction& transaction) -> Result<void> {
            for (const PutOff& one : waiting)
                if (auto put = store::actions::putOff(transaction, message, one.delivery, one.dueAt, one.reason, now);
                    !put)
                    return put;
            return {};
        },
        [this, message](const Result<void>&) { m_parts.events.note(observe::Topic::Messages, message); }});
    return true;
}

}  // namespace postroom::queue
