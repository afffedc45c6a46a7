// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/presence.h"

#include "engine/store/settings.h"

#include <algorithm>
#include <QLoggingCategory>

namespace postroom::queue {

using namespace std::chrono_literals;

namespace {

Q_LOGGING_CATEGORY(log, "postroom.queue")

constexpr std::string_view seenName = "engine_seen_at", absencesName = "engine_absences";

Result<void> keep(store::Transaction& transaction, TimePoint seenAt, const std::vector<policy::Absence>& absences) {
    if (auto kept = store::meta::set(transaction, seenName, toIso(seenAt)); !kept) return kept;
    return store::meta::set(transaction, absencesName, policy::toText(absences));
}

void say(const policy::Absence& absence) {
    qCWarning(log, "no engine was at work from %s to %s", toIso(absence.from).c_str(), toIso(absence.until).c_str());
}

}  // namespace

Result<Presence::Memory> Presence::read(store::Connection& connection) {
    const auto seen = store::meta::get(connection, seenName), absences = store::meta::get(connection, absencesName);
    if (!seen || !absences) return fail(seen ? absences.error() : seen.error());
    Memory memory;
    if (*seen)
        if (const auto at = fromIso(**seen)) memory.seenAt = *at;
    if (*absences) memory.absences = policy::absencesIn(**absences);
    return memory;
}

Presence::Presence(store::Writer& writer, const Clock& clock, Milliseconds lateAfter)
    : m_writer(writer), m_clock(clock), m_lateAfter(lateAfter) {}

Milliseconds Presence::begin(Memory memory, bool isCounted) {
    const TimePoint now = m_clock.now();
    m_last = {.wall = now, .steady = m_clock.steady()};
    m_absences = std::move(memory.absences);
    const TimePoint seenAt = memory.seenAt.value_or(now);
    const Milliseconds behind = seenAt - now;
    policy::clipAbsences(m_absences, now);
    if (behind < 0ms && isCounted) {
        const std::size_t before = m_absences.size();
        policy::noteAbsence(m_absences, {seenAt, now}, m_lateAfter);
        if (m_absences.size() > before) say(m_absences.back());
    }
    write();
    // How long it was off is not known: it is at least this.
    return behind >= 10s ? behind : 0ms;
}

Milliseconds Presence::look(bool isCounted) {
    const policy::ClockLook now{.wall = m_clock.now(), .steady = m_clock.steady()};
    const policy::ClockLook before = std::exchange(m_last, now);
    const policy::Leap leap = policy::leapBetween(before, now);
    if (leap.setBackBy > 0ms) {
        qCWarning(log, "the clock was set back by %lld s", static_cast<long long>(leap.setBackBy / 1s));
        policy::clipAbsences(m_absences, now.wall);
    }
    if (leap.isAbsence && isCounted) {
        policy::noteAbsence(m_absences, {before.wall, now.wall}, m_lateAfter);
        say({before.wall, now.wall});
    }
    // As often as it takes to tell a short one from a mail that waited for a minute.
    const Milliseconds often = std::clamp<Milliseconds>(m_lateAfter / 10, 1s, 1min);
    if (leap.isAbsence || leap.setBackBy > 0ms || now.steady - m_writtenAt >= often) write();
    return leap.setBackBy;
}

void Presence::write() {
    m_writtenAt = m_last.steady;
    m_writer.submit(store::Write{
        [seenAt = m_last.wall, absences = m_absences](store::Transaction& transaction) -> Result<void> {
            return keep(transaction, seenAt, absences);
        },
        [](const Result<void>& result) {
            // The next one says it again.
            if (!result && result.error().code != ErrorCode::Stopping)
                qCWarning(log, "the time the engine was at work is not kept: %s", result.error().text().c_str());
        }});
}

std::function<Result<void>(store::Transaction&)> Presence::lastWord() const {
    return [seenAt = m_clock.now(), absences = m_absences](store::Transaction& transaction) {
        return keep(transaction, seenAt, absences);
    };
}

}  // namespace postroom::queue
