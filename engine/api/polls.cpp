// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/polls.h"

#include <algorithm>

namespace postroom::api {

void Polls::add(std::string_view after, std::chrono::milliseconds wait, SteadyPoint now, Answer answer) {
    if (m_closed) return answer(fail(ErrorCode::Stopping));
    const auto place = m_ring.place(after);
    if (!place) return answer(m_ring.reset());
    if (wait > std::chrono::milliseconds{0} && m_waiting.size() >= most)
        return answer(fail(ErrorCode::Overloaded, std::to_string(most) + " calls wait for events already"));
    m_waiting.push_back({.place = *place,
                         .gatheredAt = now + std::min(wait, gathering),
                         .endsAt = now + wait,
                         .answer = std::move(answer)});
    look(now);
}

void Polls::look(SteadyPoint now) {
    std::vector<Poll> due;
    const std::uint64_t last = m_ring.last();
    m_nextLook.reset();
    bool listening = true;
    for (Poll& poll : m_waiting) {
        const SteadyPoint at = last > poll.place ? poll.gatheredAt : poll.endsAt;
        if (at <= now) {
            due.push_back(std::move(poll));
            poll.answer = nullptr;
            continue;
        }
        m_nextLook = m_nextLook ? std::min(*m_nextLook, at) : at;
        // Who has news waits for the clock alone.
        if (last == poll.place && listening) listening = m_ring.arm(last);
    }
    std::erase_if(m_waiting, [](const Poll& poll) { return !poll.answer; });
    // Something was noted between the first line and the arming.
    if (!listening) m_nextLook = now;
    for (const Poll& poll : due) poll.answer(m_ring.since(poll.place));
}

void Polls::close() {
    m_closed = true;
    m_nextLook.reset();
    for (const Poll& poll : std::exchange(m_waiting, {})) poll.answer(fail(ErrorCode::Stopping));
}

}  // namespace postroom::api
