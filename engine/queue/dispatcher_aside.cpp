// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
// What is due and must not leave. Mail that a pause keeps back goes out of its lane in the database, so that a million
// of it takes no room, no page and no look of what can leave; when the pause ends it comes back, a part at a time. Mail
// that no engine was there to send in its time is held or ended, as the operator has said.
#include "engine/policy/reason.h"
#include "engine/queue/dispatcher.h"
#include "engine/store/actions.h"

#include <algorithm>
#include <QLoggingCategory>

namespace postroom::queue {

namespace {

Q_LOGGING_CATEGORY(log, "postroom.queue")

// So few that one commit with them holds nobody up.
constexpr std::size_t writtenAtOnce = 500;
constexpr int unparkedAtOnce = 500;

std::string laneOf(const store::MessageRecord& message) {
    return laneName(message.fromAddress, message.pinnedAccount, message.sandbox);
}

}  // namespace

void Dispatcher::setPauses(policy::Pauses pauses, std::function<void()> done) {
    m_parts.queue.post([this, pauses = std::move(pauses), done = std::move(done)]() mutable {
        takePauses(std::move(pauses));
        pump();
        if (done) done();
    });
}

void Dispatcher::takePauses(policy::Pauses pauses) {
    m_accounts.setPaused(pauses.accounts);
    m_pauses = std::make_shared<const policy::Pauses>(std::move(pauses));
}

bool Dispatcher::setAside(Lane& lane, TimePoint now) {
    return park(lane) || setLateAside(lane, now);
}

bool Dispatcher::park(Lane& lane) {
    const Parcel& front = lane.ready.front();
    if (m_pauses->keepsNoMail() || front.message->sandbox) return false;
    std::map<std::string, std::vector<Id>> kept;
    std::vector<Due> rest;
    for (const Due& due : front.deliveries)
        if (const auto pause = policy::pauseOf(*m_pauses, front.message->templateName, due.recipient))
            kept[parkName(*pause)].push_back(due.delivery);
        else
            rest.push_back(due);
    if (kept.empty()) return false;
    Parcel parcel = std::move(lane.ready.front());
    lane.ready.pop_front();
    for (auto& [name, deliveries] : kept) {
        ++m_parks[name];
        m_aside.push_back({.message = parcel.message->id,
                           .lane = lane.name,
                           .priority = parcel.message->priority,
                           .deliveries = std::move(deliveries),
                           .park = name});
    }
    if (!rest.empty())
        m_lanes.putFirst({.message = std::move(parcel.message), .deliveries = std::move(rest), .dueAt = parcel.dueAt});
    return true;
}

bool Dispatcher::setLateAside(Lane& lane, TimePoint now) {
    if (m_settings.lateMail == policy::LateMail::Send) return false;
    if (!m_presence.makesTooLate(lane.ready.front().dueAt, now)) return false;
    const Parcel parcel = std::move(lane.ready.front());
    lane.ready.pop_front();
    m_aside.push_back({.message = parcel.message->id,
                       .lane = lane.name,
                       .priority = parcel.message->priority,
                       .deliveries = {},
                       .park = {}});
    for (const Due& due : parcel.deliveries) m_aside.back().deliveries.push_back(due.delivery);
    return true;
}

void Dispatcher::writeAside(TimePoint now) {
    const auto lateState =
        m_settings.lateMail == policy::LateMail::Skip ? contract::State::Expired : contract::State::Held;
    for (std::size_t at = 0; at < m_aside.size(); at += writtenAtOnce) {
        const auto first = m_aside.begin() + static_cast<std::ptrdiff_t>(at);
        const auto last = m_aside.begin() + static_cast<std::ptrdiff_t>(std::min(at + writtenAtOnce, m_aside.size()));
        // Shared by the write and by what follows it.
        const auto some =
            std::make_shared<const std::vector<Aside>>(std::make_move_iterator(first), std::make_move_iterator(last));
        m_parts.writer.submit(store::Write{
            [some, now, lateState](store::Transaction& transaction) -> Result<void> {
                for (const Aside& one : *some) {
                    if (!one.park.empty()) {
                        if (auto parked = store::messages::park(transaction, one.message, one.deliveries, one.park);
                            !parked)
                            return parked;
                        continue;
                    }
                    auto moved = store::actions::moveTo(transaction, one.message, one.deliveries, lateState,
                                                        policy::reason::tooLate, now);
                    if (!moved) return fail(moved.error());
                }
                return {};
            },
            [this, some](const Result<void>& result) {
                m_parts.queue.post([this, some, result] { onAside(*some, result); });
            }});
    }
    m_aside.clear();
}

void Dispatcher::onAside(const std::vector<Aside>& some, const Result<void>& result) {
    const bool isStopping = m_stopping || (!result && result.error().code == ErrorCode::Stopping);
    if (!result && !isStopping) {
        if (!m_parts.writer.healthy()) return halt(result.error());
        qCWarning(log, "what must not leave could not be set aside: %s", result.error().text().c_str());
    }
    m_changed.clear();
    // Until now they had their room, and no page brought them a second time.
    for (const Aside& one : some) {
        m_lanes.forget(one.lane, one.deliveries);
        if (!result) m_lanes.noteOnDisk(one.lane, m_parts.clock.now() + std::chrono::seconds{1}, one.priority);
        m_changed.push_back(one.message);
    }
    noteChanged();
    pump();
}

void Dispatcher::unpark(TimePoint now) {
    if (m_unparking || m_unparkAt > now) return;
    const auto over = std::find_if(m_parks.begin(), m_parks.end(), [this](const auto& park) {
        const auto pause = pauseOfPark(park.first);
        return pause && !m_pauses->holds(*pause);
    });
    if (over == m_parks.end()) return;
    m_unparking = true;
    const auto unparking = std::make_shared<store::Unparking>();
    m_parts.writer.submit(
        store::Write{[name = over->first, unparking, now](store::Transaction& transaction) -> Result<void> {
                         auto moved = store::messages::unpark(transaction, name, laneOf, now, unparkedAtOnce);
                         if (!moved) return fail(moved.error());
                         *unparking = std::move(*moved);
                         return {};
                     },
                     [this, name = over->first, parked = over->second, unparking](const Result<void>& result) {
                         m_parts.queue.post(
                             [this, name, parked, unparking, result] { onUnparked(name, parked, *unparking, result); });
                     }});
}

void Dispatcher::onUnparked(const std::string& name, std::uint64_t parked, const store::Unparking& unparking,
                            const Result<void>& result) {
    const TimePoint now = m_parts.clock.now();
    m_unparking = false;
    if (!result) {
        if (m_stopping || result.error().code == ErrorCode::Stopping) return;
        if (!m_parts.writer.healthy()) return halt(result.error());
        qCWarning(log, "what was paused could not be made due: %s", result.error().text().c_str());
        m_unparkAt = now + std::chrono::seconds{1};
        return;
    }
    // Unless it was paused again meanwhile, and something was parked there since.
    if (const auto park = m_parks.find(name); unparking.isAll && park != m_parks.end() && park->second == parked)
        m_parks.erase(park);
    for (const auto& [lane, priorities] : unparking.lanes)
        for (const int priority : priorities) m_lanes.noteOnDisk(lane, now, priority);
    m_changed.assign(unparking.messages.begin(), unparking.messages.end());
    noteChanged();
    pump();
}

void Dispatcher::followClock(Milliseconds setBackBy, TimePoint now) {
    if (setBackBy <= Milliseconds{0}) return;
    m_lanes.setBack(setBackBy, now);
    m_accounts.setBack(setBackBy, now);
    m_destinations.setBack(setBackBy, now);
    m_unparkAt = {};
    m_parts.writer.submit(store::Write{[now, setBackBy](store::Transaction& transaction) {
                                           return store::messages::bringForward(transaction, now, setBackBy);
                                       },
                                       [this](const Result<void>& result) {
                                           if (!result)
                                               qCWarning(log, "what waits could not follow the clock: %s",
                                                         result.error().text().c_str());
                                           m_parts.queue.post([this] {
                                               for (const Lane* lane : m_lanes.all())
                                                   m_lanes.noteOnDisk(lane->name, m_parts.clock.now());
                                               pump();
                                           });
                                       }});
}

}  // namespace postroom::queue
